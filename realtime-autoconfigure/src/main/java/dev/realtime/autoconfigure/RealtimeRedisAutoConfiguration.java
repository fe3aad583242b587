package dev.realtime.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.realtime.core.Backplane;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.redis.RedisBackplane;
import dev.realtime.redis.RedisBackplaneOptions;
import dev.realtime.redis.RedisStatus;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.util.StringUtils;

/**
 * Auto-configuration of the backplane on Redis, {@code realtime.backplane}. Where Redis
 * is, and how to get in, is what the application configured for Spring Data Redis.
 *
 * @since 0.1.0
 */
@AutoConfiguration(before = RealtimeAutoConfiguration.class,
		afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass({ RedisBackplane.class, LettuceConnectionFactory.class })
@ConditionalOnBooleanProperty(name = "realtime.enabled", matchIfMissing = true)
@ConditionalOnMissingBean(Backplane.class)
@Conditional(OnRedisBackplane.class)
@EnableConfigurationProperties(RealtimeProperties.class)
public final class RealtimeRedisAutoConfiguration {

	/** A link that delivers nothing is noticed within two of these. */
	private static final Duration PROBE_INTERVAL = Duration.ofSeconds(5);

	@Bean
	RedisBackplane realtimeRedisBackplane(ObjectProvider<LettuceConnectionFactory> factories,
			RealtimeProperties properties) {
		LettuceConnectionFactory factory = factories.getIfAvailable();
		if (factory == null) {
			throw new UnusableBackplaneException("realtime.backplane is redis, but Redis is not used through Lettuce.",
					"Use the LettuceConnectionFactory that Spring Boot configures by default, "
							+ "or set realtime.backplane=memory if there is only one node.");
		}
		return new RedisBackplane(factory::getRequiredNativeClient, new RedisBackplaneOptions(properties.keyPrefix(),
				properties.redis().outbox().maxSize(), PROBE_INTERVAL, secrets(properties.token())));
	}

	private static List<byte[]> secrets(RealtimeProperties.Token token) {
		if (!StringUtils.hasText(token.secret())) {
			return List.of();
		}
		return Stream.concat(Stream.of(token.secret()), token.previousSecrets().stream())
			.map((secret) -> secret.getBytes(StandardCharsets.UTF_8))
			.toList();
	}

	@Bean
	@ConditionalOnProperty("spring.application.name")
	@ConditionalOnProperty(name = "realtime.role", havingValue = "full", matchIfMissing = true)
	KeyPrefixCheck realtimeKeyPrefixCheck(ObjectProvider<LettuceConnectionFactory> factories,
			RealtimeProperties properties, Environment environment) {
		return new KeyPrefixCheck(factories.getObject(), properties.keyPrefix(),
				environment.getRequiredProperty("spring.application.name"));
	}

	@Bean
	BackplaneMonitor realtimeBackplaneMonitor(RedisBackplane backplane) {
		return () -> {
			RedisStatus redis = backplane.status();
			return new BackplaneStatus(redis.connected(), redis.since(), redis.reason(), redis.backlog(),
					redis.dropped());
		};
	}

	/**
	 * Waits for the engine, which starts the backplane.
	 */
	@Bean
	RedisBackplaneLifecycle realtimeRedisBackplaneLifecycle(RedisBackplane backplane, RealtimeEngine engine) {
		return new RedisBackplaneLifecycle(backplane);
	}

}
