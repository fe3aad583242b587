package dev.realtime.core;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link HistoryOptions}.
 */
@Timeout(10)
class HistoryOptionsTests {

	private static final Duration TTL = Duration.ofMinutes(1);

	@Test
	void whenNothingIsKeptThenThatIsFine() {
		assertThat(new HistoryOptions(0, TTL, 0).size()).isZero();
	}

	@Test
	void whenSizeIsNegativeThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new HistoryOptions(-1, TTL, 0));
	}

	@Test
	void whenKeysAreNegativeThenTheyAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new HistoryOptions(0, TTL, -1));
	}

	@Test
	void whenTtlIsNotPositiveThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new HistoryOptions(1, Duration.ZERO, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> new HistoryOptions(1, Duration.ofMillis(-1), 1));
	}

}
