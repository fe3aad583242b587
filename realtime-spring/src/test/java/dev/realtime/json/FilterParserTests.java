package dev.realtime.json;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.realtime.TopicFilter;
import dev.realtime.core.MessageFilter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link FilterParser}.
 */
@Timeout(30)
@Tag("T11")
class FilterParserTests {

	private static final String NOT_JSON = "The filter is not valid JSON, or nested";

	private static final String NO_SCALAR = "A value of the filter is not a string, number, boolean or null, or a list of those";

	private final FilterParser parser = new FilterParser(1024, 8, 128);

	private final FilterParser largeParser = new FilterParser(64 * 1024 * 1024, 8, Integer.MAX_VALUE);

	@Test
	void valuesKeepTheirTypes() throws Exception {
		TopicFilter filter = this.parser.parse("{\"s\":\"5\",\"n\":5,\"d\":1.5,\"t\":true,\"f\":false,\"z\":null}");
		assertThat(filter.get("s")).isEqualTo("5");
		assertThat(filter.get("n")).isEqualTo(5L);
		assertThat(filter.get("d")).isEqualTo(new BigDecimal("1.5"));
		assertThat(filter.get("t")).isEqualTo(true);
		assertThat(filter.get("f")).isEqualTo(false);
		assertThat(filter.getAll("z")).isEqualTo(Arrays.asList((Object) null));
		assertThat(filter.values()).hasSize(6);
	}

	@Test
	void listMeansAnyOf() throws Exception {
		TopicFilter filter = this.parser.parse("{\"id\":[5,\"5\",null,true,1e2]}");
		assertThat(filter.getAll("id")).isEqualTo(Arrays.asList(5L, "5", null, true, 100L));
	}

	@ParameterizedTest
	@ValueSource(strings = { "5", "5.0", "5.00", "5e0", "0.5e1", "50E-1", "500e-2" })
	void equalNumbersAreOneValue(String number) throws Exception {
		assertThat(this.parser.parse("{\"id\":" + number + "}")).isEqualTo(this.parser.parse("{\"id\":5}"));
	}

	@ParameterizedTest
	@CsvSource({ "0,-0", "0,0.0", "0,-0e9", "9223372036854775807,9223372036854775807.0",
			"9223372036854775808,9223372036854775808.0", "1e19,10000000000000000000", "1.10,1.1" })
	void numbersAreComparedByValue(String one, String other) throws Exception {
		assertThat(this.parser.parse("{\"id\":" + one + "}")).isEqualTo(this.parser.parse("{\"id\":" + other + "}"));
	}

	@ParameterizedTest
	@CsvSource({ "5,6", "5,5.1", "9223372036854775807,9223372036854775808", "1e999999999,1e999999998",
			"0.1,0.10000000000000001" })
	void otherNumbersAreOtherValues(String one, String other) throws Exception {
		assertThat(this.parser.parse("{\"id\":" + one + "}")).isNotEqualTo(this.parser.parse("{\"id\":" + other + "}"));
	}

