package dev.realtime.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.realtime.Realtime;
import dev.realtime.serverside.ServerSubscriptionControl;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * What server code subscribes clients to, frame by frame, whatever the transport.
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class ServerSubscriptionScenarios {

	@Autowired
	private Realtime realtime;

	@Autowired
	private ServerSubscriptionControl control;

	/**
	 * Connects as a user of a tenant.
	 */
	abstract RawStompClient connect(String user, String tenant, String... headers);

	@Test
	void whenAConnectionIsSubscribedThenItGetsTheLastMessageThenEverythingLiveAndNobodyElseDoes() {
		String room = Rooms.fresh();
		String last = publish("room." + room, 1);
		try (RawStompClient client = connect("sam", "acme"); RawStompClient other = connect("sam", "acme")) {
			assertThat(acme().connection(client.session()).subscribe("room." + room))
				.succeedsWithin(Duration.ofSeconds(10));
			assertThat(client.next())
				.isEqualTo("MESSAGE\nsubscription:@room." + room + "\nmessage-id:control\ndestination:/realtime/room."
						+ room + "\ncontent-type:application/json\nrealtime-control:subscribed\nposition:" + last
						+ "\ncontent-length:" + (31 + room.length()) + "\n\n{\"topic\":\"room." + room
						+ "\",\"filter\":null}");
			String replayed = client.next();
			assertThat(RawStompClient.header(replayed, "subscription")).isEqualTo("@room." + room);
			assertThat(RawStompClient.header(replayed, "replay")).isEqualTo("true");
			publish("room." + room, 2);
			assertThat(RawStompClient.body(client.next())).isEqualTo("{\"n\":2}");
			client.expectNothingElse();
			other.expectNothingElse();
		}
	}

	@Test
	@Tag("T1")
	void whenAUserIsSubscribedThenAllTheirConnectionsAreNowAndLaterAndNobodyElse() {
		String room = Rooms.fresh();
		String user = Rooms.fresh();
		try (RawStompClient first = connect(user, "acme");
				RawStompClient namesake = connect(user, "globex");
				RawStompClient other = connect(Rooms.fresh(), "acme")) {
			acme().user(user).subscribe("room." + room);
			assertSubscribed(first.next(), "@room." + room);
			try (RawStompClient second = connect(user, "acme")) {
				assertSubscribed(second.next(), "@room." + room);
				publish("room." + room, 1);
				assertThat(RawStompClient.body(first.next())).isEqualTo("{\"n\":1}");
				assertThat(RawStompClient.body(second.next())).isEqualTo("{\"n\":1}");
				acme().user(user).unsubscribe("room." + room);
				assertThat(first.next()).contains("\nsubscription:@room." + room + "\n")
					.contains("\nrealtime-control:unsubscribed\n")
					.endsWith("{\"topic\":\"room." + room + "\",\"filter\":null}");
				second.next();
				publish("room." + room, 2);
				second.expectNothingElse();
			}
			first.expectNothingElse();
			namesake.expectNothingElse();
			other.expectNothingElse();
			try (RawStompClient third = connect(user, "acme")) {
				third.expectNothingElse();
			}
		}
	}

	@Test
	void whenThereIsAFilterThenOnlyWhatMatchesComesAndTheIdSaysSo() {
		String room = Rooms.fresh();
		publish("room." + room, 7);
		publish("room." + room, 8);
		try (RawStompClient client = connect("sam", "acme")) {
			acme().connection(client.session()).subscribe("room." + room, Map.of("n", List.of(7, 5, 7)));
			String id = "@room." + room + "?%7B%22n%22%3A%5B5%2C7%5D%7D";
			String subscribed = client.next();
			assertSubscribed(subscribed, id);
			assertThat(RawStompClient.body(subscribed))
				.isEqualTo("{\"topic\":\"room." + room + "\",\"filter\":{\"n\":[5,7]}}");
			assertThat(RawStompClient.body(client.next())).isEqualTo("{\"n\":7}");
			acme().connection(client.session()).subscribe("room." + room);
			assertSubscribed(client.next(), "@room." + room);
			client.next();
			publish("room." + room, 5);
			assertThat(client.next(2)).extracting((frame) -> RawStompClient.header(frame, "subscription"))
				.containsExactlyInAnyOrder(id, "@room." + room);
			acme().connection(client.session()).unsubscribe("room." + room);
			assertThat(client.next(2)).extracting((frame) -> RawStompClient.header(frame, "realtime-control"))
				.containsOnly("unsubscribed");
		}
	}

	@Test
	void whenTheClientUnsubscribesThenItStaysAwayUntilItComesBackOrIsSubscribedAgain() {
		String room = Rooms.fresh();
		String user = Rooms.fresh();
		Map<String, Object> filter = Map.of("n", IntStream.range(0, 100).boxed().toList());
		acme().user(user).subscribe("room." + room, filter).join();
		try (RawStompClient client = connect(user, "acme")) {
			String id = RawStompClient.header(client.next(), "subscription");
			assertThat(id).hasSizeGreaterThan(128);
			client.unsubscribe(id);
			publish("room." + room, 1);
			acme().user(user).subscribe("room.other-" + room).join();
			assertSubscribed(client.next(), "@room.other-" + room);
			client.expectNothingElse();
			acme().user(user).subscribe("room." + room, filter).join();
			assertSubscribed(client.next(), id);
			client.next();
			client.unsubscribe(id);
			try (RawStompClient next = connect(user, "acme")) {
				assertThat(next.next(3)).extracting((frame) -> RawStompClient.header(frame, "subscription"))
					.contains(id, "@room.other-" + room);
			}
			client.send("UNSUBSCRIBE\nid:@room.unknown\nreceipt:r\n\n\0");
			assertThat(client.next()).isEqualTo("RECEIPT\nreceipt-id:r\n\n");
		}
	}

	@Test
	@Tag("T8")
	void whenTheRightIsRevokedThenItEndsAndDoesNotComeBack() {
		String room = Rooms.fresh();
		String user = Rooms.fresh();
		acme().user(user).subscribe("room." + room).join();
		acme().user(user).subscribe("room.other-" + room).join();
		try (RawStompClient client = connect(user, "acme")) {
			client.next(2);
			acme().connection(client.session()).subscribe("item." + room).join();
			client.next();
			acme().access().recheck(user).join();
			client.expectNothingElse();
			acme().access().revoke(user, "room." + room);
			assertRevoked(client.next(), "@room." + room);
			acme().access().revokeTopic("item.{room}");
			assertRevoked(client.next(), "@item." + room);
			publish("room." + room, 1);
			client.expectNothingElse();
			try (RawStompClient next = connect(user, "acme")) {
				assertSubscribed(next.next(), "@room.other-" + room);
				next.expectNothingElse();
			}
			acme().access().revoke(user).join();
			acme().user(user).subscribe("room." + room).join();
			assertThat(client.next(2)).extracting((frame) -> RawStompClient.header(frame, "realtime-control"))
				.containsExactly("revoked", "subscribed");
		}
	}

	@Test
	void whenAClientComesBackThenItGetsWhatItMissedSinceWhereItWas() {
		String room = Rooms.fresh();
		String user = Rooms.fresh();
		acme().user(user).subscribe("room." + room).join();
		acme().user(user).subscribe("room.x-" + room, Map.of("n", 2)).join();
		String position;
		String other;
		try (RawStompClient client = connect(user, "acme")) {
			List<String> subscribed = client.next(2);
			position = RawStompClient.header(subscribed.get(0), "position");
			other = RawStompClient.header(subscribed.get(1), "position");
		}
		for (int i = 1; i <= 3; i++) {
			publish("room." + room, i);
			publish("room.x-" + room, i);
		}
		try (RawStompClient client = connect(user, "acme", "server-subscriptions:{\"@room." + room + "\":\"" + position
				+ "\",\"@room.x-" + room + "?%7B%22n%22%3A%5B2%5D%7D\":\"" + other + "\",\"@gone\":\"e-1\"}")) {
			List<String> frames = client.next(6);
			assertThat(frames).filteredOn((frame) -> RawStompClient.header(frame, "realtime-control") != null)
				.hasSize(2)
				.allSatisfy((frame) -> assertThat(RawStompClient.header(frame, "recovered")).isEqualTo("true"));
			assertThat(frames).filteredOn((frame) -> RawStompClient.header(frame, "realtime-control") == null)
				.allSatisfy((frame) -> assertThat(RawStompClient.header(frame, "recovered")).isEqualTo("true"))
				.extracting(RawStompClient::body)
				.containsExactlyInAnyOrder("{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":2}");
			client.expectNothingElse();
		}
		acme().user(user).unsubscribe("room.x-" + room);
		try (RawStompClient client = connect(user, "acme", "server-subscriptions:{\"@room." + room + "\":\"e-1\"}")) {
			String subscribed = client.next();
			assertThat(RawStompClient.header(subscribed, "recovered")).isEqualTo("false");
			assertThat(RawStompClient.header(client.next(), "realtime-control")).isEqualTo("gap");
		}
	}

	@Test
	void whenSeveralWantTheSameThenItEndsWithTheLast() {
		String room = Rooms.fresh();
		String user = Rooms.fresh();
		try (RawStompClient client = connect(user, "acme")) {
			acme().user(user).subscribe("room." + room).join();
			acme().connection(client.session()).subscribe("room." + room).join();
			assertSubscribed(client.next(), "@room." + room);
			acme().user(user).unsubscribe("room." + room).join();
			publish("room." + room, 1);
			assertThat(RawStompClient.body(client.next())).isEqualTo("{\"n\":1}");
			acme().connection(client.session()).unsubscribe("room." + room).join();
			assertThat(RawStompClient.header(client.next(), "realtime-control")).isEqualTo("unsubscribed");
		}
	}

	@Test
	void whenTheRuleWouldForbidItThenServerCodeDecidesAllTheSameAndAClientDoesNot() {
		try (RawStompClient client = connect("sam", "acme")) {
			acme().connection(client.session()).subscribe("admin.alert").join();
			assertSubscribed(client.next(), "@admin.alert");
			client.sendSubscribe("@admin.alert", "/realtime/admin.alert");
			assertThat(RawStompClient.code(client.next())).isEqualTo("bad-request");
		}
	}

	@Test
	void whenATopicHasAnotherScopeThenItIsThatOfTheConnection() {
		String room = Rooms.fresh();
		String user = Rooms.fresh();
		try (RawStompClient client = connect(user, "acme")) {
			acme().user(user).subscribe("mail." + room);
			assertSubscribed(client.next(), "@mail." + room);
			acme().user(user).subscribe("notice." + room);
			assertSubscribed(client.next(), "@notice." + room);
			acme().to("mail." + room).user(user).data(1).publish();
			assertThat(RawStompClient.body(client.next())).isEqualTo("1");
			this.realtime.forTenant("globex").to("notice." + room).data(2).publish();
			assertThat(RawStompClient.body(client.next())).isEqualTo("2");
		}
	}

	@Test
	@Tag("T1")
	void whenTheConnectionIsOfAnotherTenantThenNothingHappens() {
		String room = Rooms.fresh();
		try (RawStompClient client = connect("sam", "globex")) {
			acme().connection(client.session()).subscribe("room." + room).join();
			acme().connection("nobody").subscribe("room." + room).join();
			client.expectNothingElse();
		}
	}

	@Test
	@Tag("T17")
	void whenThereIsNoPlaceThenTheLogSaysSo(CapturedOutput output) {
		String user = Rooms.fresh();
		String room = Rooms.fresh();
		try (RawStompClient client = connect(user, "acme")) {
			for (int i = 0; i < 127; i++) {
				acme().user(user).subscribe("room." + room + "-" + i);
			}
			client.next(127);
			acme().user(user).subscribe("room." + room + "-one");
			client.next();
			acme().user(user).subscribe("room." + room + "-two").join();
			await().until(() -> output.getOut()
				.contains("Connection " + client.session()
						+ " has as many subscriptions as it may (realtime.limits.subscriptions-per-connection, "
						+ "-per-user, -per-tenant): server code could not subscribe it to 'room." + room + "-two'"));
			assertThat(client.hasNext()).isFalse();
			client.unsubscribe("@room." + room + "-0");
			acme().user(user).subscribe("room." + room + "-two").join();
			assertSubscribed(client.next(), "@room." + room + "-two");
		}
	}

	@Test
	void whenTheHeaderOfConnectCanNotBeReadThenTheClientIsToldSo() {
		for (String header : List.of("x", "[]", "{\"@room.x\":5}", "{\"@room.x\":\"y\"}", "{\"@room.x\":null}")) {
			assertThat(connectInVain("server-subscriptions:" + header))
				.contains("The header 'server-subscriptions' is not a JSON object of positions by id");
		}
	}

	/**
	 * Sends CONNECT.
	 * @return the ERROR
	 */
	abstract String connectInVain(String header);

	static void assertClosed(RawStompClient client) {
		assertThat(client.closeCode()).isEqualTo(4500);
	}

	@Test
	void whenProgrammerIsMistakenThenItThrowsAtOnce() {
		assertThatIllegalArgumentException().isThrownBy(() -> acme().user("sam").subscribe("nowhere"))
			.withMessageStartingWith("There is no topic 'nowhere'");
		assertThatIllegalArgumentException().isThrownBy(() -> acme().user("sam").subscribe("room.{room}"))
			.withMessageStartingWith("The variables of 'room.{room}' are not filled in");
		assertThatIllegalArgumentException().isThrownBy(() -> acme().user("sam").unsubscribe("nowhere"));
		assertThatIllegalArgumentException().isThrownBy(() -> acme().user(""));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> acme().user("sam").subscribe("room.x", Map.of("n", List.of())))
			.withMessage("A list of the filter is empty");
	}

	@Test
	@Tag("T31")
	void whenClientsAreGoneThenNothingIsLeftOfThem() {
		for (int i = 0; i < 20; i++) {
			try (RawStompClient client = connect("sam", "acme")) {
				acme().connection(client.session()).subscribe("room." + Rooms.fresh()).join();
				client.next();
			}
		}
		await().untilAsserted(
				() -> assertThat((Map<?, ?>) ReflectionTestUtils.getField(this.control, "connections")).isEmpty());
	}

	private Realtime acme() {
		return this.realtime.forTenant("acme");
	}

	private String publish(String topic, int number) {
		return acme().publish(topic, Map.of("n", number)).join().toString();
	}

	private static void assertSubscribed(String frame, String id) {
		assertThat(RawStompClient.header(frame, "realtime-control")).as(frame).isEqualTo("subscribed");
		assertThat(RawStompClient.header(frame, "subscription")).isEqualTo(id);
	}

	private static void assertRevoked(String frame, String id) {
		assertThat(RawStompClient.header(frame, "realtime-control")).as(frame).isEqualTo("revoked");
		assertThat(RawStompClient.header(frame, "subscription")).isEqualTo(id);
		assertThat(RawStompClient.code(frame)).isEqualTo("access-revoked");
	}

}
