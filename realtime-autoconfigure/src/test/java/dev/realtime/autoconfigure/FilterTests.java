package dev.realtime.autoconfigure;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.realtime.Realtime;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the {@code filter} header lets pass.
 */
@EndpointTest
class FilterTests {

	private static final Map<String, Object> PAYLOADS = payloads();

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	private static Map<String, Object> payloads() {
		Map<String, Object> payloads = new LinkedHashMap<>();
		payloads.put("five", Map.of("v", 5));
		payloads.put("five.0", Map.of("v", new BigDecimal("5.0")));
		payloads.put("5e0", Map.of("v", new BigDecimal("0.5e1")));
		payloads.put("text five", Map.of("v", "5"));
		payloads.put("5.5", Map.of("v", 5.5));
		payloads.put("zero", Map.of("v", 0));
		payloads.put("minus zero", Map.of("v", -0.0));
		payloads.put("long", Map.of("v", 9007199254740993L));
		payloads.put("big", Map.of("v", new BigInteger("123456789012345678901234567890")));
		payloads.put("yes", Map.of("v", true));
		payloads.put("text yes", Map.of("v", "true"));
		payloads.put("no", Map.of("v", false));
		Map<String, Object> withNull = new LinkedHashMap<>();
		withNull.put("v", null);
		payloads.put("null", withNull);
		payloads.put("text null", Map.of("v", "null"));
		payloads.put("empty", Map.of("v", ""));
		payloads.put("missing", Map.of("w", 1));
		payloads.put("list", Map.of("v", List.of(5)));
		payloads.put("nested", Map.of("v", Map.of("v", 5)));
		payloads.put("umlaut", Map.of("v", "\u00fc"));
		payloads.put("decomposed", Map.of("v", "u\u0308"));
		payloads.put("no object", List.of(5));
		payloads.put("scalar", 5);
		return payloads;
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			"{} | five,five.0,5e0,text five,5.5,zero,minus zero,long,big,yes,text yes,no,null,text null,empty,missing,"
					+ "list,nested,umlaut,decomposed,no object,scalar",
			"{\"v\":5} | five,five.0,5e0", "{\"v\":5.0} | five,five.0,5e0", "{\"v\":50e-1} | five,five.0,5e0",
			"{\"v\":\"5\"} | text five", "{\"v\":5.50} | 5.5", "{\"v\":0} | zero,minus zero",
			"{\"v\":-0.0} | zero,minus zero", "{\"v\":9007199254740993} | long", "{\"v\":9007199254740992} | ``",
			"{\"v\":123456789012345678901234567890} | big", "{\"v\":true} | yes", "{\"v\":\"true\"} | text yes",
			"{\"v\":false} | no", "{\"v\":null} | null", "{\"v\":\"null\"} | text null", "{\"v\":\"\"} | empty",
			"{\"w\":1} | missing", "{\"v\":[5,\"5\",null]} | five,five.0,5e0,text five,null",
			"{\"v\":[5]} | five,five.0,5e0", "{\"v\":[true,false]} | yes,no", "{\"v\":\"\u00fc\"} | umlaut",
			"{\"v\":\"\\\\u00fc\"} | umlaut", "{\"v\":1e1000} | ``", "{\"V\":5} | ``", "{\"v.v\":5} | ``" })
	@Tag("T12")
	void whenFilterIsGivenThenExactlyTheMatchingMessagesCome(String filter, String expected) {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room, "filter:" + filter.replace(":", "\\c"));
			alice.subscribe("end", "/realtime/room.end" + room);
			PAYLOADS.forEach((name, payload) -> publish(room, name, payload));
			publish("end" + room, "end", "end");
			List<String> events = alice.untilBody("\"end\"")
				.stream()
				.map((frame) -> RawStompClient.header(frame, "event"))
				.toList();
			assertThat(String.join(",", events)).isEqualTo(expected);
		}
	}

	@Test
	void whenFilterHasSeveralKeysThenAllOfThemHaveToMatch() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room, "filter:{\"a\"\\c[1,2],\"b\"\\c\"x\"}");
			for (int a = 1; a <= 3; a++) {
				for (String b : List.of("x", "y")) {
					publish(room, a + b, Map.of("a", a, "b", b));
				}
			}
			publish(room, "only a", Map.of("a", 1));
			publish(room, "more", Map.of("a", 2, "b", "x", "c", 1));
			assertThat(alice.next(3)).extracting((frame) -> RawStompClient.header(frame, "event"))
				.containsExactly("1x", "2x", "more");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenManySubscriptionsFilterTheSameChannelThenEachGetsItsOwn() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			for (int i = 0; i < 100; i++) {
				alice.subscribe("s" + i, "/realtime/room." + room, "filter:{\"id\"\\c" + i + "}");
			}
			alice.subscribe("wide", "/realtime/room." + room,
					"filter:{\"id\"\\c[" + String.join(",", numbers(0, 120)) + "],\"x\"\\c[1,2,3]}");
			for (int i = 0; i < 100; i++) {
				publish(room, "e" + i, Map.of("id", i));
				assertThat(alice.next()).startsWith("MESSAGE\nsubscription:s" + i + "\n");
			}
			publish(room, "both", Map.of("id", 99, "x", 3));
			assertThat(alice.next(2)).extracting((frame) -> RawStompClient.header(frame, "subscription"))
				.containsExactlyInAnyOrder("s99", "wide");
			publish(room, "x only", Map.of("id", 119, "x", 1));
			assertThat(alice.next()).startsWith("MESSAGE\nsubscription:wide\n");
			alice.expectNothingElse();
		}
	}

	private static List<String> numbers(int from, int to) {
		return new ArrayList<>(IntStream.range(from, to).mapToObj(Integer::toString).toList());
	}

	private void publish(String room, String event, Object payload) {
		this.realtime.forTenant("acme").to("room.{room}", room).event(event).data(payload).publish().join();
	}

}
