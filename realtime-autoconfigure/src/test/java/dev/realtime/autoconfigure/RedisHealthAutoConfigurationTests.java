package dev.realtime.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.health.DataRedisHealthContributorAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.health.DataRedisReactiveHealthContributorAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RedisHealthAutoConfiguration}.
 */
@Timeout(120)
class RedisHealthAutoConfigurationTests {

	private static final String INDICATOR = "redisHealthContributor";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class,
				DataRedisHealthContributorAutoConfiguration.class, RedisHealthAutoConfiguration.class));

	@Test
	void whenNothingIsSaidAboutRedisThenHealthLeavesItOut() {
		this.runner.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(INDICATOR));
	}

	@Test
	void whenNothingIsSaidAboutRedisThenHealthLeavesTheReactiveOneOut() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class,
					DataRedisReactiveAutoConfiguration.class, DataRedisHealthContributorAutoConfiguration.class,
					DataRedisReactiveHealthContributorAutoConfiguration.class, RedisHealthAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(INDICATOR));
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.data.redis.host=localhost", "spring.data.redis.port=6379",
			"spring.data.redis.url=redis://localhost:6379", "spring.data.redis.database=1",
			"spring.data.redis.cluster.nodes=localhost:6379", "management.health.redis.enabled=true" })
	void whenSomethingIsSaidAboutRedisThenHealthKeepsIt(String property) {
		this.runner.withPropertyValues(property).run((context) -> assertThat(context).hasBean(INDICATOR));
	}

	@Test
	void whenOnlyRepositoriesAreConfiguredThenHealthLeavesItOut() {
		this.runner.withPropertyValues("spring.data.redis.repositories.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(INDICATOR));
	}

	@Test
	void whenHealthOfRedisIsSwitchedOffThenItStaysOff() {
		this.runner.withPropertyValues("management.health.redis.enabled=false", "spring.data.redis.host=localhost")
			.run((context) -> assertThat(context).doesNotHaveBean(INDICATOR));
	}

	@Test
	void whenApplicationHasConnectionDetailsThenHealthKeepsIt() {
		this.runner.withUserConfiguration(DetailsConfiguration.class)
			.run((context) -> assertThat(context).hasBean(INDICATOR));
	}

	@Test
	void whenApplicationHasAConnectionFactoryThenHealthKeepsIt() {
		this.runner.withUserConfiguration(FactoryConfiguration.class)
			.run((context) -> assertThat(context).hasBean(INDICATOR));
		this.runner.withBean("own", RedisConnectionFactory.class, LettuceConnectionFactory::new)
			.run((context) -> assertThat(context).hasBean(INDICATOR));
	}

	@Test
	void whenApplicationSaysInABeanWhereRedisIsThenHealthKeepsIt() {
		this.runner.withBean(RedisStandaloneConfiguration.class)
			.run((context) -> assertThat(context).hasBean(INDICATOR));
	}

	@Test
	void whenApplicationHasAnIndicatorOfItsOwnThenHealthKeepsIt() {
		this.runner.withBean("redisHealthIndicator", String.class, () -> "own")
			.run((context) -> assertThat(context).hasBean("redisHealthIndicator"));
	}

	@Test
	void whenThereIsNoSpringDataRedisThenThereIsNothingToDo() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RedisHealthAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(DataRedisConnectionDetails.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(RedisHealthAutoConfiguration.class));
	}

	@Test
	void whenThereIsNoActuatorThenThereIsNothingToDo() {
		new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(DataRedisAutoConfiguration.class, RedisHealthAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(RedisConnectionFactory.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class DetailsConfiguration {

		@Bean
		DataRedisConnectionDetails details() {
			return new DataRedisConnectionDetails() {

				@Override
				public Standalone getStandalone() {
					return Standalone.of("localhost", 6379);
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class FactoryConfiguration {

		@Bean
		RedisConnectionFactory factory() {
			return new LettuceConnectionFactory();
		}

	}

}
