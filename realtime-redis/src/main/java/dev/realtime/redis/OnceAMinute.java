package dev.realtime.redis;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps the log short. Thread-safe.
 */
final class OnceAMinute {

	private static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

	private final AtomicLong last = new AtomicLong(System.nanoTime() - INTERVAL);

	boolean isDue() {
		long now = System.nanoTime();
		long before = this.last.get();
		return now - before >= INTERVAL && this.last.compareAndSet(before, now);
	}

}
