package dev.realtime.redis;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Settings of a {@link RedisBackplane}.
 *
 * @param keyPrefix what every key and pub/sub channel begins with; without braces, which
 * mean something to Redis Cluster
 * @param outboxSize the most publications that wait while Redis is away; beyond it the
 * oldest are dropped
 * @param probeInterval how often a message to itself tells a node whether Redis still
 * delivers
 * @since 0.1.0
 */
public record RedisBackplaneOptions(String keyPrefix, int outboxSize, Duration probeInterval) {

	private static final Pattern KEY_PREFIX = Pattern.compile("[^{}\\s]+");

	public RedisBackplaneOptions {
		if (!KEY_PREFIX.matcher(keyPrefix).matches()) {
			throw new IllegalArgumentException("A key prefix is not empty and has neither braces nor white space");
		}
		if (outboxSize < 1) {
			throw new IllegalArgumentException("The outbox holds at least one publication");
		}
		if (probeInterval.isNegative() || probeInterval.isZero()) {
			throw new IllegalArgumentException("The probe interval is positive");
		}
	}

}
