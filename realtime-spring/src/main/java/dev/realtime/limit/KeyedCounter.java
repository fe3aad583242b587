package dev.realtime.limit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Counts what each user, tenant or address has now, up to a limit. Keeps nothing of those
 * who have nothing. Thread-safe.
 */
final class KeyedCounter {

	private final Map<Object, Long> counts = new ConcurrentHashMap<>();

	private final long limit;

	/**
	 * A counter that is at zero.
	 * @param limit the most for one key; zero for no limit
	 */
	KeyedCounter(long limit) {
		this.limit = limit;
	}

	/**
	 * Counts one more.
	 * @return {@code false} if the key has as many as it may
	 */
	boolean tryAcquire(Object key) {
		if (this.limit == 0) {
			return true;
		}
		AtomicBoolean acquired = new AtomicBoolean();
		this.counts.compute(key, (same, count) -> {
			if (count == null || count < this.limit) {
				acquired.set(true);
				return (count != null) ? count + 1 : 1L;
			}
			return count;
		});
		return acquired.get();
	}

	/**
	 * Counts one less.
	 */
	void release(Object key) {
		this.counts.computeIfPresent(key, (same, count) -> (count > 1) ? count - 1 : null);
	}

	boolean isFull(Object key) {
		return this.limit > 0 && this.counts.getOrDefault(key, 0L) >= this.limit;
	}

	boolean isEmpty() {
		return this.counts.isEmpty();
	}

}
