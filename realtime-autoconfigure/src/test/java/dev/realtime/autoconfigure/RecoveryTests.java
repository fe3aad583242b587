package dev.realtime.autoconfigure;

import java.util.List;
import java.util.Map;

import dev.realtime.Realtime;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * SUBSCRIBE with {@code since}: all that was missed, or word that it is gone.
 */
@EndpointTest
class RecoveryTests {

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Test
	void whenClientWasAwayThenItGetsWhatItMissedInOrderThenLive() {
		String room = Rooms.fresh();
		String seen = publish("room." + room, 1);
		publish("room." + room, 2);
		publish("room." + room, 3);
		String newest = publish("room." + room, 4);
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			assertThat(alice.subscribe("s1", "/realtime/room." + room, "since:" + seen))
				.isEqualTo("RECEIPT\nreceipt-id:r-s1\nposition:" + newest + "\nrecovered:true\n\n");
			List<String> missed = alice.next(3);
			assertThat(missed).extracting(RawStompClient::body).containsExactly("{\"n\":2}", "{\"n\":3}", "{\"n\":4}");
			assertThat(missed).allSatisfy((frame) -> {
				assertThat(RawStompClient.header(frame, "recovered")).isEqualTo("true");
				assertThat(RawStompClient.header(frame, "replay")).isNull();
			});
			publish("room." + room, 5);
			String live = alice.next();
			assertThat(RawStompClient.body(live)).isEqualTo("{\"n\":5}");
			assertThat(RawStompClient.header(live, "recovered")).isNull();
			alice.expectNothingElse();
		}
	}

	@Test
	void whenNothingWasMissedThenRecoveryIsEmpty() {
		String room = Rooms.fresh();
		String seen = publish("room." + room, 1);
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			assertThat(alice.subscribe("s1", "/realtime/room." + room, "since:" + seen))
				.endsWith("position:" + seen + "\nrecovered:true\n\n");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenClientSubscribedBeforeTheFirstPublicationThenItsPositionRecovers() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			String start = RawStompClient.header(alice.subscribe("s1", "/realtime/room." + room), "position");
			assertThat(start).endsWith("-0");
			publish("room." + room, 1);
			alice.next();
			assertThat(alice.subscribe("s2", "/realtime/room." + room, "since:" + start))
				.endsWith("recovered:true\n\n");
			assertThat(RawStompClient.body(alice.next())).isEqualTo("{\"n\":1}");
		}
	}

	@Test
	@Tag("T12")
	void whenSubscriptionHasAFilterThenOnlyMatchingMessagesAreRecovered() {
		String room = Rooms.fresh();
		String seen = publish("room." + room, 1);
		for (int i = 2; i < 8; i++) {
			publish("room." + room, i);
		}
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room, "filter:{\"n\"\\c[1,3,6]}", "since:" + seen);
			assertThat(alice.next(2)).extracting(RawStompClient::body).containsExactly("{\"n\":3}", "{\"n\":6}");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenHistoryJustCoversThePositionThenItIsRecoveredAndBeyondThatItIsAGap() {
		String room = Rooms.fresh();
		String lost = publish("short." + room, 1);
		String kept = publish("short." + room, 2);
		for (int i = 3; i < 8; i++) {
			publish("short." + room, i);
		}
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			assertThat(alice.subscribe("s1", "/realtime/short." + room, "since:" + kept))
				.endsWith("recovered:true\n\n");
			assertThat(alice.next(5)).extracting(RawStompClient::body)
				.containsExactly("{\"n\":3}", "{\"n\":4}", "{\"n\":5}", "{\"n\":6}", "{\"n\":7}");
			assertThat(alice.subscribe("s2", "/realtime/short." + room, "since:" + lost))
				.endsWith("recovered:false\n\n");
			expectGap(alice, "s2", "short." + room);
			publish("short." + room, 8);
			assertThat(alice.next(2)).extracting(RawStompClient::body).containsExactly("{\"n\":8}", "{\"n\":8}");
		}
	}

	@Test
	void whenPositionIsOfAnotherEpochOrFromTheFutureThenThereIsAGap() {
		String room = Rooms.fresh();
		String seen = publish("room." + room, 1);
		String epoch = seen.substring(0, seen.indexOf('-'));
		String other = epoch.equals("abc") ? "abd" : "abc";
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			assertThat(alice.subscribe("s1", "/realtime/room." + room, "since:" + other + "-1"))
				.endsWith("position:" + seen + "\nrecovered:false\n\n");
			expectGap(alice, "s1", "room." + room);
			assertThat(alice.subscribe("s2", "/realtime/room." + room, "since:" + epoch + "-2"))
				.endsWith("recovered:false\n\n");
			expectGap(alice, "s2", "room." + room);
			publish("room." + room, 2);
			assertThat(alice.next(2)).extracting(RawStompClient::body).containsExactly("{\"n\":2}", "{\"n\":2}");
		}
	}

	@Test
	void whenNoReceiptIsAskedForThenAGapIsStillTold() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:s1\ndestination:/realtime/room." + room + "\nsince:abc-7\n\n\0");
			expectGap(alice, "s1", "room." + room);
			alice.expectNothingElse();
		}
	}

	@Test
	void whenConnectionIsCutThenTheNextOneContinuesWithoutLossOrDuplicate() {
		String room = Rooms.fresh();
		String position;
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room);
			publish("room." + room, 1);
			position = RawStompClient.header(alice.next(), "message-id");
		}
		publish("room." + room, 2);
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:s1\ndestination:/realtime/room." + room + "\nsince:" + position
					+ "\nreceipt:r\n\n\0");
			publish("room." + room, 3);
			assertThat(alice.next()).startsWith("RECEIPT\n").endsWith("recovered:true\n\n");
			assertThat(alice.next(2)).extracting(RawStompClient::body).containsExactly("{\"n\":2}", "{\"n\":3}");
			alice.expectNothingElse();
		}
	}

	@Test
	@Tag("T1")
	@Tag("T29")
	void whenPositionIsOfAnotherTenantThenNothingOfThatTenantIsRecovered() {
		String room = Rooms.fresh();
		String seen = publish("room." + room, 1);
		publish("room." + room, 2);
		try (RawStompClient carol = RawStompClient.connect(this.port, "carol")) {
			assertThat(carol.subscribe("s1", "/realtime/room." + room, "since:" + seen))
				.endsWith("recovered:false\n\n");
			expectGap(carol, "s1", "room." + room);
			carol.expectNothingElse();
		}
	}

	private static void expectGap(RawStompClient client, String id, String topic) {
		assertThat(client.next())
			.isEqualTo("MESSAGE\nsubscription:" + id + "\nmessage-id:control\ndestination:/realtime/" + topic
					+ "\ncontent-type:application/json\nrealtime-control:gap\ncontent-length:77\n\n"
					+ "{\"code\":\"history-lost\",\"detail\":\"Messages were missed, fetch the data again\"}");
	}

	private String publish(String topic, int number) {
		return this.realtime.forTenant("acme").publish(topic, Map.of("n", number)).join().toString();
	}

}
