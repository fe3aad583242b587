package dev.realtime.autoconfigure;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

import dev.realtime.autoconfigure.RealtimeProperties.Role;
import dev.realtime.token.SigningKeys;
import dev.realtime.token.UserTokens;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

/**
 * Tokens, and what has to be set for them.
 */
@Configuration(proxyBeanMethods = false)
class TokenConfiguration {

	private static final String REDIS_BACKPLANE = "realtimeRedisBackplane";

	private static final String SET_A_SECRET = "Set realtime.token.secret, or the environment variable "
			+ "REALTIME_TOKEN_SECRET, to a random text of at least " + SigningKeys.MIN_SECRET_BYTES
			+ " bytes that only your servers know: the same one on all nodes and relays. This makes one: "
			+ "openssl rand -base64 32";

	@Bean
	UserTokens realtimeTokens(RealtimeProperties properties, ListableBeanFactory beanFactory) {
		boolean redis = beanFactory.containsBean(REDIS_BACKPLANE);
		requireRole(properties, redis);
		Duration ttl = properties.token().ttl();
		if (ttl.isNegative() || ttl.isZero()) {
			throw new InvalidSettingsException("realtime.token.ttl is not positive.",
					"Set it to how long a client may take from getting a token to using it, such as 60s.");
		}
		return new UserTokens(keys(properties, redis), ttl, InstantSource.system());
	}

	private static SigningKeys keys(RealtimeProperties properties, boolean redis) {
		String secret = properties.token().secret();
		List<String> previous = properties.token().previousSecrets();
		if (StringUtils.hasText(secret)) {
			requireLong("realtime.token.secret", secret);
			previous.forEach((other) -> requireLong("One of realtime.token.previous-secrets", other));
			return SigningKeys.of(secret, previous);
		}
		String reason = whySecretIsNeeded(properties, redis);
		if (reason != null) {
			throw new InvalidSettingsException(reason + ", but realtime.token.secret is not set, so that nodes could "
					+ "not verify each other's tokens and publications.", SET_A_SECRET);
		}
		return SigningKeys.random(new SecureRandom());
	}

	private static void requireLong(String property, String secret) {
		if (!SigningKeys.isLongEnough(secret)) {
			throw new InvalidSettingsException(
					property + " has fewer than " + SigningKeys.MIN_SECRET_BYTES + " bytes, so it could be guessed.",
					SET_A_SECRET);
		}
	}

	private static @Nullable String whySecretIsNeeded(RealtimeProperties properties, boolean redis) {
		if (properties.role() == Role.RELAY) {
			return "realtime.role is relay";
		}
		if (properties.publicUrl() != null) {
			return "realtime.public-url is set";
		}
		if (redis) {
			// A publisher as well: publications are signed.
			return "Redis is the backplane";
		}
		return (properties.wsPort() != null && properties.role() != Role.PUBLISHER) ? "realtime.ws-port is set" : null;
	}

	private static void requireRole(RealtimeProperties properties, boolean redis) {
		if (properties.role() != Role.RELAY) {
			return;
		}
		if (!redis) {
			throw new InvalidSettingsException(
					"realtime.role is relay, but Redis is not the backplane, so that no publication would ever arrive.",
					"Say where Redis is, with spring.data.redis.host or spring.data.redis.url, and do not set "
							+ "realtime.backplane to memory.");
		}
		if (properties.wsPort() == null) {
			throw new InvalidSettingsException(
					"realtime.role is relay, but realtime.ws-port is not set, so that nobody could connect.",
					"Set realtime.ws-port to the port for clients, such as 8090.");
		}
	}

}
