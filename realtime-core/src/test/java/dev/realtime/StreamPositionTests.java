package dev.realtime;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link StreamPosition}.
 */
@Timeout(10)
class StreamPositionTests {

	@ParameterizedTest
	@CsvSource({ "k3f9, 117, k3f9-117", "0, 0, 0-0", "z, 1, z-1",
			"abcdefghijklmnopqrstuvwxyz012345, 10, abcdefghijklmnopqrstuvwxyz012345-10",
			"e, 999999999999999999, e-999999999999999999" })
	void whenWrittenThenReadsBackEqual(String epoch, long offset, String text) {
		StreamPosition position = new StreamPosition(epoch, offset);
		assertThat(position).hasToString(text);
		assertThat(StreamPosition.parse(text)).isEqualTo(position);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-", "e", "e-", "-1", "e1", "e-01", "e-00", "e--1", "e-+1", "e-1.0", "e-1e3", "e-a",
			"E-1", "e_1", "e -1", "e- 1", " e-1", "e-1 ", "e-1\n", "\ne-1", "e-1-1", "é-1", "e-\u0661", "e-1\u0000",
			"e-1000000000000000000", "e-99999999999999999999999999", "abcdefghijklmnopqrstuvwxyz0123456-1" })
	void whenTextIsMalformedThenItIsRefused(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> StreamPosition.parse(text))
			.withMessageContaining("epoch-offset");
	}

	@Test
	void whenTextIsLongThenItIsRefusedAtOnce() {
		assertThatIllegalArgumentException().isThrownBy(() -> StreamPosition.parse("e".repeat(10_000_000) + "-1"));
		assertThatIllegalArgumentException().isThrownBy(() -> StreamPosition.parse("e-" + "1".repeat(10_000_000)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "E", "e-f", "e f", "é", "e\n", "abcdefghijklmnopqrstuvwxyz0123456" })
	void whenEpochIsMalformedThenItIsRefused(String epoch) {
		assertThatIllegalArgumentException().isThrownBy(() -> new StreamPosition(epoch, 1))
			.withMessageContaining("epoch");
	}

	@Test
	void whenOffsetIsNegativeThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new StreamPosition("e", -1)).withMessageContaining("-1");
	}

	@Test
	void whenEpochOrOffsetDifferThenPositionsDiffer() {
		StreamPosition position = new StreamPosition("e", 1);
		assertThat(position).isNotEqualTo(new StreamPosition("f", 1)).isNotEqualTo(new StreamPosition("e", 2));
	}

}
