package dev.realtime.presence;

import java.time.Duration;

/**
 * Settings of presence.
 *
 * @param enabled whether anybody is told who is there, the other nodes included
 * @param window the least time between two diffs of a room, and between two messages to
 * other nodes
 * @param countWindow the least time between two counts of a room
 * @param leaveGrace how long a member stays whose connection broke
 * @param lease how long the sessions of a node stay that is not heard of
 * @param httpTtl how long a member stays that was seen by an HTTP request
 * @param dataSize the most bytes of the info of a member, and of what it says about
 * itself
 * @param updatesPerSecond how often a session can say something new about itself
 * @param maxListed rooms of more members show counts only
 * @since 0.1.0
 */
public record PresenceOptions(boolean enabled, Duration window, Duration countWindow, Duration leaveGrace,
		Duration lease, Duration httpTtl, int dataSize, int updatesPerSecond, int maxListed) {

	/** Beats of a lease. */
	private static final int BEATS = 3;

	private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

	public PresenceOptions {
		requirePositive("window", window);
		requirePositive("count-window", countWindow);
		requirePositive("http-ttl", httpTtl);
		if (leaveGrace.isNegative()) {
			throw new IllegalArgumentException("realtime.presence.leave-grace is not negative");
		}
		if (lease.compareTo(SHORTEST_LEASE) < 0) {
			throw new IllegalArgumentException("realtime.presence.lease is at least a second");
		}
		if (dataSize < 0 || updatesPerSecond < 1 || maxListed < 0) {
			throw new IllegalArgumentException(
					"realtime.presence.data-size and max-listed are not negative, " + "updates-per-second is positive");
		}
	}

	/**
	 * How often a node says at least something.
	 */
	Duration beat() {
		return this.lease.dividedBy(BEATS);
	}

	private static void requirePositive(String name, Duration duration) {
		if (duration.isNegative() || duration.isZero()) {
			throw new IllegalArgumentException("realtime.presence." + name + " is positive");
		}
	}

}
