package dev.realtime.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.realtime.PresenceMember;
import dev.realtime.PresenceStatus;
import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication.Cast;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Who else is there, as clients see it.
 */
@EndpointTest
class PresenceTests {

	private static final Duration SOON = Duration.ofSeconds(5);

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Autowired
	private Cast cast;

	@Test
	void whenSomebodyJoinsThenItIsToldWhoIsThereAndTheOthersThatItCame() {
		String room = Rooms.fresh();
		try (RawStompClient alice = connect("alice")) {
			alice.subscribe("s1", "/realtime/lobby." + room, "presence:join");
			JsonNode snapshot = presence(alice.next(), "s1", "/realtime/lobby." + room);
			assertThat(snapshot.has("from")).isFalse();
			assertThat(snapshot.path("count").asInt()).isEqualTo(1);
			JsonNode self = snapshot.path("members").path(0);
			assertThat(self.path("id").asString()).isEqualTo("alice");
			assertThat(self.path("info").path("name").asString()).isEqualTo("Alice");
			assertThat(self.path("info").path("room").asString()).isEqualTo(room);
			assertThat(self.path("sessions").asInt()).isEqualTo(1);
			assertThat(self.path("status").asString()).isEqualTo("online");
			assertThat(self.has("data")).isFalse();
			assertThat(self.path("since").asLong()).isCloseTo(System.currentTimeMillis(), Offset.offset(60_000L));
			try (RawStompClient bob = connect("bob")) {
				bob.subscribe("s9", "/realtime/lobby." + room, "presence:join");
				assertThat(ids(presence(bob.next(), "s9", null).path("members"))).containsExactly("alice", "bob");
				JsonNode diff = presence(alice.next(), "s1", null);
				assertThat(diff.path("from")).isEqualTo(snapshot.path("version"));
				assertThat(diff.path("version").asLong()).isEqualTo(snapshot.path("version").asLong() + 1);
				assertThat(diff.path("count").asInt()).isEqualTo(2);
				assertThat(ids(diff.path("joined"))).containsExactly("bob");
				assertThat(diff.path("updated")).isEmpty();
				assertThat(diff.path("left")).isEmpty();
				bob.unsubscribe("s9");
				JsonNode left = presence(alice.next(), "s1", null);
				assertThat(left.path("from")).isEqualTo(diff.path("version"));
				assertThat(left.path("left")).hasToString("[\"bob\"]");
				assertThat(left.path("count").asInt()).isEqualTo(1);
				bob.expectNothingElse();
			}
			alice.expectNothingElse();
		}
	}

	@Test
	void whenAUserHasTwoTabsThenItIsOneMember() {
		String room = Rooms.fresh();
		try (RawStompClient alice = connect("alice"); RawStompClient bob = connect("bob")) {
			bob.subscribe("s1", "/realtime/lobby." + room, "presence:watch");
			assertThat(presence(bob.next(), "s1", null).path("members")).isEmpty();
			alice.subscribe("s1", "/realtime/lobby." + room, "presence:join");
			assertThat(presence(bob.next(), "s1", null).path("joined").path(0).path("sessions").asInt()).isEqualTo(1);
			try (RawStompClient tab = connect("alice")) {
				tab.subscribe("s1", "/realtime/lobby." + room, "presence:join");
				assertThat(presence(bob.next(), "s1", null).path("updated").path(0).path("sessions").asInt())
					.isEqualTo(2);
				tab.send("DISCONNECT\nreceipt:bye\n\n\0");
				tab.closeCode();
			}
			JsonNode updated = presence(bob.next(), "s1", null);
			assertThat(updated.path("updated").path(0).path("sessions").asInt()).isEqualTo(1);
			assertThat(updated.path("left")).isEmpty();
		}
	}

	@Test
	void whenAConnectionBreaksAndComesBackThenNobodyNotices() {
		String room = Rooms.fresh();
		try (RawStompClient bob = connect("bob")) {
			bob.subscribe("s1", "/realtime/lobby." + room, "presence:watch");
			bob.next();
			try (RawStompClient alice = connect("alice")) {
				alice.subscribe("s1", "/realtime/lobby." + room, "presence:join");
				bob.next();
			}
			try (RawStompClient alice = connect("alice")) {
				alice.subscribe("s1", "/realtime/lobby." + room, "presence:join");
				assertThat(ids(presence(alice.next(), "s1", null).path("members"))).containsExactly("alice");
				await().atMost(SOON)
					.untilAsserted(
							() -> assertThat(this.realtime.forTenant("acme").presence("lobby.{room}", room).members())
								.extracting(PresenceMember::sessions)
								.containsExactly(1));
				assertThat(say(alice, room, "{\"status\":\"busy\"}")).isNull();
				JsonNode told = presence(bob.next(), "s1", null);
				// The old connection may still have been there for a moment.
				while (told.path("updated").path(0).path("status").asString().equals("online")) {
					assertThat(told.path("count").asInt()).isEqualTo(1);
					told = presence(bob.next(), "s1", null);
				}
				assertThat(told.path("updated").path(0).path("status").asString()).isEqualTo("busy");
				assertThat(told.path("joined")).isEmpty();
				assertThat(told.path("left")).isEmpty();
			}
		}
	}