	@Test
	void textIsNoNumber() throws Exception {
		assertThat(this.parser.parse("{\"id\":\"5\"}")).isNotEqualTo(this.parser.parse("{\"id\":5}"));
		assertThat(this.parser.parse("{\"id\":\"true\"}")).isNotEqualTo(this.parser.parse("{\"id\":true}"));
		assertThat(this.parser.parse("{\"id\":\"null\"}")).isNotEqualTo(this.parser.parse("{\"id\":null}"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", " {} ", "\t\r\n{ }\n" })
	void emptyObjectLetsEverythingPass(String text) throws Exception {
		assertThat(this.parser.parse(text)).isSameAs(TopicFilter.none());
	}

	@Test
	void whitespaceDoesNotMatter() throws Exception {
		assertThat(this.parser.parse(" {\n\t\"a\" : [ 1 ,\r\n2 ] }  ")).isEqualTo(this.parser.parse("{\"a\":[1,2]}"));
	}

	@Test
	void keysMayBeAnyText() throws Exception {
		TopicFilter filter = this.parser.parse("{\"\":1,\"a.b\":2,\"$ne\":3,\"__proto__\":4,\"\\u0061\":5}");
		assertThat(filter.values()).containsOnlyKeys("", "a.b", "$ne", "__proto__", "a");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "[]", "[{}]", "1", "\"x\"", "null", "true" })
	void whenFilterIsNoObjectThenItIsInvalid(String text) {
		assertInvalid(text, "The filter is not a JSON object");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":1", "{\"a\":[1",
			"{\"a\":[1,]}", "{\"a\":01}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":tru}",
			"{\"a\":\"\n\"}", "{\"a\":1}}", "{\"a\":1}]", "{/*c*/}", "\ufeff{}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}",
			"{\"a\":0x10}" })
	void whenFilterIsNoJsonThenItIsInvalid(String text) {
		assertInvalid(text, NOT_JSON);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}{}", "{} 1", "{\"a\":1} {\"a\":2}", "{} []" })
	void whenSomethingFollowsThenFilterIsInvalid(String text) {
		assertInvalid(text, "Something follows the filter's JSON object");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{\"a\":1,\"b\":2,\"a\":1}" })
	void whenKeyOccursTwiceThenFilterIsInvalid(String text) {
		assertInvalid(text, NOT_JSON);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"a\":{}}", "{\"a\":{\"b\":1}}", "{\"a\":[{}]}", "{\"a\":[1,{\"b\":1}]}", "{\"a\":[[]]}",
			"{\"a\":[[1]]}" })
	void whenFilterIsNestedThenItIsInvalid(String text) {
		assertThatExceptionOfType(InvalidFilterException.class).isThrownBy(() -> this.parser.parse(text))
			.satisfies((ex) -> assertThat(ex.getDetail()).isIn(NO_SCALAR, NOT_JSON));
	}

	@Test
	void whenListIsEmptyThenFilterIsInvalid() {
		assertInvalid("{\"a\":[]}", "A list of the filter is empty");
		assertInvalid("{\"a\":1,\"b\":[ ]}", "A list of the filter is empty");
	}

	@Test
	void keysAreBounded() throws Exception {
		assertThat(this.parser.parse(keys(8)).values()).hasSize(8);
		assertInvalid(keys(9), "The filter has more than 8 keys");
	}

	private static String keys(int count) {
		return IntStream.range(0, count)
			.mapToObj((i) -> "\"k" + i + "\":" + i)
			.collect(Collectors.joining(",", "{", "}"));
	}

	@Test
	void sizeIsBoundedInBytes() throws Exception {
		String frame = "{\"a\":\"\"}";
		assertThat(this.parser.parse("{\"a\":\"" + "x".repeat(1024 - frame.length()) + "\"}").contains("a")).isTrue();
		assertInvalid("{\"a\":\"" + "x".repeat(1025 - frame.length()) + "\"}", "The filter has more than 1024 bytes");
		assertInvalid("{\"a\":\"" + "\u20ac".repeat(400) + "\"}", "The filter has more than 1024 bytes");
	}

	@Test
	void depthOfAnyKindIsRefusedBeforeItHurts() {
		for (String open : List.of("[", "{\"a\":", "[{\"a\":")) {
			assertThatExceptionOfType(InvalidFilterException.class)
				.isThrownBy(() -> this.largeParser.parse("{\"a\":" + open.repeat(100_000)));
		}
	}

	@Test
	void millionNodesAreRefusedBeforeTheyAreRead() {
		String text = "{\"a\":[" + "1,".repeat(1_000_000) + "1]}";
		assertInvalid(text, "The filter has more than 1024 bytes");
	}

	@Test
	@Timeout(5)
	void hugeExponentsCostNothing() throws Exception {
		TopicFilter filter = this.parser.parse("{\"a\":1e999999999,\"b\":-1E-999999999}");
		assertThat(filter.get("a")).isEqualTo(new BigDecimal("1e999999999"));
		assertThat(MessageFilter.of(filter.values()).matches(Map.of("a", 1L, "b", 2L))).isFalse();
		assertThat(filter.hashCode())
			.isEqualTo(this.parser.parse("{\"a\":10e999999998,\"b\":-1E-999999999}").hashCode());
	}

	@ParameterizedTest
	@ValueSource(strings = { "1e9999999999", "1e-9999999999", "1e99999999999999999999999" })
	void whenExponentIsBeyondNumbersThenFilterIsInvalid(String number) {
		assertInvalid("{\"a\":" + number + "}", NO_SCALAR);
	}

	@Test
	void whenNumberHasTooManyDigitsThenFilterIsInvalid() throws Exception {
		assertThat(this.parser.parse("{\"a\":" + "9".repeat(40) + "}").get("a"))
			.isEqualTo(new BigDecimal("9".repeat(40)));
		assertInvalid("{\"a\":" + "9".repeat(41) + "}", NOT_JSON);
		assertInvalid("{\"a\":0." + "9".repeat(41) + "}", NOT_JSON);
	}

	@Test
	void loneSurrogatesHarmNothing() throws Exception {
		assertThat(this.parser.parse("{\"a\":\"\\ud800\"}").get("a")).isEqualTo("\ud800");
		assertThat(this.parser.parse("{\"a\":\"\ud800\"}").get("a")).isEqualTo("\ud800");
		assertThat(this.parser.parse("{\"a\":\"\\ud83d\\ude00\"}"))
			.isEqualTo(this.parser.parse("{\"a\":\"\ud83d\ude00\"}"));
	}

	@Test
	void lookAlikesAreOtherValues() throws Exception {
		assertThat(this.parser.parse("{\"a\":\"\u00e9\"}")).isNotEqualTo(this.parser.parse("{\"a\":\"e\u0301\"}"));
		assertThat(this.parser.parse("{\"a\":\"\u0430\"}")).isNotEqualTo(this.parser.parse("{\"a\":\"a\"}"));
	}

	@Test
	void detailSaysNothingOfWhatTheClientSent() {
		assertThatExceptionOfType(InvalidFilterException.class)
			.isThrownBy(() -> this.parser.parse("{\"secret\":<script>}"))
			.satisfies(
					(ex) -> assertThat(ex.getDetail()).doesNotContain("secret", "script").isEqualTo(ex.getMessage()));
	}

	private void assertInvalid(String text, String detail) {
		assertThatExceptionOfType(InvalidFilterException.class).isThrownBy(() -> this.parser.parse(text))
			.satisfies((ex) -> assertThat(ex.getDetail()).isEqualTo(detail));
	}

}
