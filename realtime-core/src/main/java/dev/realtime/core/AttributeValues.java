package dev.realtime.core;

import java.math.BigDecimal;
import java.math.BigInteger;

import org.jspecify.annotations.Nullable;

/**
 * The one form in which values of attributes and filters are compared: {@code String},
 * {@code Boolean}, {@code Long} for every whole number that fits, {@code BigDecimal}
 * without trailing zeros for the others, and {@code null}. Equal JSON values are then
 * equal objects: {@code 5} and {@code 5.0} are the same, {@code 5} and {@code "5"} are
 * not.
 *
 * @since 0.1.0
 */
public final class AttributeValues {

	/** Digits of {@link Long#MAX_VALUE}. */
	private static final int LONG_DIGITS = 19;

	private AttributeValues() {
	}

	/**
	 * Brings a scalar into the form in which it is compared. Never expands an exponent,
	 * so {@code 1e1000000000} costs nothing.
	 * @param value a string, number, boolean or {@code null}
	 * @return the value to compare
	 * @throws IllegalArgumentException if the value is none of these
	 */
	public static @Nullable Object canonical(@Nullable Object value) {
		if (value == null || value instanceof String || value instanceof Boolean || value instanceof Long) {
			return value;
		}
		if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
			return ((Number) value).longValue();
		}
		if (value instanceof BigInteger number) {
			return canonical(new BigDecimal(number));
		}
		if (value instanceof BigDecimal number) {
			return canonical(number);
		}
		if (value instanceof Double || value instanceof Float) {
			return canonical(new BigDecimal(value.toString()));
		}
		throw new IllegalArgumentException("Not a string, number, boolean or null: " + value.getClass().getName());
	}

	private static Object canonical(BigDecimal number) {
		if (number.signum() == 0) {
			return 0L;
		}
		BigDecimal stripped = number.stripTrailingZeros();
		long digits = (long) stripped.precision() - stripped.scale();
		if (stripped.scale() <= 0 && digits <= LONG_DIGITS) {
			BigInteger whole = stripped.toBigIntegerExact();
			return (whole.bitLength() < Long.SIZE) ? (Object) whole.longValue() : stripped;
		}
		return stripped;
	}

}
