package dev.realtime.core;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link AttributeValues}.
 */
@Timeout(10)
class AttributeValuesTests {

	private static final BigInteger BEYOND_LONG = BigInteger.ONE.shiftLeft(63);

	static Stream<Object> formsOfFive() {
		return Stream.of(5, 5L, (short) 5, (byte) 5, 5.0, 5.0f, BigInteger.valueOf(5), new BigDecimal("5"),
				new BigDecimal("5.0"), new BigDecimal("5e0"), new BigDecimal("50e-1"), new BigDecimal("0.5e1"),
				new BigDecimal("5.000000000000000000000000000000"));
	}

	@ParameterizedTest
	@MethodSource("formsOfFive")
	void whenNumbersAreEqualThenTheyHaveOneForm(Object five) {
		assertThat(AttributeValues.canonical(five)).isEqualTo(5L);
	}

	static Stream<Object> formsOfZero() {
		return Stream.of(0, 0L, 0.0, -0.0, -0.0f, BigInteger.ZERO, new BigDecimal("0"), new BigDecimal("-0"),
				new BigDecimal("0.000"), new BigDecimal("0e5"), new BigDecimal("0e-5"), new BigDecimal("0e1000000000"));
	}

	@ParameterizedTest
	@MethodSource("formsOfZero")
	void whenNumberIsZeroThenItHasOneForm(Object zero) {
		assertThat(AttributeValues.canonical(zero)).isEqualTo(0L);
	}

	@Test
	void whenTextLooksLikeNumberThenItDiffers() {
		assertThat(AttributeValues.canonical("5")).isEqualTo("5").isNotEqualTo(AttributeValues.canonical(5));
		assertThat(AttributeValues.canonical("true")).isNotEqualTo(AttributeValues.canonical(true));
		assertThat(AttributeValues.canonical("null")).isEqualTo("null");
		assertThat(AttributeValues.canonical("")).isEqualTo("");
	}

	@Test
	void whenValueIsNoNumberThenItIsKept() {
		assertThat(AttributeValues.canonical(null)).isNull();
		assertThat(AttributeValues.canonical(true)).isEqualTo(true);
		assertThat(AttributeValues.canonical(false)).isEqualTo(false);
	}

	@Test
	void whenNumberIsAnEndOfTheLongRangeThenItIsLong() {
		for (long end : new long[] { Long.MAX_VALUE, Long.MIN_VALUE }) {
			assertThat(AttributeValues.canonical(end)).isEqualTo(end);
			assertThat(AttributeValues.canonical(BigInteger.valueOf(end))).isEqualTo(end);
			assertThat(AttributeValues.canonical(new BigDecimal(end + ".00"))).isEqualTo(end);
		}
	}

	@Test
	void whenWholeNumberIsBeyondLongThenFormsAreStillEqual() {
		Object beyond = AttributeValues.canonical(BEYOND_LONG);
		assertThat(beyond).isInstanceOf(BigDecimal.class)
			.isEqualTo(AttributeValues.canonical(new BigDecimal("9223372036854775808.0")))
			.isEqualTo(AttributeValues.canonical(new BigDecimal("9.223372036854775808e18")))
			.hasSameHashCodeAs(AttributeValues.canonical(new BigDecimal("9223372036854775808.0")))
			.isNotEqualTo(AttributeValues.canonical(BEYOND_LONG.add(BigInteger.ONE)))
			.isNotEqualTo(AttributeValues.canonical(BEYOND_LONG.negate()));
		assertThat(AttributeValues.canonical(BEYOND_LONG.negate().subtract(BigInteger.ONE)))
			.isEqualTo(new BigDecimal("-9223372036854775809"));
		assertThat(AttributeValues.canonical(BigInteger.TEN.pow(30)))
			.isEqualTo(AttributeValues.canonical(new BigDecimal("1e30")))
			.isEqualTo(AttributeValues.canonical(1e30));
	}

	@Test
	void whenNumberIsAFractionThenTrailingZerosDoNotMatter() {
		assertThat(AttributeValues.canonical(0.5)).isEqualTo(AttributeValues.canonical(new BigDecimal("0.500")))
			.isEqualTo(AttributeValues.canonical(0.5f))
			.isEqualTo(new BigDecimal("0.5"));
		assertThat(AttributeValues.canonical(0.1)).isEqualTo(new BigDecimal("0.1"));
		assertThat(AttributeValues.canonical(-1.25)).isEqualTo(AttributeValues.canonical(new BigDecimal("-12.50e-1")));
		assertThat(AttributeValues.canonical(5.1)).isNotEqualTo(AttributeValues.canonical(5));
	}

	@Test
	void whenDoubleIsWholeAndFitsThenItIsLong() {
		assertThat(AttributeValues.canonical(1e15)).isEqualTo(1_000_000_000_000_000L);
		assertThat(AttributeValues.canonical(-3.0)).isEqualTo(-3L);
		assertThat(AttributeValues.canonical(1e19)).isInstanceOf(BigDecimal.class);
	}

	@Test
	@Timeout(value = 5, threadMode = ThreadMode.SEPARATE_THREAD)
	void whenExponentIsHugeThenItIsNotExpanded() {
		Object huge = AttributeValues.canonical(new BigDecimal("1e1000000000"));
		assertThat(huge).isEqualTo(AttributeValues.canonical(new BigDecimal("10e999999999")))
			.hasSameHashCodeAs(AttributeValues.canonical(new BigDecimal("10e999999999")))
			.isNotEqualTo(AttributeValues.canonical(new BigDecimal("1e1000000001")));
		assertThat(AttributeValues.canonical(new BigDecimal("1e-1000000000")))
			.isEqualTo(AttributeValues.canonical(new BigDecimal("10e-1000000001")));
	}

	static Stream<Object> unsupported() {
		return Stream.of(List.of(5), Map.of("a", 5), 'a', new byte[0], new StringBuilder("5"), Double.NaN,
				Double.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
	}

	@ParameterizedTest
	@MethodSource("unsupported")
	void whenValueIsNoScalarThenItIsRefused(Object value) {
		assertThatIllegalArgumentException().isThrownBy(() -> AttributeValues.canonical(value));
	}

}