	@Test
	void whenAMemberSaysSomethingThenTheOthersSee() {
		String room = Rooms.fresh();
		try (RawStompClient alice = connect("alice"); RawStompClient bob = connect("bob")) {
			alice.subscribe("s1", "/realtime/lobby." + room, "presence:join");
			alice.next();
			bob.subscribe("s1", "/realtime/lobby." + room, "presence:watch");
			bob.next();
			assertThat(say(alice, room, "{\"status\":\"busy\",\"data\":{\"cursor\":3}}")).isNull();
			JsonNode member = presence(bob.next(), "s1", null).path("updated").path(0);
			assertThat(member.path("status").asString()).isEqualTo("busy");
			assertThat(member.path("data")).hasToString("{\"cursor\":3}");
			PresenceMember seen = this.realtime.forTenant("acme").presence("lobby." + room).members().get(0);
			assertThat(seen.status()).isEqualTo(PresenceStatus.BUSY);
			assertThat(seen.data()).isEqualTo(Map.of("cursor", 3));
			assertThat(seen.info()).isEqualTo(Map.of("name", "Alice", "room", room));
			assertThat(seen.since()).isBeforeOrEqualTo(Instant.now().plusSeconds(60));
			assertThat(say(bob, room, "{\"status\":\"away\"}")).as("only watches").isEqualTo("forbidden");
			for (String body : List.of("", "[]", "{\"status\":\"asleep\"}", "{\"status\":1}", "{\"data\":",
					"{\"data\":\"" + "x".repeat(2048) + "\"}")) {
				assertThat(say(alice, room, body)).as(body).isEqualTo("bad-request");
			}
			assertThat(say(alice, "elsewhere", "{}")).isEqualTo("forbidden");
		}
	}

	@Test
	void whenWhatAMemberSaysIsHardToWriteThenTheOthersSeeItOrItIsRefused() {
		String room = Rooms.fresh();
		try (RawStompClient alice = connect("alice"); RawStompClient bob = connect("bob")) {
			alice.subscribe("s1", "/realtime/lobby." + room, "presence:join");
			alice.next();
			for (String deep : List.of("[".repeat(150) + "]".repeat(150), "1e99999999999", "1".repeat(1500))) {
				assertThat(say(alice, room, "{\"data\":" + deep + "}")).as(deep).isEqualTo("bad-request");
			}
			assertThat(say(alice, room, "{\"data\":[\"\\ud800\",0.1234567890123456789,1e400]}")).isNull();
			bob.subscribe("s1", "/realtime/lobby." + room, "presence:join");
			JsonNode members = presence(bob.next(), "s1", null).path("members");
			assertThat(ids(members)).containsExactly("alice", "bob");
			assertThat(members.path(0).path("data").path(0).asString()).isEqualTo("?");
			assertThat(this.realtime.forTenant("acme").presence("lobby." + room).count()).isEqualTo(2);
			assertThat(this.realtime.forTenant("acme").presence("lobby." + room).members()).hasSize(2);
		}
	}

	private static String say(RawStompClient client, String room, String body) {
		client.send("SEND\ndestination:/realtime/lobby." + room + "\nevent:@presence\nreceipt:r\n\n" + body + "\0");
		String receipt = client.next();
		while (!receipt.startsWith("RECEIPT")) {
			receipt = client.next();
		}
		return RawStompClient.header(receipt, "code");
	}

