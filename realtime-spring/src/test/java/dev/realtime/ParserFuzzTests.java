package dev.realtime;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What clients write that we parse: filters, positions, destinations and tokens, and the
 * names that topics declare, with anything wrong in them. The profile {@code fuzz} does
 * it for longer, {@code -Drealtime.fuzz.seed} does again what failed.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class ParserFuzzTests {

	private static final Duration DURATION = Duration.ofSeconds(Long.getLong("realtime.fuzz.seconds", 2));

	private static final String[] PIECES = { "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "true",
			"1", "-1", "1e9", "1e999999999", "-0", "0.10", "9223372036854775808", "NaN", "\u0000", "\ud800", "\udc00",
			"\ud83d\ude00", "\uff0e", "\u202e", "\ufeff", "\u0130", "a", "b", "id", " ", "\n", "\t", ".", "..", "/",
			"%2f", "*", "**", "?", "{x}", "-", "--", "_", "00", "1", "17", "abc-17", "e-", "-5", "'", "//", "#" };

	@Test
	@Tag("T11")
	void filtersAreReadOrRefusedAndNeverAnythingElse() {
		fuzz(ParserProperties.FILTERS, ParserProperties::filterIsReadOrRefused);
	}

	@Test
	void positionsAreReadBackOrRefused() {
		fuzz(ParserProperties.POSITIONS, ParserProperties::positionIsReadBackOrRefused);
	}

	@Test
	@Tag("T2")
	@Tag("T3")
	void namesAreWhatTheyWereOrRefused() {
		fuzz(ParserProperties.NAMES, ParserProperties::nameIsWhatItWasOrRefused);
	}

	@Test
	@Tag("T1")
	@Tag("T2")
	@Tag("T3")
	void destinationsAreChannelsOrRefused() {
		fuzz(ParserProperties.DESTINATIONS, ParserProperties::destinationIsAChannelOrRefused);
	}

	@Test
	@Tag("T5")
	void tokensAreTheOneThatWasIssuedOrRefused() {
		fuzz(ParserProperties.TOKENS_TO_START_FROM, ParserProperties::tokenIsTheOneThatWasIssuedOrRefused);
	}

	private static void fuzz(List<String> golden, Consumer<String> check) {
		long seed = Long.getLong("realtime.fuzz.seed", System.nanoTime());
		long end = System.nanoTime() + DURATION.toNanos();
		for (long round = seed; System.nanoTime() < end; round++) {
			String text = text(golden, new Random(round));
			try {
				check.accept(text);
			}
			catch (RuntimeException | AssertionError | StackOverflowError ex) {
				throw new AssertionError("-Drealtime.fuzz.seed=" + round + ": '" + text + "'", ex);
			}
		}
	}

	private static String text(List<String> golden, Random random) {
		StringBuilder text = new StringBuilder(golden.get(random.nextInt(golden.size())));
		for (int i = random.nextInt(6); i > 0; i--) {
			int at = random.nextInt(text.length() + 1);
			int to = at + random.nextInt(text.length() - at + 1);
			switch (random.nextInt(5)) {
				case 0 -> text.delete(at, to);
				case 1 -> text.insert(at, text.substring(at, to));
				case 2 -> text.insert(at, PIECES[random.nextInt(PIECES.length)].repeat(1 + random.nextInt(30)));
				case 3 -> text.insert(at, (char) random.nextInt(0x10000));
				default -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
			}
		}
		return text.toString();
	}

}
