package dev.realtime.core;

import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CloseReason}.
 */
@Timeout(10)
class CloseReasonTests {

	/** RFC 6455, 5.5: a control frame holds 125 bytes, two of them are the code. */
	private static final int MAX_TEXT_BYTES = 123;

	@Test
	void codesAreUnique() {
		assertThat(CloseReason.values()).extracting(CloseReason::code).doesNotHaveDuplicates();
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "NORMAL")
	void whenCodeIsBelow4500ThenClientsReconnect(CloseReason reason) {
		assertThat(reason.code()).isBetween(4000, 4999);
		assertThat(reason.isReconnect()).isEqualTo(reason.code() < 4500);
	}

	@Test
	void whenEndIsNormalThenClientsDoNotReconnect() {
		assertThat(CloseReason.NORMAL.code()).isEqualTo(1000);
		assertThat(CloseReason.NORMAL.isReconnect()).isFalse();
	}

	@Test
	void whenTryingAgainCanHelpThenClientsReconnect() {
		assertThat(CloseReason.GOING_AWAY.isReconnect()).isTrue();
		assertThat(CloseReason.SLOW_CONSUMER.isReconnect()).isTrue();
		assertThat(CloseReason.UNAUTHORIZED.isReconnect()).isFalse();
		assertThat(CloseReason.PROTOCOL_ERROR.isReconnect()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void textFitsIntoACloseFrame(CloseReason reason) {
		assertThat(reason.text().getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1, MAX_TEXT_BYTES);
	}

}