	@Test
	void whenOnlyTheNumberIsAskedForThenNamesAreNotTold() {
		String room = Rooms.fresh();
		try (RawStompClient alice = connect("alice"); RawStompClient bob = connect("bob")) {
			for (String topic : List.of("lobby.", "crowd.")) {
				String id = topic + room;
				alice.subscribe(id, "/realtime/" + topic + room,
						topic.equals("crowd.") ? "presence:join" : "presence:count");
				String first = alice.next();
				int before = presence(first, id, null).path("count").asInt();
				bob.subscribe(id, "/realtime/" + topic + room, "presence:join");
				JsonNode frame = presence(alice.next(), id, null);
				while (frame.path("count").asInt() == before) {
					frame = presence(alice.next(), id, null);
				}
				assertThat(frame.path("count").asInt()).isEqualTo(before + 1);
				assertThat(frame.propertyNames()).containsExactlyInAnyOrder("version", "from", "count");
			}
			assertThat(this.realtime.forTenant("acme").presence("crowd." + room).members())
				.extracting(PresenceMember::id)
				.containsExactlyInAnyOrder("alice", "bob");
		}
	}

	@Test
	@Tag("T28")
	void whenSomebodyMayNotSeeAMemberThenItIsNotThere() {
		String room = Rooms.fresh();
		try (RawStompClient alice = connect("alice");
				RawStompClient bob = connect("bob");
				RawStompClient eve = connect("eve@acme")) {
			alice.subscribe("s1", "/realtime/discreet." + room, "presence:join");
			assertThat(ids(presence(alice.next(), "s1", null).path("members"))).containsExactly("alice");
			bob.subscribe("s1", "/realtime/discreet." + room, "presence:join");
			assertThat(ids(presence(bob.next(), "s1", null).path("members"))).as("bob does not see alice")
				.containsExactly("bob");
			assertThat(ids(presence(alice.next(), "s1", null).path("joined"))).containsExactly("bob");
			eve.subscribe("s1", "/realtime/discreet." + room, "presence:join");
			JsonNode seen = presence(eve.next(), "s1", null);
			assertThat(ids(seen.path("members"))).containsExactly("bob", "eve");
			assertThat(seen.path("count").asInt()).isEqualTo(2);
			assertThat(ids(presence(bob.next(), "s1", null).path("joined"))).containsExactly("eve");
			assertThat(ids(presence(alice.next(), "s1", null).path("joined"))).containsExactly("eve");
			alice.unsubscribe("s1");
			eve.unsubscribe("s1");
			assertThat(presence(bob.next(), "s1", null).path("left")).hasToString("[\"eve\"]");
			bob.expectNothingElse();
		}
	}

	@Test
	void whenRulesRunAgainThenOthersSeeWhatTheTopicSaysNowAndViewersWhomTheyMay() {
		String room = Rooms.fresh();
		Realtime acme = this.realtime.forTenant("acme");
		this.cast.rename("alice", "Alice");
		try (RawStompClient alice = connect("alice"); RawStompClient bob = connect("bob")) {
			alice.subscribe("s1", "/realtime/cast." + room, "presence:join");
			alice.next();
			bob.subscribe("s1", "/realtime/cast." + room, "presence:watch");
			assertThat(presence(bob.next(), "s1", null).path("count").asInt()).isEqualTo(1);
			this.cast.rename("alice", "Queen");
			acme.access().recheck("alice").join();
			for (RawStompClient each : List.of(alice, bob)) {
				JsonNode updated = presence(each.next(), "s1", null).path("updated");
				assertThat(ids(updated)).containsExactly("alice");
				assertThat(updated.path(0).path("info").path("name").asString()).isEqualTo("Queen");
			}
			this.cast.rename("alice", "?");
			acme.access().recheck("alice").join();
			this.cast.hide("alice", "bob");
			acme.access().recheck("bob").join();
			assertThat(presence(bob.next(), "s1", null).path("left")).hasToString("[\"alice\"]");
			this.cast.show("alice", "bob");
			acme.access().recheck("bob").join();
			JsonNode joined = presence(bob.next(), "s1", null).path("joined");
			assertThat(joined.path(0).path("info").path("name").asString()).isEqualTo("Queen");
			alice.expectNothingElse();
			bob.expectNothingElse();
		}
	}

	@Test
	void whenARightIsRevokedThenTheMemberIsGoneAtOnce() {
		String room = Rooms.fresh();
		try (RawStompClient alice = connect("alice"); RawStompClient bob = connect("bob")) {
			bob.subscribe("s1", "/realtime/lobby." + room, "presence:watch");
			bob.next();
			alice.subscribe("s1", "/realtime/lobby." + room, "presence:join");
			bob.next();
			this.realtime.forTenant("acme").access().revoke("alice", "lobby." + room).join();
			assertThat(presence(bob.next(), "s1", null).path("left")).hasToString("[\"alice\"]");
		}
	}

