package dev.realtime.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.Gates;
import dev.realtime.core.RealtimeEngine;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * SUBSCRIBE and UNSUBSCRIBE: what becomes live, and what is denied.
 */
@EndpointTest
class SubscriptionTests {

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Autowired
	private RealtimeEngine engine;

	@Autowired
	private Gates gates;

	@Test
	void whenSubscriptionIsLiveThenReceiptTellsWhereTheChannelStands() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			assertThat(alice.subscribe("s1", "/realtime/room." + room))
				.matches("RECEIPT\nreceipt-id:r-s1\nposition:[a-z0-9]+-0\n\n");
			publish(room, 1);
			String last = publish(room, 2);
			assertThat(alice.next(2)).hasSize(2);
			assertThat(alice.subscribe("s2", "/realtime/room." + room, "replay:none"))
				.isEqualTo("RECEIPT\nreceipt-id:r-s2\nposition:" + last + "\n\n");
		}
	}

	@Test
	void whenSubscribeAsksForNoReceiptThenItGetsNone() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:s1\ndestination:/realtime/room." + room + "\n\n\0");
			alice.expectNothingElse();
			publish(room, 1);
			assertThat(alice.next()).startsWith("MESSAGE\nsubscription:s1\n");
		}
	}

	@Test
	@Tag("T9")
	void whenRuleIsStillAtWorkThenNothingIsDeliveredAndNothingIsMissed() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			alice.sendSubscribe("s1", "/realtime/gated." + room, "replay:none");
			this.gates.awaitReached(room);
			this.realtime.forTenant("acme").publish("gated." + room, Map.of("n", 1)).join();
			bob.expectNothingElse();
			assertThat(alice.hasNext()).isFalse();
			this.gates.open(room);
			assertThat(alice.next()).startsWith("RECEIPT\nreceipt-id:r-s1\nposition:").endsWith("-1\n\n");
			this.realtime.forTenant("acme").publish("gated." + room, Map.of("n", 2)).join();
			assertThat(RawStompClient.body(alice.next())).isEqualTo("{\"n\":2}");
		}
	}

	@Test
	@Tag("T9")
	void whenClientLeavesWhileRuleIsAtWorkThenNothingStaysBehind() {
		String room = Rooms.fresh();
		awaitHubs(0);
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:s1\ndestination:/realtime/gated." + room + "\n\n\0");
			alice.send("UNSUBSCRIBE\nid:s1\nreceipt:gone\n\n\0");
			this.gates.awaitReached(room);
			this.gates.open(room);
			assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:gone\n\n");
			awaitHubs(0);
		}
		String other = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:s1\ndestination:/realtime/gated." + other + "\n\n\0");
			this.gates.awaitReached(other);
		}
		this.gates.open(other);
		awaitHubs(0);
	}

	@Test
	void whenClientUnsubscribesThenNothingMoreComes() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room);
			alice.subscribe("s2", "/realtime/room." + room);
			publish(room, 1);
			assertThat(alice.next(2)).extracting((frame) -> RawStompClient.header(frame, "subscription"))
				.containsExactlyInAnyOrder("s1", "s2");
			alice.unsubscribe("s1");
			publish(room, 2);
			assertThat(alice.next()).startsWith("MESSAGE\nsubscription:s2\n");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenClientUnsubscribesWithoutReceiptThenNothingComesBack() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room);
			alice.send("UNSUBSCRIBE\nid:s1\n\n\0");
			alice.expectNothingElse();
			publish(room, 1);
			alice.expectNothingElse();
		}
	}

	@Test
	@Tag("T30")
	void whenClientUnsubscribesWithTheIdOfSomebodyElseThenThatOneStays() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			alice.subscribe("alices", "/realtime/room." + room);
			bob.subscribe("bobs", "/realtime/room." + room);
			bob.send("UNSUBSCRIBE\nid:alices\n\n\0");
			bob.expectNothingElse();
			publish(room, 1);
			assertThat(alice.next()).startsWith("MESSAGE\nsubscription:alices\n");
			assertThat(bob.next()).startsWith("MESSAGE\nsubscription:bobs\n");
		}
	}

	@Test
	void whenIdIsFreeAgainThenItCanBeUsedForAnotherChannel() {
		String first = Rooms.fresh();
		String second = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + first);
			alice.send("UNSUBSCRIBE\nid:s1\n\n\0SUBSCRIBE\nid:s1\ndestination:/realtime/room." + second
					+ "\nreceipt:second\n\n\0");
			assertThat(alice.next()).startsWith("RECEIPT\nreceipt-id:second\n");
			publish(first, 1);
			publish(second, 2);
			assertThat(RawStompClient.body(alice.next())).isEqualTo("{\"n\":2}");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenChannelIsSubscribedTwiceThenEachSubscriptionGetsWhatItsFilterLetsPass() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("ones", "/realtime/room." + room, "filter:{\"n\"\\c1}");
			alice.subscribe("few", "/realtime/room." + room, "filter:{\"n\"\\c[1,2]}");
			publish(room, 2);
			publish(room, 3);
			publish(room, 1);
			assertThat(alice.next(3))
				.extracting((frame) -> RawStompClient.header(frame, "subscription") + " " + RawStompClient.body(frame))
				.containsExactlyInAnyOrder("few {\"n\":2}", "few {\"n\":1}", "ones {\"n\":1}");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenIdIsTakenThenSubscriptionIsDeniedAndTheFirstStays() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room);
			assertThat(alice.subscribeInVain("s1", "/realtime/room.other" + room)).isEqualTo("duplicate-id");
			publish(room, 1);
			publish("other" + room, 2);
			assertThat(RawStompClient.body(alice.next())).isEqualTo("{\"n\":1}");
			alice.expectNothingElse();
		}
	}

	@ParameterizedTest
	@MethodSource
	@Tag("T1")
	@Tag("T2")
	@Tag("T3")
	void whenDestinationIsNoTopicThenSubscriptionIsDeniedAndAnswersAreAlike(String destination) {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.sendSubscribe("s1", destination);
			String denied = alice.next();
			assertThat(denied).isEqualTo("MESSAGE\nsubscription:s1\nmessage-id:control" + "\ndestination:" + destination
					+ "\ncontent-type:application/json\nrealtime-control:denied\ncontent-length:58\n\n"
					+ "{\"code\":\"unknown-topic\",\"detail\":\"There is no such topic\"}");
			alice.expectNothingElse();
		}
	}

	static Stream<String> whenDestinationIsNoTopicThenSubscriptionIsDeniedAndAnswersAreAlike() {
		return Stream
			.of("no.such.topic", "", "*", "**", "contact.*", "contact.**", "room.*", "room.?", "room.{room}", "room.{}",
					"room.", "room", ".room.a", "room.a.", "room..a", "room.a.b", "CONTACT.UPDATED", "contact.Updated",
					"contact.updated ", " contact.updated", "contact.updated/", "/contact.updated", "contact/updated",
					"acme.contact.updated", "acme/contact.updated", "globex/contact.updated", "globex.contact.updated",
					"globex\\ccontact.updated", "../realtime/contact.updated", "x/../contact.updated", "room.a/..",
					"room...", "./contact.updated", "contact%2Eupdated", "globex%2Fcontact.updated", "room.%2e%2e",
					"room.a%00", "room.a;tenant=globex", "room.a?tenant=globex", "room.a#globex", "room.a@globex",
					"room.a,b", "room.a b", "room.a\\\\b", "room.a\\nb", "room.a\\rb", "room.a\u0001", "room.\u0430",
					"\uff52\uff4f\uff4f\uff4d.a", "c\u043entact.updated", "room.e\u0301", "room.\u00e9", "room.a\u200b",
					"room.\u202ea", "room.\ud83d\ude00", "@globex", "-user", "room." + "x".repeat(200))
			.map((name) -> "/realtime/" + name);
	}

	@Test
	void whenDestinationIsTheBarePrefixThenSubscriptionIsDenied() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			assertThat(alice.subscribeInVain("s1", "/realtime")).isEqualTo("unknown-topic");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/topic/contact.updated", "/topic/**", "/queue/x", "/**", "*", "/user/bob/queue/x",
			"/user/queue-x", "/realtimex/contact.updated", "realtime/contact.updated", "/REALTIME/contact.updated",
			"//realtime/contact.updated" })
	@Tag("T3")
	void whenNobodyServesDestinationThenSubscriptionIsDenied(String destination) {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			assertThat(alice.subscribeInVain("s1", destination)).isEqualTo("unknown-destination");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "admin.alert", "secured.rule", "document.43", "document.x", "document.42:1", "broken.rule",
			"denying.rule" })
	void whenRuleSaysNoOrThrowsThenSubscriptionIsForbidden(String topic) {
		try (RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			assertThat(bob.subscribeInVain("s1", "/realtime/" + topic)).isEqualTo("forbidden");
		}
	}

	@Test
	void whenRuleLooksAtTheFilterThenItDecidesByIt() {
		try (RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			bob.subscribe("s1", "/realtime/document.42");
			bob.subscribe("s2", "/realtime/document.42", "filter:{\"kind\"\\c\"public\"}");
			assertThat(bob.subscribeInVain("s3", "/realtime/document.42", "filter:{\"kind\"\\c\"secret\"}"))
				.isEqualTo("forbidden");
		}
	}

	@Test
	void whenRuleNeedsTheSubscribersAuthoritiesThenItHasThem() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/admin.alert");
			alice.subscribe("s2", "/realtime/secured.rule");
		}
	}

	@Test
	void whenSubscriptionIsDeniedThenNothingIsDeliveredToIt() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			alice.subscribe("s1", "/realtime/admin.alert", "replay:none");
			assertThat(bob.subscribeInVain("s1", "/realtime/admin.alert")).isEqualTo("forbidden");
			this.realtime.forTenant("acme").publish("admin.alert", Map.of("text", "fire")).join();
			assertThat(alice.next()).startsWith("MESSAGE\n");
			bob.expectNothingElse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "not json", "", "[]", "5", "null", "\"x\"", "{", "{}}", "{} {}", "{}x", "{\"a\"\\c}",
			"{a\\c1}", "{'a'\\c1}", "{\"a\"\\c1,}", "{\"a\"\\c1,\"a\"\\c1}", "{\"a\"\\c{\"b\"\\c1}}", "{\"a\"\\c[[1]]}",
			"{\"a\"\\c[{}]}", "{\"a\"\\c[]}", "{\"a\"\\cNaN}", "{\"a\"\\c+1}", "{\"a\"\\c01}", "{\"a\"\\cundefined}",
			"{\"a\"\\c1}//", "{\"a\"\\c1e99999999999}", "{\"a\"\\c[1,]}" })
	@Tag("T11")
	void whenFilterIsNotFlatJsonThenSubscriptionIsDenied(String filter) {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			assertThat(alice.subscribeInVain("s1", "/realtime/contact.updated", "filter:" + filter))
				.isEqualTo("bad-filter");
		}
	}

	@Test
	@Tag("T11")
	void whenFilterIsLargerThanItMayBeThenSubscriptionIsDenied() {
		String room = "/realtime/room." + Rooms.fresh();
		List<String> keys = new ArrayList<>();
		for (int i = 0; i < 9; i++) {
			keys.add("\"k" + i + "\"\\c1");
		}
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("eight", room, "filter:{" + String.join(",", keys.subList(0, 8)) + "}");
			assertThat(alice.subscribeInVain("nine", room, "filter:{" + String.join(",", keys) + "}"))
				.isEqualTo("bad-filter");
			alice.subscribe("exact", room, "filter:{\"a\"\\c\"" + "x".repeat(1024 - 8) + "\"}");
			assertThat(alice.subscribeInVain("more", room, "filter:{\"a\"\\c\"" + "x".repeat(1024 - 7) + "\"}"))
				.isEqualTo("bad-filter");
			assertThat(alice.subscribeInVain("bytes", room, "filter:{\"a\"\\c\"" + "\u00e9".repeat(600) + "\"}"))
				.isEqualTo("bad-filter");
			assertThat(
					alice.subscribeInVain("deep", room, "filter:" + "{\"a\"\\c".repeat(2000) + "1" + "}".repeat(2000)))
				.isEqualTo("bad-filter");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "since:", "since:x", "since:abc", "since:abc-", "since:-1", "since:abc--1", "since:abc-01",
			"since:ABC-1", "since:abc-1 ", "since:abc-9999999999999999999", "since:../-1", "replay:all", "replay:",
			"replay:LAST", "replay:true" })
	void whenHeaderIsNotValidThenSubscriptionIsDenied(String header) {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			assertThat(alice.subscribeInVain("s1", "/realtime/contact.updated", header)).isEqualTo("bad-request");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "id:\n", "id:a\\nb\n", "id:a\u0000b\n", "id:a\u001bb\n" })
	void whenSubscribeHasNoUsableIdThenConnectionEnds(String id) {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\n" + id + "destination:/realtime/contact.updated\nreceipt:r\n\n\0");
			alice.expectFailure(4500);
		}
	}

	@Test
	void whenIdIsTooLongThenConnectionEnds() {
		String room = "/realtime/room." + Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("x".repeat(128), room);
			alice.send("SUBSCRIBE\nid:" + "x".repeat(129) + "\ndestination:" + room + "\n\n\0");
			alice.expectFailure(4500);
		}
	}

	@Test
	void whenIdNeedsEscapingThenItComesBackEscaped() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:a\\cb\\\\c\u00e9\ndestination:/realtime/room." + room
					+ "\nreceipt:\u00fc\\c1\n\n\0");
			assertThat(alice.next()).startsWith("RECEIPT\nreceipt-id:\u00fc\\c1\n");
			publish(room, 1);
			assertThat(alice.next()).startsWith("MESSAGE\nsubscription:a\\cb\\\\c\u00e9\n");
		}
	}

	private String publish(String room, int number) {
		return this.realtime.forTenant("acme").publish("room." + room, Map.of("n", number)).join().toString();
	}

	private void awaitHubs(int count) {
		// Tomcat may hold on to a client of another test that stopped reading, for 20 s.
		await().atMost(Duration.ofSeconds(40))
			.untilAsserted(() -> assertThat(this.engine.statistics().channels()).isEqualTo(count));
	}

}
