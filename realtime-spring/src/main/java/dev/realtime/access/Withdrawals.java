package dev.realtime.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.realtime.Tenant;
import org.jspecify.annotations.Nullable;

/**
 * Whose rights were withdrawn or are to be asked again, so that nobody shows a token that
 * was issued before. Thread-safe.
 */
final class Withdrawals {

	/** Beyond the life of any token. */
	private static final Duration MEMORY = Duration.ofHours(1);

	/** More than these in an hour, and the oldest are forgotten earlier. */
	private static final int MAX_MEMORY = 10_000;

	private final InstantSource clock;

	/** Before that anything may have been withdrawn. */
	private Instant unknownUntil = Instant.MIN;

	/** The oldest first. */
	private final Map<Withdrawal, Instant> times = new LinkedHashMap<>();

	private final Map<Whose, Integer> counts = new HashMap<>();

	Withdrawals(InstantSource clock) {
		this.clock = clock;
	}

	/**
	 * Takes note.
	 * @param user who, or {@code null} for everybody of the tenant
	 * @param topic which topic, or {@code null} for all
	 */
	synchronized void add(Tenant tenant, @Nullable String user, @Nullable String topic) {
		Instant now = this.clock.instant();
		Withdrawal withdrawal = new Withdrawal(new Whose(tenant.id(), user), topic);
		remove(withdrawal);
		this.times.put(withdrawal, now);
		this.counts.merge(withdrawal.whose, 1, Integer::sum);
		Map.Entry<Withdrawal, Instant> oldest = oldest();
		while (this.times.size() > MAX_MEMORY || oldest.getValue().isBefore(now.minus(MEMORY))) {
			remove(oldest.getKey());
			oldest = oldest();
		}
	}

	/**
	 * Takes note that some may have been missed up to now.
	 */
	synchronized void addUnknown() {
		this.unknownUntil = this.clock.instant();
	}

	private Map.Entry<Withdrawal, Instant> oldest() {
		return this.times.entrySet().iterator().next();
	}

	private void remove(Withdrawal withdrawal) {
		if (this.times.remove(withdrawal) != null) {
			this.counts.computeIfPresent(withdrawal.whose, (whose, count) -> (count > 1) ? count - 1 : null);
		}
	}

	/**
	 * Whether what was proved then may not hold any more.
	 */
	synchronized boolean isOutdated(Tenant tenant, String user, String topic, Instant provedAt) {
		return !provedAt.isAfter(this.unknownUntil) || isOutdated(new Whose(tenant.id(), user), topic, provedAt)
				|| isOutdated(new Whose(tenant.id(), null), topic, provedAt);
	}

	private boolean isOutdated(Whose whose, String topic, Instant provedAt) {
		return this.counts.containsKey(whose) && this.times.entrySet()
			.stream()
			.anyMatch((entry) -> entry.getKey().whose.equals(whose) && !provedAt.isAfter(entry.getValue())
					&& TopicPattern.of(entry.getKey().topic).matches(topic));
	}

	private record Whose(String tenant, @Nullable String user) {

	}

	private record Withdrawal(Whose whose, @Nullable String topic) {

	}

}
