package dev.realtime.limit;

import java.time.Duration;

/**
 * More than a limit allows.
 *
 * @param limit the limit
 * @param retryAfter when trying again can help
 * @since 0.1.0
 */
public record Refusal(Limit limit, Duration retryAfter) {

	private static final long MILLIS_PER_SECOND = 1000;

	/**
	 * When trying again can help, as HTTP's {@code Retry-After} says it.
	 * @return whole seconds, at least one
	 */
	public long retryAfterSeconds() {
		return Math.max(1, (this.retryAfter.toMillis() + MILLIS_PER_SECOND - 1) / MILLIS_PER_SECOND);
	}

}
