package dev.realtime.stomp;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link LogText}.
 */
@Timeout(30)
@Tag("T27")
class LogTextTests {

	@ParameterizedTest
	@ValueSource(strings = { "a\nb", "a\rb", "a\u001bb", "a\u2028b", "a\u2029b", "a\u202eb", "a\u200bb", "a\u0085b",
			"a\u0000b", "a\ufeffb", "a\ud800b" })
	void whenCharacterDoesSomethingThenItIsReplaced(String text) {
		assertThat(LogText.of(text)).isEqualTo("a?b");
	}

	@Test
	void whenTextIsLongThenItIsCut() {
		assertThat(LogText.of("x".repeat(200))).hasSize(200);
		assertThat(LogText.of("x".repeat(70_000))).isEqualTo("x".repeat(200) + "...");
	}

	@Test
	void whenTextIsHarmlessThenItStays() {
		assertThat(LogText.of("/realtime/\u00fc \ud83d\ude00")).isEqualTo("/realtime/\u00fc \ud83d\ude00");
		assertThat(LogText.of(null)).isEmpty();
	}

}
