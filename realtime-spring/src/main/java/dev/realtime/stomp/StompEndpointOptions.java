package dev.realtime.stomp;

import java.time.Duration;

/**
 * Settings of the STOMP endpoint.
 *
 * @param heartbeat how often each side sends at least something; zero switches
 * heart-beats off
 * @param connectTimeout the time from the handshake to CONNECT
 * @param callTimeout how long a call may go without a reply; zero for no limit
 * @param allowAnonymous whether clients may connect without a user
 * @param frameSize the most bytes of one frame from a client
 * @param pendingBytes the most characters that wait for one slow client
 * @since 0.1.0
 */
public record StompEndpointOptions(Duration heartbeat, Duration connectTimeout, Duration callTimeout,
		boolean allowAnonymous, int frameSize, long pendingBytes) {

	private static final Duration MAX_TICK = Duration.ofSeconds(1);

	private static final Duration MIN_TICK = Duration.ofMillis(20);

	private static final int TICKS_PER_HEARTBEAT = 10;

	public StompEndpointOptions {
		if (heartbeat.isNegative() || connectTimeout.isNegative() || connectTimeout.isZero()) {
			throw new IllegalArgumentException("The heart-beat is not negative, and the connect time-out is positive");
		}
		if (callTimeout.isNegative()) {
			throw new IllegalArgumentException("realtime.limits.call-timeout is not negative");
		}
		if (frameSize <= 0 || pendingBytes <= 0) {
			throw new IllegalArgumentException("Limits are positive");
		}
	}

	/**
	 * How often connections look at the clock.
	 * @return a tenth of the heart-beat, within reason
	 */
	public Duration tick() {
		Duration tick = this.heartbeat.isZero() ? MAX_TICK : this.heartbeat.dividedBy(TICKS_PER_HEARTBEAT);
		if (tick.compareTo(MAX_TICK) > 0) {
			return MAX_TICK;
		}
		return (tick.compareTo(MIN_TICK) < 0) ? MIN_TICK : tick;
	}

}