	@Test
	@Tag("T28")
	void whenTenantsShareAChannelThenTheyDoNotSeeEachOther() {
		String room = Rooms.fresh();
		try (RawStompClient alice = connect("alice"); RawStompClient carol = connect("carol")) {
			alice.subscribe("s1", "/realtime/plaza." + room, "presence:join");
			alice.next();
			carol.subscribe("s1", "/realtime/plaza." + room, "presence:join");
			assertThat(ids(presence(carol.next(), "s1", null).path("members"))).containsExactly("carol");
			alice.expectNothingElse();
			await().atMost(SOON)
				.untilAsserted(() -> assertThat(this.realtime.forTenant("globex").onlineUsers()).contains("carol"));
			assertThat(this.realtime.forTenant("acme").isOnline("carol")).isFalse();
			assertThat(this.realtime.forTenant("acme").onlineUsers()).doesNotContain("carol");
			assertThat(this.realtime.forTenant("acme").whereIs("carol")).isEmpty();
			assertThat(this.realtime.forTenant("acme").lastSeen("carol")).isEmpty();
			assertThat(this.realtime.forTenant("acme").presence("plaza." + room).contains("carol")).isFalse();
			assertThat(this.realtime.forTenant("globex").presence("plaza." + room).contains("carol")).isTrue();
		}
	}

	@Test
	void whenSomebodyIsConnectedThenTheApplicationKnowsWhere() {
		String room = Rooms.fresh();
		Realtime acme = this.realtime.forTenant("acme");
		assertThat(acme.isOnline("dan")).isFalse();
		assertThat(acme.lastSeen("dan")).isEmpty();
		try (RawStompClient dan = connect("dan@acme")) {
			await().atMost(SOON).until(() -> acme.isOnline("dan"));
			dan.subscribe("s1", "/realtime/lobby." + room, "presence:join");
			dan.next();
			assertThat(acme.whereIs("dan")).containsExactly("lobby." + room);
			assertThat(acme.onlineUsers()).contains("dan");
			assertThat(acme.presence("lobby.{room}", room).count()).isEqualTo(1);
			assertThat(acme.presence("lobby.{room}", room).contains("dan")).isTrue();
			dan.send("DISCONNECT\n\n\0");
			dan.closeCode();
		}
		await().atMost(SOON).until(() -> !acme.isOnline("dan"));
		assertThat(acme.lastSeen("dan")).get().satisfies((time) -> assertThat(time).isBeforeOrEqualTo(Instant.now()));
		assertThat(acme.whereIs("dan")).isEmpty();
		assertThat(acme.presence("lobby." + room).members()).isEmpty();
	}

	@Test
	void whenPresenceIsAskedForInVainThenTheReasonIsTold() {
		String room = Rooms.fresh();
		try (RawStompClient alice = connect("alice")) {
			assertThat(alice.subscribeInVain("s1", "/realtime/room." + room, "presence:join")).isEqualTo("bad-request");
			assertThat(alice.subscribeInVain("s1", "/realtime/lobby." + room, "presence:yes")).isEqualTo("bad-request");
			assertThat(alice.subscribeInVain("s1", "/realtime/undescribed." + room, "presence:join"))
				.isEqualTo("forbidden");
			alice.subscribe("s1", "/realtime/lobby." + room);
			alice.expectNothingElse();
		}
		assertThatIllegalArgumentException().isThrownBy(() -> this.realtime.forTenant("acme").presence("room." + room))
			.withMessageContaining("has no presence");
	}

	@Test
	void whenPresenceComesWithReplayThenBothAreComplete() {
		String room = Rooms.fresh();
		this.realtime.forTenant("acme").publish("lobby." + room, 1).join();
		try (RawStompClient alice = connect("alice")) {
			alice.subscribe("s1", "/realtime/lobby." + room, "presence:join");
			assertThat(RawStompClient.header(alice.next(), "replay")).isEqualTo("true");
			assertThat(ids(presence(alice.next(), "s1", null).path("members"))).containsExactly("alice");
		}
	}

	RawStompClient connect(String user) {
		return RawStompClient.connect(this.port, user);
	}

	private static List<String> ids(JsonNode members) {
		return members.valueStream().map((member) -> member.path("id").asString()).toList();
	}

	private static JsonNode presence(String frame, String id, String destination) {
		assertThat(frame).startsWith("MESSAGE\n");
		assertThat(RawStompClient.header(frame, "realtime-control")).as(frame).isEqualTo("presence");
		assertThat(RawStompClient.header(frame, "subscription")).isEqualTo(id);
		if (destination != null) {
			assertThat(RawStompClient.header(frame, "destination")).isEqualTo(destination);
		}
		return JsonMapper.shared().readTree(RawStompClient.body(frame));
	}

}
