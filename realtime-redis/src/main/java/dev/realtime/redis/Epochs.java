package dev.realtime.redis;

import java.security.SecureRandom;
import java.time.Duration;

/**
 * Epochs of channels.
 */
final class Epochs {

	/**
	 * A channel outlives its history by far: a subscriber of a channel that starts anew
	 * is told that it may have missed something.
	 */
	private static final Duration TTL = Duration.ofDays(7);

	private static final SecureRandom random = new SecureRandom();

	private Epochs() {
	}

	static String next() {
		return Long.toString(random.nextLong() >>> 24, Character.MAX_RADIX);
	}

	static Duration ttl(Duration history) {
		return TTL.plus(history);
	}

}
