package dev.realtime;

import java.util.List;
import java.util.stream.Stream;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same as {@link ParserFuzzTests}, but Jazzer looks for texts that reach further into
 * the parsers. One test for all of them: Jazzer fuzzes one in each JVM.
 */
class JazzerTests {

	@MethodSource("golden")
	@DictionaryEntries({ "null", "true", "1e999999999", "-0", "\\u0000", "\\ud800", "[[", "\":" })
	@DictionaryEntries({ "9223372036854775808", "-1", "..", "%2f", "*", "{x}", "/realtime/" })
	@DictionaryEntries({ "eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiJ9", "." })
	@FuzzTest(maxDuration = "5m")
	void whateverClientsWriteIsReadOrRefused(@NotNull String text) {
		ParserProperties.filterIsReadOrRefused(text);
		ParserProperties.positionIsReadBackOrRefused(text);
		ParserProperties.nameIsWhatItWasOrRefused(text);
		ParserProperties.destinationIsAChannelOrRefused(text);
		ParserProperties.tokenIsTheOneThatWasIssuedOrRefused(text);
	}

	static Stream<String> golden() {
		return Stream
			.of(ParserProperties.FILTERS, ParserProperties.POSITIONS, ParserProperties.NAMES,
					ParserProperties.DESTINATIONS, ParserProperties.TOKENS_TO_START_FROM)
			.flatMap(List::stream);
	}

}
