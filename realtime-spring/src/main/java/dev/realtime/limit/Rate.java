package dev.realtime.limit;

import java.time.Duration;
import java.util.function.LongSupplier;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import org.jspecify.annotations.Nullable;

/**
 * So much a second, and {@value #BURST_SECONDS} times as much at once after a pause.
 * Thread-safe.
 */
final class Rate {

	/**
	 * A client that comes back sends its subscriptions at once, and pages do much when
	 * they open and little later.
	 */
	private static final int BURST_SECONDS = 10;

	/**
	 * Refusals a client is forgiven each second. It may have sent many frames before it
	 * read the first refusal.
	 */
	private static final int PATIENCE = 10;

	/** Of Bucket4j, and more than any network brings. */
	private static final long MAX_PER_SECOND = 1_000_000_000;

	private final Limit limit;

	private final long capacity;

	private final Bucket bucket;

	private Rate(Limit limit, long perSecond, LongSupplier nanoTime) {
		this.limit = limit;
		this.capacity = Math.min(perSecond, MAX_PER_SECOND) * BURST_SECONDS;
		this.bucket = Bucket.builder()
			.addLimit((bandwidth) -> bandwidth.capacity(this.capacity)
				.refillGreedy(Math.min(perSecond, MAX_PER_SECOND), Duration.ofSeconds(1)))
			.withCustomTimePrecision(new NanoTime(nanoTime))
			.build();
	}

	/**
	 * A rate of its own for whoever asks.
	 * @return the rate, or {@code null} if there is no limit
	 */
	static @Nullable Rate of(Limit limit, LimitOptions options, LongSupplier nanoTime) {
		long perSecond = options.of(limit);
		return (perSecond > 0) ? new Rate(limit, perSecond, nanoTime) : null;
	}

	/**
	 * How often somebody may be refused.
	 */
	static Rate ofRefusals(LongSupplier nanoTime) {
		return new Rate(Limit.FRAMES_PER_SECOND, PATIENCE, nanoTime);
	}

	/**
	 * Takes some.
	 * @return {@code null} if there was enough
	 */
	@Nullable Refusal take(long amount) {
		ConsumptionProbe probe = this.bucket.tryConsumeAndReturnRemaining(Math.min(amount, this.capacity));
		return probe.isConsumed() ? null
				: new Refusal(this.limit, Duration.ofNanos(probe.getNanosToWaitForRefill()).plusMillis(1));
	}

	/**
	 * A clock that nobody sets.
	 */
	private record NanoTime(LongSupplier nanoTime) implements TimeMeter {

		@Override
		public long currentTimeNanos() {
			return this.nanoTime.getAsLong();
		}

		@Override
		public boolean isWallClockBased() {
			return false;
		}

	}

}
