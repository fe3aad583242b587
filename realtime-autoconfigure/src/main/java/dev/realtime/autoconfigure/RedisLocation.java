package dev.realtime.autoconfigure;

import java.util.stream.Stream;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Whether the application says where Redis is. The starter brings Spring Data Redis, so
 * that its beans alone say nothing.
 */
final class RedisLocation {

	/**
	 * Boot's class for details that come from properties, also where there are none.
	 */
	private static final String FROM_PROPERTIES = "PropertiesDataRedisConnectionDetails";

	private RedisLocation() {
	}

	static boolean isKnown(Environment environment, ConfigurableListableBeanFactory beanFactory) {
		return Binder.get(environment)
			.bind("spring.data.redis", Bindable.mapOf(String.class, Object.class))
			.map((properties) -> properties.keySet().stream().anyMatch((key) -> !key.startsWith("repositories")))
			.orElse(false) || hasOwnDetails(beanFactory) || hasOwnConnection(beanFactory);
	}

	private static boolean hasOwnDetails(ConfigurableListableBeanFactory beanFactory) {
		for (String name : beanFactory.getBeanNamesForType(DataRedisConnectionDetails.class, true, false)) {
			Class<?> type = beanFactory.getType(name);
			if (type == null || !type.getSimpleName().equals(FROM_PROPERTIES)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Connection factories of the application, or what Boot's takes instead of
	 * properties.
	 */
	private static boolean hasOwnConnection(ConfigurableListableBeanFactory beanFactory) {
		return beanFactory.getBeanNamesForType(RedisConfiguration.class, true, false).length > 0
				|| Stream.of(beanFactory.getBeanNamesForType(RedisConnectionFactory.class, true, false))
					.anyMatch((name) -> !isOfBoot(name, beanFactory));
	}

	private static boolean isOfBoot(String name, ConfigurableListableBeanFactory beanFactory) {
		return beanFactory.containsBeanDefinition(name)
				&& beanFactory.getBeanDefinition(name) instanceof AnnotatedBeanDefinition definition
				&& definition.getFactoryMethodMetadata() != null
				&& definition.getFactoryMethodMetadata()
					.getDeclaringClassName()
					.startsWith(DataRedisConnectionDetails.class.getPackageName());
	}

}
