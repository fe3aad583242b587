package dev.realtime.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.realtime.Decision;
import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.ClientEventTopics.StageTopic;
import dev.realtime.autoconfigure.app.Permits;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Events that clients send to topics, frame by frame, whatever the transport.
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class ClientEventScenarios {

	private static final String ACCEPTED = "RECEIPT\nreceipt-id:r\n\n";

	@Autowired
	private Realtime realtime;

	@Autowired
	private Permits permits;

	@Autowired
	private StageTopic stage;

	/**
	 * Connects a user.
	 * @param login name and tenant, such as {@code ada@acme}
	 */
	abstract RawStompClient connect(String login);

	@Test
	void whenSomebodyTypesThenTheOthersSeeItAndNothingIsKept() {
		String topic = "/realtime/parlour." + Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme");
				RawStompClient tab = connect("ada@acme");
				RawStompClient ben = connect("ben@acme")) {
			for (RawStompClient each : List.of(ada, tab, ben)) {
				each.subscribe("s1", topic);
			}
			assertThat(send(ada, topic, "event:typing", "{\"on\":true}")).isEqualTo(ACCEPTED);
			for (RawStompClient each : List.of(tab, ben)) {
				String message = each.next();
				assertThat(message).startsWith("MESSAGE\nsubscription:s1\nmessage-id:~");
				assertThat(RawStompClient.header(message, "destination")).isEqualTo(topic);
				assertThat(RawStompClient.header(message, "event")).isEqualTo("typing");
				assertThat(RawStompClient.header(message, "ephemeral")).isEqualTo("true");
				assertThat(RawStompClient.header(message, "from-user")).isEqualTo("ada");
				assertThat(Long.parseLong(RawStompClient.header(message, "timestamp"))).isPositive();
				assertThat(RawStompClient.body(message)).isEqualTo("{\"on\":true}");
			}
			ada.expectNothingElse();
			assertThat(ben.subscribe("s2", topic)).endsWith("-0\n\n");
			ben.expectNothingElse();
		}
	}

	@Test
	void whenSenderWantsItThenItsOwnConnectionGetsItToo() {
		String topic = "/realtime/parlour." + Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme")) {
			ada.subscribe("s1", topic);
			ada.send("SEND\ndestination:" + topic + "\nevent:e\nto:all\n\n1\0");
			assertThat(RawStompClient.body(ada.next())).isEqualTo("1");
			ada.send("SEND\ndestination:" + topic + "\nevent:e\nto:others\n\n2\0");
			ada.expectNothingElse();
		}
	}

	@Test
	void whenSenderHasNoSubscriptionThenTheOthersGetItAllTheSame() {
		String topic = "/realtime/parlour." + Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme"); RawStompClient ben = connect("ben@acme")) {
			ben.subscribe("s1", topic, "filter:{\"to\"\\c\"ben\"}");
			send(ada, topic, "event:e", "{\"to\":\"carol\"}");
			send(ada, topic, "event:e", "{\"to\":\"ben\"}");
			send(ada, topic, "event:e", "");
			assertThat(RawStompClient.body(ben.next())).isEqualTo("{\"to\":\"ben\"}");
			ben.expectNothingElse();
		}
	}

	@Test
	@Tag("T4")
	void whenSenderForgesHeadersThenTheServersWordCounts() {
		String topic = "/realtime/parlour." + Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme"); RawStompClient ben = connect("ben@acme")) {
			ben.subscribe("s1", topic);
			send(ada, topic, "event:e\nfrom-user:ben\nfrom-connection:x\nmessage-id:~evil\nsubscription:s9\n"
					+ "timestamp:1\nephemeral:false\nposition:a-1\nrealtime-control:revoked", "{}");
			String message = ben.next();
			assertThat(RawStompClient.header(message, "from-user")).isEqualTo("ada");
			assertThat(RawStompClient.header(message, "from-connection")).hasSize(16)
				.matches("[A-Za-z0-9_-]+")
				.isNotIn(ada.session(), ben.session())
				.isNotEqualTo(ada.session().substring(0, Math.min(16, ada.session().length())));
			assertThat(message.lines()
				.filter((line) -> line.matches("(from-user|from-connection|message-id|subscription|"
						+ "timestamp|ephemeral|position|realtime-control):.*")))
				.hasSize(6);
			assertThat(message).doesNotContain("~evil", ":s9\n", "timestamp:1\n", "position", "realtime-control",
					ada.session());
		}
	}

	@Test
	void whenAConnectionSendsAgainThenItsPublicIdIsTheSame() {
		String topic = "/realtime/parlour." + Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme");
				RawStompClient tab = connect("ada@acme");
				RawStompClient ben = connect("ben@acme")) {
			ben.subscribe("s1", topic);
			Set<String> connections = new HashSet<>();
			Set<String> ids = new HashSet<>();
			for (RawStompClient each : List.of(ada, ada, tab)) {
				send(each, topic, "event:e", "{}");
				String message = ben.next();
				connections.add(RawStompClient.header(message, "from-connection"));
				ids.add(RawStompClient.header(message, "message-id"));
			}
			assertThat(connections).hasSize(2);
			assertThat(ids).hasSize(3);
		}
	}

	@Test
	@Tag("T4")
	void whenTopicDoesNotSayWhoMaySendThenNobodyMay() {
		String room = Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme"); RawStompClient ben = connect("ben@acme")) {
			ben.subscribe("s1", "/realtime/room." + room);
			assertRefused(send(ada, "/realtime/room." + room, "event:e", "{}"), "forbidden");
			assertRefused(send(ada, "/realtime/text.0", "event:e", "{}"), "forbidden");
			assertRefused(send(ada, "/realtime/no.such.topic", "event:e", "{}"), "unknown-topic");
			assertRefused(send(ada, "/realtime/parlour.*", "event:e", "{}"), "unknown-topic");
			assertRefused(send(ada, "/realtime/parlour.{room}", "event:e", "{}"), "unknown-topic");
			ben.expectNothingElse();
		}
	}

	@ParameterizedTest
	@MethodSource
	void whenFrameIsNotAsItShouldBeThenTheClientIsToldWhy(String headers, String body, String detail) {
		String topic = "/realtime/parlour." + Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme"); RawStompClient ben = connect("ben@acme")) {
			ben.subscribe("s1", topic);
			String refused = send(ada, topic, headers, body);
			assertRefused(refused, "bad-request");
			assertThat(RawStompClient.header(refused, "detail")).contains(detail);
			ben.expectNothingElse();
		}
	}

	static Stream<Arguments> whenFrameIsNotAsItShouldBeThenTheClientIsToldWhy() {
		return Stream.concat(
				Stream.of(Arguments.of("x:y", "{}", "'event'"), Arguments.of("event:", "{}", "'event'"),
						Arguments.of("event:" + "e".repeat(129), "{}", "'event'"),
						Arguments.of("event:@mine", "{}", "reserved"), Arguments.of("event:e\nto:some", "{}", "'to'"),
						Arguments.of("event:e\nto-user:", "{}", "'to-user'")),
				Stream.of("{", "{} {}", "{'a'\\c1}", "NaN", "\"\u0001\"", "// x\n1", "[1,2", "+1", "\ufeff1", "1e")
					.map((body) -> Arguments.of("event:e", body, "one JSON value")));
	}

	@Test
	void whenBodyIsTooLargeOrNotUtf8ThenTheClientIsTold() {
		String topic = "/realtime/parlour." + Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme"); RawStompClient ben = connect("ben@acme")) {
			ben.subscribe("s1", topic);
			String refused = send(ada, topic, "event:e", "\"" + "x".repeat(16 * 1024) + "\"");
			assertRefused(refused, "bad-request");
			assertThat(RawStompClient.header(refused, "detail")).contains("16386 bytes");
			byte[] head = ("SEND\ndestination:" + topic + "\nevent:e\nreceipt:r\n\n")
				.getBytes(StandardCharsets.US_ASCII);
			byte[] latin = { '"', (byte) 0xe9, '"', 0 };
			byte[] frame = Arrays.copyOf(head, head.length + latin.length);
			System.arraycopy(latin, 0, frame, head.length, latin.length);
			assertRefused(ada.send(frame).next(), "bad-request");
			ben.expectNothingElse();
		}
	}

	@Test
	@Tag("T1")
	void whenTenantsShareNothingThenEventsStayInTheirs() {
		String topic = "/realtime/parlour." + Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme");
				RawStompClient ben = connect("ben@acme");
				RawStompClient other = connect("ben@globex")) {
			ben.subscribe("s1", topic);
			other.subscribe("s1", topic);
			send(ada, topic, "event:e\ntenant:globex", "1");
			send(ada, topic, "event:e\nto-user:ben", "2");
			assertThat(RawStompClient.body(ben.next())).isEqualTo("1");
			assertThat(RawStompClient.body(ben.next())).isEqualTo("2");
			other.expectNothingElse();
		}
	}

	@Test
	@Tag("T1")
	void whenAllTenantsShareATopicThenNobodyCanBeAddressedByName() {
		String topic = "/realtime/square." + Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme"); RawStompClient other = connect("ben@globex")) {
			other.subscribe("s1", topic);
			assertRefused(send(ada, topic, "event:e\nto-user:ben", "1"), "bad-request");
			send(ada, topic, "event:e", "2");
			assertThat(RawStompClient.body(other.next())).isEqualTo("2");
		}
	}

	/**
	 * Two browsers set up a connection of their own: offer, answer, and candidates both
	 * ways, which nobody else on the channel sees.
	 */
	@Test
	void whenTwoUsersNegotiateACallThenNobodyElseHearsThem() {
		String topic = "/realtime/parlour." + Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme");
				RawStompClient ben = connect("ben@acme");
				RawStompClient phone = connect("ben@acme");
				RawStompClient eve = connect("eve@acme")) {
			for (RawStompClient each : List.of(ada, ben, phone, eve)) {
				each.subscribe("s1", topic);
			}
			send(ada, topic, "event:offer\nto-user:ben", "{\"sdp\":\"o\"}");
			assertHeard(ben.next(), "offer", "ada", "{\"sdp\":\"o\"}");
			assertHeard(phone.next(), "offer", "ada", "{\"sdp\":\"o\"}");
			send(ben, topic, "event:answer\nto-user:ada", "{\"sdp\":\"a\"}");
			assertHeard(ada.next(), "answer", "ben", "{\"sdp\":\"a\"}");
			for (int i = 0; i < 3; i++) {
				send(ada, topic, "event:ice\nto-user:ben", "{\"candidate\":" + i + "}");
				assertHeard(ben.next(), "ice", "ada", "{\"candidate\":" + i + "}");
				assertHeard(phone.next(), "ice", "ada", "{\"candidate\":" + i + "}");
				send(ben, topic, "event:ice\nto-user:ada", "{\"candidate\":" + i + "}");
				assertHeard(ada.next(), "ice", "ben", "{\"candidate\":" + i + "}");
			}
			send(ada, topic, "event:offer\nto-user:nobody", "{}");
			List.of(ada, ben, phone, eve).forEach(RawStompClient::expectNothingElse);
		}
	}

	@Test
	void whenCursorMovesThenItIsValidatedAndDelivered() {
		String topic = "/realtime/text.1";
		try (RawStompClient ada = connect("ada@acme"); RawStompClient ben = connect("ben@acme")) {
			ben.subscribe("s1", topic, "replay:none");
			assertThat(send(ada, topic, "event:cursor_move", "{\"line\":3,\"column\":7}")).isEqualTo(ACCEPTED);
			assertHeard(ben.next(), "cursor_move", "ada", "{\"line\":3,\"column\":7}");
			String refused = send(ada, topic, "event:cursor_move", "{\"line\":-1,\"column\":1001}");
			assertRefused(refused, "invalid-event");
			assertThat(RawStompClient.header(refused, "detail"))
				.isEqualTo("column must be less than or equal to 1000; line must be greater than or equal to 0");
			assertThat(unescaped(RawStompClient.header(refused, "data")))
				.isEqualTo("{\"errors\":[{\"field\":\"column\",\"message\":\"must be less than or equal to 1000\"},"
						+ "{\"field\":\"line\",\"message\":\"must be greater than or equal to 0\"}]}");
			refused = send(ada, topic, "event:cursor_move", "{\"line\":\"here\"}");
			assertRefused(refused, "invalid-event");
			assertThat(RawStompClient.header(refused, "detail")).isEqualTo("line can not be read");
			for (String body : List.of("null", "1", "[]", "\"x\"")) {
				refused = send(ada, topic, "event:cursor_move", body);
				assertRefused(refused, "invalid-event");
				assertThat(refused).doesNotContain("dev.realtime", "java", "Exception");
			}
			assertRefused(send(ada, topic, "event:numbers", "[1,\"a\"]"), "invalid-event");
			ben.expectNothingElse();
		}
	}

	@Test
	void whenThereAreSeveralInOneEventThenEachIsValidated() {
		String topic = "/realtime/text.3";
		try (RawStompClient ada = connect("ada@acme"); RawStompClient ben = connect("ben@acme")) {
			ben.subscribe("s1", topic, "replay:none");
			String refused = send(ada, topic, "event:cursors",
					"[{\"line\":1,\"column\":1},{\"line\":-1,\"column\":1}]");
			assertRefused(refused, "invalid-event");
			assertThat(RawStompClient.header(refused, "detail"))
				.isEqualTo("[1].line must be greater than or equal to 0");
			refused = send(ada, topic, "event:cursors_by_name", "{\"ada\":{\"line\":1,\"column\":-1},\"ben\":null}");
			assertRefused(refused, "invalid-event");
			assertThat(RawStompClient.header(refused, "detail"))
				.isEqualTo("ada.column must be greater than or equal to 0");
			assertThat(send(ada, topic, "event:cursors", "[{\"line\":1,\"column\":1}]")).isEqualTo(ACCEPTED);
			assertHeard(ben.next(), "cursors", "ada", "[{\"line\":1,\"column\":1}]");
			ben.expectNothingElse();
		}
	}

	/**
	 * Two people edit the same text: the second edit of a version is refused with the
	 * version to start from, and everybody gets all edits in one order, also later.
	 */
	@Test
	void whenTwoEditTheSameVersionThenOneIsToldToTryAgain() {
		String topic = "/realtime/text." + (System.nanoTime() >>> 1);
		try (RawStompClient ada = connect("ada@acme"); RawStompClient ben = connect("ben@acme")) {
			String receipt = ben.subscribe("s1", topic);
			String start = RawStompClient.header(receipt, "position");
			ada.subscribe("s1", topic);
			assertThat(send(ada, topic, "event:edit", "{\"version\":0,\"at\":0,\"text\":\"Hello\"}"))
				.isEqualTo(ACCEPTED);
			assertHeard(ben.next(), "edit", "ada", "{\"version\":1,\"at\":0,\"text\":\"Hello\",\"by\":\"ada\"}");
			String refused = send(ben, topic, "event:edit", "{\"version\":0,\"at\":0,\"text\":\"Hi\"}");
			assertRefused(refused, "invalid-event");
			assertThat(RawStompClient.header(refused, "detail")).isEqualTo("Somebody else was faster");
			assertThat(unescaped(RawStompClient.header(refused, "data"))).isEqualTo("{\"version\":1}");
			assertThat(send(ben, topic, "event:edit", "{\"version\":1,\"at\":5,\"text\":\", Ada\"}"))
				.isEqualTo(ACCEPTED);
			String second = ada.next();
			assertHeard(second, "edit", "ben", "{\"version\":2,\"at\":5,\"text\":\", Ada\",\"by\":\"ben\"}");
			assertThat(RawStompClient.offset(second)).isEqualTo(2);
			assertRefused(send(ben, topic, "event:edit\nto-user:ada", "{\"version\":2,\"text\":\"x\"}"), "bad-request");
			send(ben, topic, "event:cursor_move", "{\"line\":1}");
			try (RawStompClient late = connect("late@acme")) {
				receipt = late.subscribe("s1", topic, "since:" + start);
				assertThat(RawStompClient.header(receipt, "recovered")).isEqualTo("true");
				List<String> recovered = late.next(2);
				assertHeard(recovered.get(0), "edit", "ada",
						"{\"version\":1,\"at\":0,\"text\":\"Hello\",\"by\":\"ada\"}");
				assertThat(recovered).extracting(RawStompClient::offset).containsExactly(1L, 2L);
				assertThat(recovered.get(0)).contains("\nrecovered:true\n").doesNotContain("ephemeral");
				late.expectNothingElse();
			}
		}
	}

	@Test
	void whenEventsAreRecordedThenTheyAreReplayedButNotToTheirSender() {
		String topic = "/realtime/chat." + Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme"); RawStompClient ben = connect("ben@acme")) {
			ben.subscribe("s1", topic);
			send(ada, topic, "event:said", "{\"id\":1,\"text\":\"hi\"}");
			send(ada, topic, "event:said", "{\"text\":\"about nothing\"}");
			assertThat(ben.next(2)).extracting(RawStompClient::offset).containsExactly(1L, 2L);
			ben.subscribe("s2", topic, "filter:{\"id\"\\c1}");
			String replayed = ben.next();
			assertHeard(replayed, "said", "ada", "{\"id\":1,\"text\":\"hi\"}");
			assertThat(replayed).contains("\nreplay:true\n", "\nfrom-connection:");
			ada.subscribe("s1", topic);
			ada.expectNothingElse();
		}
	}

	@Test
	void whenMethodAnswersSomethingElseThenThatIsDeliveredAndNullIsNot(CapturedOutput output) {
		String topic = "/realtime/text.2";
		try (RawStompClient ada = connect("ada@acme"); RawStompClient ben = connect("ben@acme")) {
			ben.subscribe("s1", topic, "replay:none");
			assertThat(send(ada, topic, "event:draft", "{}")).isEqualTo(ACCEPTED);
			send(ada, topic, "event:whisper\nto-user:ben", "{\"a\":1}");
			String whisper = ben.next();
			assertThat(RawStompClient.body(whisper)).contains("\"said\":{\"a\":1}", "\"user\":\"ada\"",
					"\"name\":\"whisper\"", "\"topic\":\"text.2\"", "\"toUser\":\"ben\"",
					"\"connection\":\"" + RawStompClient.header(whisper, "from-connection") + "\"");
			assertRefused(send(ada, topic, "event:forbidden", "{}"), "forbidden");
			assertThat(output).doesNotContain("not you");
			assertRefused(send(ada, topic, "event:unwritable", "{}"), "unavailable");
			assertThat(output).contains("'unwritable' of topic 'text.{id}' answers can not be sent");
			String rejected = send(ada, topic, "event:unspeakable", "{}");
			assertRefused(rejected, "invalid-event");
			assertThat(RawStompClient.header(rejected, "detail")).isEqualTo("No");
			assertThat(RawStompClient.header(rejected, "data")).isNull();
			assertThat(output).doesNotContain("SEND failed");
			assertRefused(send(ada, topic, "event:broken", "{}"), "unavailable");
			assertThat(output).contains("The @OnClientEvent method for 'broken' of topic 'text.{id}' failed");
			ben.expectNothingElse();
		}
	}

	@Test
	@Tag("T8")
	void whenARightToSendIsWithdrawnThenTheRuleIsAskedAgainAndOtherwiseRarely() {
		String room = Rooms.fresh();
		String topic = "/realtime/stage." + room;
		this.permits.set("ada", "stage " + room, Decision.allow());
		try (RawStompClient ada = connect("ada@acme")) {
			for (int i = 0; i < 20; i++) {
				assertThat(send(ada, topic, "event:e", "{}")).isEqualTo(ACCEPTED);
			}
			assertThat(this.stage.asked(room)).isEqualTo(1);
			this.permits.set("ada", "stage " + room, Decision.deny());
			this.realtime.forTenant("acme").access().recheck("ada").join();
			assertRefused(send(ada, topic, "event:e", "{}"), "forbidden");
			assertRefused(send(ada, topic, "event:e", "{}"), "forbidden");
			assertThat(this.stage.asked(room)).isEqualTo(2);
			this.permits.set("ada", "stage " + room, Decision.allow().recheckAfter(Duration.ofMillis(1)));
			this.realtime.forTenant("acme").access().revoke("ada").join();
			assertThat(send(ada, topic, "event:e", "{}")).isEqualTo(ACCEPTED);
			await().untilAsserted(() -> {
				send(ada, topic, "event:e", "{}");
				assertThat(this.stage.asked(room)).isGreaterThan(3);
			});
		}
	}

	@Test
	@Tag("T16")
	void whenSomebodySendsTooManyThenTheyAreRefusedAndTheConnectionStays() {
		String topic = "/realtime/parlour." + Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme"); RawStompClient ben = connect("ben@acme")) {
			ben.subscribe("s1", topic);
			int sent = 900;
			List<String> answers = new ArrayList<>();
			ada.send(("SEND\ndestination:" + topic + "\nevent:e\nreceipt:r\n\n{}\0").repeat(sent));
			answers.addAll(ada.next(sent));
			List<String> refused = answers.stream().filter((answer) -> !answer.equals(ACCEPTED)).toList();
			assertThat(refused).hasSizeBetween(100, 400).allSatisfy((answer) -> {
				assertThat(RawStompClient.header(answer, "code")).isEqualTo("rate-limited");
				assertThat(Long.parseLong(RawStompClient.header(answer, "retry-after"))).isPositive();
			});
			assertThat(ben.next(sent - refused.size())).hasSize(sent - refused.size());
			ada.expectNothingElse();
			ben.expectNothingElse();
		}
	}

	@Test
	@Tag("T19")
	void whenAClientDoesNotReadThenItGetsTheNewestOfEachSenderAndStays() {
		String topic = "/realtime/parlour." + Rooms.fresh();
		String large = "x".repeat(15_000);
		// Together more than the buffers of both kernels take, and each within its
		// limits.
		int senders = 12;
		int events = 60;
		List<RawStompClient> clients = new ArrayList<>();
		try (RawStompClient slow = connect("slow@acme"); RawStompClient healthy = connect("ben@acme")) {
			slow.subscribe("s1", topic);
			healthy.subscribe("s1", topic);
			slow.pause();
			for (int sender = 0; sender < senders; sender++) {
				clients.add(connect("u" + sender + "@acme"));
			}
			for (int i = 0; i < events; i++) {
				for (RawStompClient sender : clients) {
					sender.send("SEND\ndestination:" + topic + "\nevent:cursor\n\n\"" + i + " " + large + "\"\0");
					assertThat(RawStompClient.body(healthy.next())).startsWith("\"" + i + " ");
				}
			}
			assertThat(slow.isClosed()).isFalse();
			slow.resume();
			int got = 0;
			Set<String> last = new HashSet<>();
			while (last.size() < senders) {
				String message = slow.next();
				got++;
				if (RawStompClient.body(message).startsWith("\"" + (events - 1) + " ")) {
					last.add(RawStompClient.header(message, "from-user"));
				}
			}
			assertThat(got).isLessThan(senders * events);
			slow.expectNothingElse();
			assertThat(slow.isClosed()).isFalse();
		}
		finally {
			clients.forEach(RawStompClient::close);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "room", "parlour" })
	void whenServerPublishesThenThereIsNoSender(String topic) {
		String name = topic + "." + Rooms.fresh();
		try (RawStompClient ada = connect("ada@acme")) {
			ada.subscribe("s1", "/realtime/" + name);
			this.realtime.forTenant("acme").publish(name, Map.of("n", 1)).join();
			assertThat(ada.next()).doesNotContain("from-", "ephemeral", "~");
		}
	}

	private static String send(RawStompClient client, String destination, String headers, String body) {
		return client.send("SEND\ndestination:" + destination + "\n" + headers + "\nreceipt:r\n\n" + body + "\0")
			.next();
	}

	private static void assertHeard(String message, String event, String from, String body) {
		assertThat(RawStompClient.header(message, "event")).isEqualTo(event);
		assertThat(RawStompClient.header(message, "from-user")).isEqualTo(from);
		assertThat(RawStompClient.body(message)).isEqualTo(body);
	}

	private static void assertRefused(String receipt, String code) {
		assertThat(receipt).startsWith("RECEIPT\nreceipt-id:r\nrealtime-control:denied\ncode:" + code + "\n");
	}

	private static String unescaped(String header) {
		return header.replace("\\c", ":").replace("\\n", "\n").replace("\\\\", "\\");
	}

}
