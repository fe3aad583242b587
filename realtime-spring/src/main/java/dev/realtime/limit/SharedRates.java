package dev.realtime.limit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The rates of users or tenants, which their connections share. Kept while there is a
 * connection. Thread-safe.
 */
final class SharedRates {

	private final Map<Object, Shared> rates = new ConcurrentHashMap<>();

	private final Supplier<@Nullable Rate> factory;

	/**
	 * Nobody's rates yet.
	 * @param factory makes a rate, or {@code null} if there is no limit
	 */
	SharedRates(Supplier<@Nullable Rate> factory) {
		this.factory = factory;
	}

	/**
	 * The rate of a key, for one more connection.
	 * @return the rate, to be released; {@code null} if there is no limit
	 */
	@Nullable Rate retain(Object key) {
		Shared shared = this.rates.compute(key, (same, existing) -> {
			if (existing != null) {
				return new Shared(existing.rate, existing.connections + 1);
			}
			Rate rate = this.factory.get();
			return (rate != null) ? new Shared(rate, 1) : null;
		});
		return (shared != null) ? shared.rate : null;
	}

	void release(Object key) {
		this.rates.computeIfPresent(key,
				(same, shared) -> (shared.connections > 1) ? new Shared(shared.rate, shared.connections - 1) : null);
	}

	boolean isEmpty() {
		return this.rates.isEmpty();
	}

	/**
	 * A rate, and how many connections share it.
	 */
	private record Shared(Rate rate, int connections) {

	}

}
