package dev.realtime.autoconfigure;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

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

		private final Environment environment;

		UnusedRedisHealthRemover(Environment environment) {
			this.environment = environment;
		}

		@Override
		public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
			if (beanFactory instanceof BeanDefinitionRegistry registry && registry.containsBeanDefinition(INDICATOR)
					&& !this.environment.containsProperty("management.health.redis.enabled")
					&& !RedisLocation.isKnown(this.environment, beanFactory)) {
				registry.removeBeanDefinition(INDICATOR);
				logger.info(
						"No spring.data.redis.*, service connection or connection factory: /actuator/health leaves Redis out. "
								+ "Set management.health.redis.enabled=true to have it checked on localhost");
			}
		}

	}

}
