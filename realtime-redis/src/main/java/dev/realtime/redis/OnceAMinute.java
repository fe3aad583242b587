package dev.realtime.redis;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Keeps the log short. Thread-safe.
 */
final class OnceAMinute {

	private static final long INTERVAL = TimeUnit.MINUTES.toNanos(1);

	private final LongSupplier nanoTime;

	private final AtomicLong last;

	OnceAMinute() {
		this(System::nanoTime);
	}

	OnceAMinute(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.last = new AtomicLong(nanoTime.getAsLong() - INTERVAL);
	}

	boolean isDue() {
		long now = this.nanoTime.getAsLong();
		long before = this.last.get();
		return now - before >= INTERVAL && this.last.compareAndSet(before, now);
	}

}
