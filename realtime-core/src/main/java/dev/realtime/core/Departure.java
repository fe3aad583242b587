package dev.realtime.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What clients are told by a node that goes away: each when to connect again, so that
 * they do not all come to the other nodes at once. Thread-safe.
 */
final class Departure {

	/**
	 * Multiples of it are spread evenly between whole numbers, however many there are.
	 */
	private static final double GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

	private final long spreadMillis;

	private final AtomicLong told = new AtomicLong();

	private final CompletableFuture<Void> completion = new CompletableFuture<>();

	/**
	 * A departure.
	 * @param spread the time over which clients are to come back
	 */
	Departure(Duration spread) {
		this.spreadMillis = spread.toMillis();
	}

	/**
	 * What the next client is told.
	 */
	String nextText() {
		double share = (this.told.incrementAndGet() * GOLDEN_RATIO) % 1;
		return CloseReason.GOING_AWAY.text(Duration.ofMillis((long) (share * this.spreadMillis)));
	}

	/**
	 * Completed once all connections have ended.
	 */
	CompletableFuture<Void> completion() {
		return this.completion;
	}

}
