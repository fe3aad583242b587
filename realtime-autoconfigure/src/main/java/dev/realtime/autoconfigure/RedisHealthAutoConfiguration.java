package dev.realtime.autoconfigure;

import java.util.stream.Stream;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnectionFactory;

/**
 * Auto-configuration that keeps the health of an application without Redis UP: the
 * starter brings Spring Data Redis, whose health indicator would look for a server on
 * localhost that nobody mentioned.
 *
 * @since 0.1.0
 */
@AutoConfiguration
@ConditionalOnClass(DataRedisConnectionDetails.class)
public final class RedisHealthAutoConfiguration {

	@Bean
	static UnusedRedisHealthRemover realtimeUnusedRedisHealthRemover(Environment environment) {
		return new UnusedRedisHealthRemover(environment);
	}

	/**
	 * Removes the indicator where the application neither says where Redis is nor asks
	 * for the indicator.
	 */
	static final class UnusedRedisHealthRemover implements BeanFactoryPostProcessor {

		private static final Logger logger = LoggerFactory.getLogger(UnusedRedisHealthRemover.class);

		private static final String INDICATOR = "redisHealthContributor";

		/**
		 * Boot's class for details that come from properties, also where there are none.
		 */
		private static final String FROM_PROPERTIES = "PropertiesDataRedisConnectionDetails";

		private final Environment environment;

		UnusedRedisHealthRemover(Environment environment) {
			this.environment = environment;
		}

		@Override
		public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
			if (beanFactory instanceof BeanDefinitionRegistry registry && registry.containsBeanDefinition(INDICATOR)
					&& !this.environment.containsProperty("management.health.redis.enabled")
					&& !isRedisConfigured(beanFactory)) {
				registry.removeBeanDefinition(INDICATOR);
				logger.info(
						"No spring.data.redis.*, service connection or connection factory: /actuator/health leaves Redis out. "
								+ "Set management.health.redis.enabled=true to have it checked on localhost");
			}
		}

		private boolean isRedisConfigured(ConfigurableListableBeanFactory beanFactory) {
			return Binder.get(this.environment)
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

}
