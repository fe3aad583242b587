package dev.realtime.core;

import java.time.Duration;

/**
 * How much of its past a channel keeps.
 *
 * @param size the number of publications; zero keeps none
 * @param ttl how long a publication is kept, and how long a channel without publications
 * keeps its epoch
 * @param keys the number of keys whose last publication is kept; the oldest go first
 * @since 0.1.0
 */
public record HistoryOptions(int size, Duration ttl, int keys) {

	public HistoryOptions {
		if (size < 0 || keys < 0) {
			throw new IllegalArgumentException("History size and keys are not negative");
		}
		if (ttl.isNegative() || ttl.isZero()) {
			throw new IllegalArgumentException("History ttl is positive");
		}
	}

}
