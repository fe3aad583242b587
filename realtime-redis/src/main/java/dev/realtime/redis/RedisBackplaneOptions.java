package dev.realtime.redis;

import java.time.Duration;
import java.util.List;
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
 * @param secrets secrets that all nodes share: the first signs publications, and those
 * that none has signed are ignored. Empty if publications are neither signed nor checked
 * @since 0.1.0
 */
public record RedisBackplaneOptions(String keyPrefix, int outboxSize, Duration probeInterval, List<byte[]> secrets) {

	private static final Pattern KEY_PREFIX = Pattern.compile("[^{}\\s]+");

	/**
	 * Settings without secrets.
	 * @param keyPrefix what every key and pub/sub channel begins with
	 * @param outboxSize the most publications that wait while Redis is away
	 * @param probeInterval how often a node asks whether Redis still delivers
	 */
	public RedisBackplaneOptions(String keyPrefix, int outboxSize, Duration probeInterval) {
		this(keyPrefix, outboxSize, probeInterval, List.of());
	}

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
