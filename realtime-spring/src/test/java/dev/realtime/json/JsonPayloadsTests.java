package dev.realtime.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonRawValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link JsonPayloads}.
 */
@Timeout(30)
class JsonPayloadsTests {

	private final JsonPayloads payloads = new JsonPayloads(new JsonMapper(), 16 * 1024);

	@Test
	void writesWithTheMapperOfTheApplication() {
		JsonMapper mapper = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
		assertThat(new JsonPayloads(mapper, 100).write("t", new Named("x"))).asString()
			.isEqualTo("{\"full_name\":\"x\"}");
	}

	@Test
	void writesUtf8() {
		assertThat(this.payloads.write("t", "\u20ac\ud83d\ude00"))
			.isEqualTo("\"\u20ac\ud83d\ude00\"".getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void sizeIsBoundedInBytes() {
		JsonPayloads small = new JsonPayloads(new JsonMapper(), 10);
		assertThat(small.write("t", "12345678")).hasSize(10);
		assertThatIllegalArgumentException().isThrownBy(() -> small.write("t", "123456789"))
			.withMessage("The payload for topic 't' has 11 bytes, more than the 10 of realtime.limits.payload-size. "
					+ "Messages are hints: publish an id and let clients fetch the rest");
		assertThat(small.write("t", "\u20ac\u20ac")).hasSize(8);
		assertThatIllegalArgumentException().isThrownBy(() -> small.write("t", "\u20ac\u20ac\u20ac"));
	}

	@Test
	void whenPayloadDoesNotSerialiseThenTheErrorNamesTopicAndClass() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.payloads.write("t", new Broken("x")))
			.withMessage(
					"The payload for topic 't' (" + Broken.class.getName() + ") does not serialise: Caused on purpose")
			.withCauseInstanceOf(JacksonException.class);
	}

	@Test
	void whenPayloadContainsItselfThenItDoesNotSerialise() {
		Map<String, Object> loop = new HashMap<>();
		loop.put("self", loop);
		assertThatIllegalArgumentException().isThrownBy(() -> this.payloads.write("t", loop))
			.withMessageContaining("does not serialise");
	}

	@Test
	void whenTextIsNoUnicodeThenTheJsonStillIs() throws Exception {
		byte[] json = this.payloads.write("t", "a\ud800b");
		String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
		assertThat(text).isEqualToIgnoringCase("\"a\\ud800b\"");
	}

	@Test
	void attributesAreTheScalarsOfTheTopLevel() {
		Map<String, Object> attributes = attributes("{\"s\":\"5\",\"n\":5,\"d\":1.50,\"t\":true,\"f\":false,\"z\":null,"
				+ "\"o\":{\"n\":6,\"x\":1},\"a\":[1,{\"y\":2}],\"last\":7}");
		assertThat(attributes).containsOnly(Map.entry("s", "5"), Map.entry("n", 5L),
				Map.entry("d", new BigDecimal("1.5")), Map.entry("t", true), Map.entry("f", false),
				Map.entry("last", 7L), new HashMap.SimpleEntry<>("z", null));
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "[{\"a\":1}]", "1", "\"x\"", "null", "true", "{}", "1e999999999" })
	void whenRootHasNoAttributesThenThereAreNone(String json) {
		assertThat(attributes(json)).isEmpty();
	}

	@Test
	void numbersAreComparedByValue() {
		assertThat(attributes("{\"a\":5.0,\"b\":5e0,\"c\":1e2,\"d\":0.0,\"e\":9223372036854775808}")).containsOnly(
				Map.entry("a", 5L), Map.entry("b", 5L), Map.entry("c", 100L), Map.entry("d", 0L),
				Map.entry("e", new BigDecimal("9223372036854775808")));
	}

	@Test
	@Timeout(5)
	void hugeExponentsCostNothing() {
		assertThat(attributes("{\"a\":1e999999999,\"b\":1}")).containsEntry("a", new BigDecimal("1e999999999"))
			.containsEntry("b", 1L);
		assertThat(attributes("{\"a\":1e99999999999,\"b\":1}")).containsOnly(Map.entry("b", 1L));
	}

	@Test
	void doublesAreReadAsTheyAreWritten() {
		byte[] json = this.payloads.write("t", Arrays.asList(0.1, Double.MAX_VALUE));
		assertThat(json).asString().isEqualTo("[0.1,1.7976931348623157E308]");
		assertThat(this.payloads.attributes(this.payloads.write("t", Map.of("d", 0.1f, "e", 1e20))))
			.containsOnly(Map.entry("d", new BigDecimal("0.1")), Map.entry("e", new BigDecimal("1E+20")));
	}

	@Test
	void attributesCanNotBeChanged() {
		assertThat(attributes("{\"a\":1}")).isUnmodifiable();
	}

	@Test
	void whenPayloadCanNotBeReadBackThenTheErrorSaysSo() {
		BigInteger huge = BigInteger.TEN.pow(2000);
		byte[] number = this.payloads.write("t", Map.of("n", huge));
		assertThatIllegalArgumentException().isThrownBy(() -> this.payloads.attributes(number))
			.withMessageStartingWith("The payload is not JSON that can be read: ");
		byte[] raw = this.payloads.write("t", new Raw("{"));
		assertThatIllegalArgumentException().isThrownBy(() -> this.payloads.attributes(raw))
			.withMessageStartingWith("The payload is not JSON that can be read: ");
	}

	private Map<String, Object> attributes(String json) {
		return this.payloads.attributes(json.getBytes(StandardCharsets.UTF_8));
	}

	record Named(String fullName) {

	}

	record Raw(@JsonRawValue String value) {

	}

	record Broken(String name) {

		@Override
		public String name() {
			throw new IllegalStateException("Caused on purpose");
		}

	}

}
