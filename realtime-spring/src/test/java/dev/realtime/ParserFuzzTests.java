package dev.realtime;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.realtime.core.MessageFilter;
import dev.realtime.json.FilterParser;
import dev.realtime.json.InvalidFilterException;
import dev.realtime.token.ConnectionTokens;
import dev.realtime.token.InvalidTokenException;
import dev.realtime.token.SigningKeys;
import dev.realtime.token.TokenSubject;
import dev.realtime.topic.TopicName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients write that we parse: filters, positions, names of topics and tokens, with
 * anything wrong in them. The profile {@code fuzz} does it for longer,
 * {@code -Drealtime.fuzz.seed} does again what failed.
 */
@Timeout(value = 2, unit = java.util.concurrent.TimeUnit.HOURS)
class ParserFuzzTests {

	private static final Duration DURATION = Duration.ofSeconds(Long.getLong("realtime.fuzz.seconds", 2));

	private static final String[] PIECES = { "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "null", "true",
			"1", "-1", "1e9", "1e999999999", "-0", "0.10", "9223372036854775808", "NaN", "\u0000", "\ud800", "\udc00",
			"\ud83d\ude00", "\uff0e", "\u202e", "\ufeff", "\u0130", "a", "b", "id", " ", "\n", "\t", ".", "..", "/",
			"%2f", "*", "**", "?", "{x}", "-", "--", "_", "00", "1", "17", "abc-17", "e-", "-5", "'", "//", "#" };

	private static final List<String> FILTERS = List.of("{\"id\":5}", "{\"a\":[1,2.50,null,\"x\",true],\"b\":\"y\"}",
			"{}", "{\"\":[\"\"]}");

	private static final List<String> POSITIONS = List.of("abc-17", "k3f9-0", "a-9223372036854775807");

	private static final List<String> NAMES = List.of("contact.updated", "document.42", "a:b.c_d-e");

	@Test
	@Tag("T11")
	void filtersAreReadOrRefusedAndNeverAnythingElse() {
		FilterParser parser = new FilterParser(1024, 8, 128);
		fuzz(FILTERS, (text) -> {
			try {
				TopicFilter filter = parser.parse(text);
				assertThat(filter.values()).hasSizeLessThanOrEqualTo(8);
				MessageFilter matcher = MessageFilter.of(filter.values());
				matcher.matches(Map.of("id", 5L, "a", "x"));
				assertThat(MessageFilter.of(filter.values())).isEqualTo(matcher);
			}
			catch (InvalidFilterException ex) {
				assertThat(ex.getDetail()).matches("[A-Z][a-zA-Z0-9 ',]+");
			}
		});
	}

	@Test
	@Tag("T30")
	void positionsAreReadBackOrRefused() {
		fuzz(POSITIONS, (text) -> {
			try {
				assertThat(StreamPosition.parse(text)).hasToString(text);
			}
			catch (IllegalArgumentException ex) {
				assertThat(ex).hasMessageNotContaining("\n");
			}
		});
	}

	@Test
	@Tag("T2")
	@Tag("T3")
	void namesAreWhatTheyWereOrRefused() {
		fuzz(NAMES, (text) -> {
			try {
				assertThat(TopicName.parse(text)).hasToString(text);
				assertThat(text)
					.matches("([A-Za-z0-9_:-]+|\\{[A-Za-z0-9_]+})(\\.([A-Za-z0-9_:-]+|\\{[A-Za-z0-9_]+}))*");
			}
			catch (IllegalArgumentException ex) {
				assertThat(text).satisfiesAnyOf((name) -> assertThat(name).hasSizeGreaterThan(200),
						(name) -> assertThat(name).containsPattern("[^A-Za-z0-9_:.-]"),
						(name) -> assertThat("." + name + ".").contains(".."));
			}
		});
	}

	@Test
	@Tag("T5")
	void tokensAreTheOneThatWasIssuedOrRefused() {
		ConnectionTokens tokens = new ConnectionTokens(SigningKeys.of("0123456789abcdef0123456789abcdef", List.of()),
				Duration.ofHours(2), InstantSource.system());
		String token = tokens.issue(new TokenSubject("alice", new Tenant("acme"), null), false, null).value();
		fuzz(List.of(token, "a.b.c"), (text) -> {
			try {
				tokens.authenticate(text);
				assertThat(text).isEqualTo(token);
			}
			catch (InvalidTokenException ex) {
				assertThat(text).isNotEqualTo(token);
			}
		});
	}

	private static void fuzz(List<String> golden, Check check) {
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

	/**
	 * What holds for any text.
	 */
	@FunctionalInterface
	private interface Check {

		void accept(String text);

	}

}
