package dev.realtime.autoconfigure;

import java.util.Objects;

import dev.realtime.autoconfigure.RealtimeProperties.BackplaneType;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Whether Redis carries the publications, {@code realtime.backplane}.
 */
final class OnRedisBackplane extends SpringBootCondition implements ConfigurationCondition {

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		BackplaneType type = Binder.get(context.getEnvironment())
			.bind("realtime.backplane", BackplaneType.class)
			.orElse(BackplaneType.AUTO);
		ConditionMessage.Builder message = ConditionMessage.forCondition("realtime.backplane");
		if (type != BackplaneType.AUTO) {
			return new ConditionOutcome(type == BackplaneType.REDIS, message.because("it is " + type));
		}
		ConfigurableListableBeanFactory beanFactory = Objects.requireNonNull(context.getBeanFactory());
		if (!RedisLocation.isKnown(context.getEnvironment(), beanFactory)) {
			return ConditionOutcome.noMatch(message.because("nothing says where Redis is"));
		}
		boolean lettuce = beanFactory.getBeanNamesForType(LettuceConnectionFactory.class, true, false).length > 0;
		return new ConditionOutcome(lettuce, message.because(
				lettuce ? "the application says where Redis is" : "the application does not use Lettuce for Redis"));
	}

}
