package dev.realtime.limit;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * How much of each is allowed. Immutable.
 *
 * @param values the limits; those that are missing or zero are off
 * @since 0.1.0
 */
public record LimitOptions(Map<Limit, Long> values) {

	public LimitOptions {
		Map<Limit, Long> copy = new EnumMap<>(Limit.class);
		copy.putAll(values);
		copy.forEach((limit, value) -> {
			if (value < 0) {
				throw new IllegalArgumentException(
						"The limit '" + limit.label() + "' is " + value + "; use a positive number, or 0 for no limit");
			}
		});
		values = Collections.unmodifiableMap(copy);
	}

	/**
	 * How much is allowed.
	 * @param limit the limit
	 * @return the most there may be, or zero for no limit
	 */
	public long of(Limit limit) {
		return this.values.getOrDefault(limit, 0L);
	}

	/**
	 * Whether something is more than allowed.
	 * @param limit the limit
	 * @param actual what there is
	 * @return {@code true} if there is a limit and it is less
	 */
	boolean isExceeded(Limit limit, long actual) {
		long allowed = of(limit);
		return allowed > 0 && actual > allowed;
	}

}
