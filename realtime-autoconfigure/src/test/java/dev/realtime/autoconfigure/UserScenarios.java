package dev.realtime.autoconfigure;

import java.util.List;
import java.util.Map;

import dev.realtime.Realtime;
import dev.realtime.StreamPosition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is for one user, on all of their devices, whatever the transport.
 */
abstract class UserScenarios {

	@Autowired
	private Realtime realtime;

	/**
	 * Connects as a user of a tenant.
	 */
	abstract RawStompClient connect(String user, String tenant);

	@Test
	void whenSomethingIsForAUserThenAllTheirDevicesGetItAndNobodyElse() {
		String user = Rooms.fresh();
		try (RawStompClient phone = connect(user, "acme");
				RawStompClient browser = connect(user, "acme");
				RawStompClient other = connect(Rooms.fresh(), "acme")) {
			for (RawStompClient each : List.of(phone, browser, other)) {
				each.subscribe("mine", "/realtime/@me");
			}
			StreamPosition position = acme().toUser(user).event("mention").data(Map.of("id", 5)).publish().join();
			for (RawStompClient each : List.of(phone, browser)) {
				String message = each.next();
				assertThat(message).startsWith("MESSAGE\nsubscription:mine\nmessage-id:" + position
						+ "\ndestination:/realtime/@me\ncontent-type:application/json\n");
				assertThat(RawStompClient.header(message, "event")).isEqualTo("mention");
				assertThat(RawStompClient.body(message)).isEqualTo("{\"id\":5}");
			}
			other.expectNothingElse();
		}
	}

	@Test
	@Tag("T1")
	void whenTwoTenantsHaveUsersOfTheSameNameThenEachGetsTheirOwn() {
		String user = Rooms.fresh();
		try (RawStompClient acme = connect(user, "acme"); RawStompClient globex = connect(user, "globex")) {
			acme.subscribe("mine", "/realtime/@me");
			globex.subscribe("mine", "/realtime/@me");
			acme().toUser(user).data(1).publish().join();
			this.realtime.forTenant("globex").toUser(user).data(2).publish().join();
			assertThat(RawStompClient.body(acme.next())).isEqualTo("1");
			assertThat(RawStompClient.body(globex.next())).isEqualTo("2");
			acme.expectNothingElse();
			globex.expectNothingElse();
		}
	}

	@Test
	void whenAUserWasNotConnectedThenTheyGetWhatCameMeanwhile() {
		String user = Rooms.fresh();
		String seen;
		try (RawStompClient before = connect(user, "acme")) {
			seen = RawStompClient.header(before.subscribe("mine", "/realtime/@me"), "position");
		}
		for (int i = 1; i <= 3; i++) {
			acme().toUser(user).data(i).publish().join();
		}
		try (RawStompClient after = connect(user, "acme"); RawStompClient another = connect(user, "acme")) {
			assertThat(after.subscribe("mine", "/realtime/@me", "since:" + seen)).endsWith("recovered:true\n\n");
			assertThat(after.next(3)).extracting(RawStompClient::body).containsExactly("1", "2", "3");
			after.expectNothingElse();
			another.subscribe("mine", "/realtime/@me");
			String last = another.next();
			assertThat(RawStompClient.body(last)).isEqualTo("3");
			assertThat(RawStompClient.header(last, "replay")).isEqualTo("true");
		}
	}

	@Test
	void whenAUserFiltersThenOnlyWhatMatchesComes() {
		String user = Rooms.fresh();
		try (RawStompClient client = connect(user, "acme")) {
			client.subscribe("mine", "/realtime/@me", "filter:{\"kind\"\\c\"mention\"}", "replay:none");
			acme().toUser(user).data(Map.of("kind", "like")).publish().join();
			acme().toUser(user).data(Map.of("kind", "mention")).publish().join();
			assertThat(RawStompClient.body(client.next())).isEqualTo("{\"kind\":\"mention\"}");
			client.expectNothingElse();
		}
	}

	@Test
	void whenSomethingIsForSeveralUsersThenEachGetsItOnceWithAPositionOfTheirOwn() {
		String first = Rooms.fresh();
		String second = Rooms.fresh();
		try (RawStompClient one = connect(first, "acme"); RawStompClient other = connect(second, "acme")) {
			one.subscribe("mine", "/realtime/@me");
			other.subscribe("mine", "/realtime/@me");
			List<StreamPosition> positions = acme().toUsers(List.of(first, second, first))
				.event("invited")
				.data(Map.of("id", 7))
				.except(other.session())
				.publish()
				.join();
			assertThat(positions).hasSize(2);
			assertThat(RawStompClient.header(one.next(), "message-id")).isEqualTo(positions.get(0).toString());
			one.expectNothingElse();
			other.expectNothingElse();
		}
	}

	@Test
	void whenManyChannelsGetThingsInOneCallThenEachHasItsOwn() {
		String room = Rooms.fresh();
		String user = Rooms.fresh();
		try (RawStompClient client = connect(user, "acme")) {
			client.subscribe("a", "/realtime/room.a-" + room);
			client.subscribe("b", "/realtime/room.b-" + room);
			client.subscribe("mine", "/realtime/@me");
			assertThat(acme().toAll(List.of("room.a-" + room, "room.b-" + room)).data("all").publish().join())
				.hasSize(2);
			assertThat(client.next(2)).extracting(RawStompClient::body).containsExactly("\"all\"", "\"all\"");
			List<StreamPosition> positions = this.realtime.publishAll(List.of(acme().to("room.b-" + room).data(1),
					acme().toUser(user).data(2), acme().to("room.b-" + room).data(3)))
				.join();
			assertThat(client.next(3))
				.extracting((frame) -> RawStompClient.header(frame, "subscription") + " "
						+ RawStompClient.header(frame, "message-id") + " " + RawStompClient.body(frame))
				.containsExactlyInAnyOrder("b " + positions.get(0) + " 1", "mine " + positions.get(1) + " 2",
						"b " + positions.get(2) + " 3");
			client.expectNothingElse();
		}
	}

	@Test
	void whenAllRightsOfAUserAreRevokedThenTheirOwnChannelEndsTooUntilTheySubscribeAgain() {
		String user = Rooms.fresh();
		try (RawStompClient client = connect(user, "acme")) {
			client.subscribe("mine", "/realtime/@me");
			acme().access().revoke(user).join();
			assertThat(RawStompClient.header(client.next(), "realtime-control")).isEqualTo("revoked");
			client.subscribe("mine", "/realtime/@me");
		}
	}

	@Test
	void whenAClientAsksForANameThatIsReservedThenThereIsNoSuchTopic() {
		try (RawStompClient client = connect(Rooms.fresh(), "acme")) {
			for (String name : List.of("@", "@you", "@me.x", "@ME", "@me?")) {
				assertThat(client.subscribeInVain("s1", "/realtime/" + name)).isEqualTo("unknown-topic");
			}
		}
	}

	@Test
	void whenAClientTakesAnIdOfTheServerThenItIsDenied() {
		try (RawStompClient client = connect(Rooms.fresh(), "acme")) {
			assertThat(client.subscribeInVain("@room.x", "/realtime/room.x")).isEqualTo("bad-request");
		}
	}

	private Realtime acme() {
		return this.realtime.forTenant("acme");
	}

}
