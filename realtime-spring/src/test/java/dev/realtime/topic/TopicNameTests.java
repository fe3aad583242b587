package dev.realtime.topic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TopicName}.
 */
@Timeout(30)
class TopicNameTests {

	private static final String SEGMENT_CHARACTERS = "ABCXYZabcxyz0189_:-";

	/** What attackers put where a segment is expected. */
	private static final String HOSTILE_CHARACTERS = "az09._:-/\\%{}*?#> \t\r\n\0\u00a0\u0301\u200b\u202e\u2024\uff0e\uff0f\uff11\ud800";

	@ParameterizedTest
	@ValueSource(strings = { "a", "contact.updated", "document.{id}", "{tenant_}.x.{_2}", "A-b_c:d.0", "{a}", "-" })
	void whenNameKeepsTheGrammarThenItIsWrittenAsItWasRead(String name) {
		assertThat(TopicName.parse(name)).hasToString(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "a.", ".a", "a..b", "a b", "a/b", "a%2Fb", "a*", "*", "**", "a.#", "a.>", "{}",
			"{1a}", "{a-b}", "{a", "a}", "a{b}", "{a}b", "{a}{b}", "{a.b}", "\u00e4", "a\n", "a\0", "\uff41",
			"e\u0301" })
	void whenNameBreaksTheGrammarThenItIsRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> TopicName.parse(name))
			.withMessageContaining("is neither a variable such as {id} nor made of letters");
	}

	@Test
	void whenVariableOccursTwiceThenNameIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> TopicName.parse("{id}.of.{id}"))
			.withMessage("A variable occurs twice");
	}

	@Test
	void whenNameIsTooLongThenItIsRefused() {
		assertThat(TopicName.parse("a".repeat(200))).hasToString("a".repeat(200));
		assertThatIllegalArgumentException().isThrownBy(() -> TopicName.parse("a".repeat(201)))
			.withMessageContaining("200");
	}

	@Test
	void variablesKeepTheirOrder() {
		assertThat(TopicName.parse("{b}.x.{a}").variables()).containsExactly("b", "a");
		assertThat(TopicName.parse("x").variables()).isEmpty();
	}

	@Test
	void whenNameFitsThenVariablesHaveItsSegments() {
		TopicName name = TopicName.parse("{kind}.of.{id}");
		assertThat(name.match("document.of.a:B_c-42")).containsExactly(Map.entry("kind", "document"),
				Map.entry("id", "a:B_c-42"));
		assertThat(TopicName.parse("contact.updated").match("contact.updated")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "document", "document.", "document..", "document.1.2", "Document.1", "DOCUMENT.1",
			".document.1", "document.1.", "document..1", "documents.1", "document.{id}", "document.*", "document.**",
			"document.#", "document.>", "document.1 ", " document.1", "document. 1", "document.1\0", "document.\0",
			"document.1\n", "document.1\r\n", "document.1/", "document./1", "document.1//2", "document.1/..",
			"document/1", "document.%31", "document.%2F", "document.%2E%2E", "document.1%00", "document.1\\2",
			"document.\uff11", "document\uff0e1", "document\u20241", "document.e\u0301", "document.\u00e9",
			"document.\u0661", "document.1\u200b", "document.\u202e1", "document.1\u00a0", "docum\u0435nt.1" })
	@Tag("T2")
	@Tag("T3")
	void whenNameIsATrickThenItDoesNotFit(String name) {
		assertThat(TopicName.parse("document.{id}").match(name)).isNull();
	}

	@Test
	void whenNameIsLongerThanAnyTopicThenItDoesNotFit() {
		TopicName name = TopicName.parse("d.{id}");
		assertThat(name.match("d." + "1".repeat(198))).isNotNull();
		assertThat(name.match("d." + "1".repeat(199))).isNull();
		assertThat(name.match(".".repeat(10_000_000))).isNull();
	}

	@Test
	@Tag("T2")
	void whatIsRenderedIsReadBackToTheSameValues() {
		Random random = new Random(42);
		for (int i = 0; i < 5_000; i++) {
			TopicName name = randomName(random);
			List<String> values = name.variables().stream().map((variable) -> segment(random)).toList();
			String rendered = name.render(values);
			assertThat(name.match(rendered)).as("%s of %s", rendered, name).isNotNull();
			assertThat(name.match(rendered).values()).as("%s of %s", rendered, name).containsExactlyElementsOf(values);
		}
	}

	@Test
	@Tag("T2")
	void whatIsReadIsRenderedToTheSameName() {
		Random random = new Random(43);
		TopicName name = TopicName.parse("a.{x}.{y}");
		int read = 0;
		for (int i = 0; i < 20_000; i++) {
			String text = "a." + text(random) + "." + text(random);
			Map<String, String> values = name.match(text);
			if (values != null) {
				read++;
				assertThat(name.render(List.copyOf(values.values()))).isEqualTo(text);
				assertThat(text).matches("[A-Za-z0-9._:-]+");
			}
		}
		assertThat(read).isPositive();
	}

	private static TopicName randomName(Random random) {
		List<String> segments = new ArrayList<>();
		int count = 1 + random.nextInt(6);
		for (int i = 0; i < count; i++) {
			segments.add(random.nextBoolean() ? "{v" + i + "}" : segment(random));
		}
		return TopicName.parse(String.join(".", segments));
	}

	private static String segment(Random random) {
		return pick(random, SEGMENT_CHARACTERS, 1 + random.nextInt(8));
	}

	private static String text(Random random) {
		return pick(random, HOSTILE_CHARACTERS, random.nextInt(4));
	}

	private static String pick(Random random, String characters, int length) {
		StringBuilder text = new StringBuilder();
		random.ints(length, 0, characters.length()).forEach((index) -> text.append(characters.charAt(index)));
		return text.toString();
	}

	@Test
	void valuesOfAnyTypeAreWrittenAsText() {
		assertThat(TopicName.parse("{a}.{b}.{c}").render(List.of(42L, Thread.State.NEW, "x"))).isEqualTo("42.NEW.x");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "..", "a.b", "a/b", "a b", "{id}", "*", "\uff11", "\n", "\0", "a%2F" })
	void whenValueIsNoSegmentThenItIsNotRendered(String value) {
		assertThatIllegalArgumentException().isThrownBy(() -> TopicName.parse("document.{id}").render(List.of(value)))
			.withMessageContaining("A variable of topic 'document.{id}' has a value that is not made of");
	}

	@Test
	void whenValueIsNullThenItIsNotRendered() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> TopicName.parse("document.{id}").render(Arrays.asList((Object) null)))
			.withMessage("The variable 'id' of topic 'document.{id}' has no value");
	}

	@Test
	void whenNumberOfValuesIsWrongThenTheVariablesAreNamed() {
		TopicName name = TopicName.parse("{kind}.{id}");
		assertThatIllegalArgumentException().isThrownBy(() -> name.render(List.of(1)))
			.withMessage("Topic '{kind}.{id}' has 2 variables [kind, id], but 1 values were given");
		assertThatIllegalArgumentException().isThrownBy(() -> name.render(List.of(1, 2, 3)));
	}

	@Test
	void whenRenderedNameIsTooLongThenItIsRefused() {
		TopicName name = TopicName.parse("d.{id}");
		assertThat(name.render(List.of("1".repeat(198)))).hasSize(200);
		assertThatIllegalArgumentException().isThrownBy(() -> name.render(List.of("1".repeat(199))))
			.withMessageContaining("longer than 200 characters");
	}

	@ParameterizedTest
	@CsvSource({ "a,a,true", "a,A,false", "a,b,false", "a,a.b,false", "{x},{y},true", "{x},a,true",
			"document.{id},document.archive,true", "document.{id},documents.archive,false",
			"document.{id},{kind}.archive,true", "a.{x}.c,a.b.{y},true", "a.{x}.c,a.b.d,false",
			"a.{x},a.{x}.{y},false" })
	void overlapsWhereOneNameCouldMeanBoth(String first, String second, boolean overlap) {
		assertThat(TopicName.parse(first).overlaps(TopicName.parse(second))).isEqualTo(overlap);
		assertThat(TopicName.parse(second).overlaps(TopicName.parse(first))).isEqualTo(overlap);
	}

}
