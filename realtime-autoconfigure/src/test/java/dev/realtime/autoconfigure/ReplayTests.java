package dev.realtime.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.realtime.Realtime;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a new subscription gets of the past.
 */
@EndpointTest
class ReplayTests {

	private static final int OTHERS = 10_000;

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Test
	void whenSomethingWasPublishedBeforeThenTheNewestComesFirstAndSaysSo() {
		String room = Rooms.fresh();
		publish("room." + room, Map.of("n", 1));
		String position = publish("room." + room, Map.of("n", 2));
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			assertThat(alice.subscribe("s1", "/realtime/room." + room)).endsWith("position:" + position + "\n\n");
			String replayed = alice.next();
			assertThat(replayed).isEqualTo("MESSAGE\nsubscription:s1\nmessage-id:" + position
					+ "\ndestination:/realtime/room." + room + "\ncontent-type:application/json\ntimestamp:"
					+ RawStompClient.header(replayed, "timestamp") + "\nreplay:true\ncontent-length:7\n\n{\"n\":2}");
			publish("room." + room, Map.of("n", 3));
			String live = alice.next();
			assertThat(RawStompClient.body(live)).isEqualTo("{\"n\":3}");
			assertThat(RawStompClient.header(live, "replay")).isNull();
			alice.expectNothingElse();
		}
	}

	@Test
	void whenReplayLastIsAskedForThenItIsAsByDefault() {
		String room = Rooms.fresh();
		publish("room." + room, Map.of("n", 1));
		publish("quiet." + room, Map.of("n", 2));
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room, "replay:last");
			assertThat(RawStompClient.header(alice.next(), "replay")).isEqualTo("true");
			alice.subscribe("s2", "/realtime/quiet." + room, "replay:last");
			assertThat(RawStompClient.body(alice.next())).isEqualTo("{\"n\":2}");
		}
	}

	@Test
	void whenNoReplayIsWantedThenOnlyLiveMessagesCome() {
		String room = Rooms.fresh();
		publish("room." + room, Map.of("n", 1));
		publish("quiet." + room, Map.of("n", 1));
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room, "replay:none");
			alice.subscribe("s2", "/realtime/quiet." + room);
			alice.expectNothingElse();
			publish("room." + room, Map.of("n", 2));
			publish("quiet." + room, Map.of("n", 3));
			assertThat(alice.next(2)).extracting(RawStompClient::body)
				.containsExactlyInAnyOrder("{\"n\":2}", "{\"n\":3}");
		}
	}

	@Test
	void whenNothingMatchesThenNothingIsReplayed() {
		String room = Rooms.fresh();
		publish("item." + room, Map.of("id", 1));
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/item." + room, "filter:{\"id\"\\c2}");
			alice.subscribe("s2", "/realtime/item." + room, "filter:{\"id\"\\c\"1\"}");
			alice.subscribe("s3", "/realtime/item." + room, "filter:{\"id\"\\c1,\"other\"\\cnull}");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenTenThousandMessagesAboutOthersCameSinceThenReplayByKeyIsStillExact() {
		String room = Rooms.fresh();
		publish("item." + room, Map.of("id", "a", "v", 0, "open", true));
		publish("item." + room, Map.of("id", "a", "v", 1, "open", true));
		publish("item." + room, Map.of("id", "b", "v", 2, "open", false));
		publish("cell." + room, Map.of("row", 1, "column", "x", "v", 3));
		for (int i = 0; i < OTHERS; i++) {
			publish("item." + room, Map.of("id", i));
			publish("cell." + room, Map.of("row", 1, "column", i));
		}
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			assertThat(replayed(alice, "s1", "item." + room, "{\"id\"\\c\"a\"}")).contains("\"v\":1");
			assertThat(replayed(alice, "s2", "item." + room, "{\"id\"\\c[\"a\",\"b\"]}")).contains("\"v\":2");
			assertThat(replayed(alice, "s3", "item." + room, "{\"id\"\\c[\"a\",\"b\"],\"open\"\\ctrue}"))
				.contains("\"v\":1");
			assertThat(replayed(alice, "s4", "item." + room, "{\"id\"\\c7}")).isEqualTo("{\"id\":7}");
			assertThat(replayed(alice, "s5", "item." + room, "{\"id\"\\c7.0}")).isEqualTo("{\"id\":7}");
			assertThat(replayed(alice, "s6", "cell." + room, "{\"column\"\\c\"x\",\"row\"\\c[1,2]}"))
				.contains("\"v\":3");
			alice.subscribe("s7", "/realtime/item." + room, "filter:{\"id\"\\c\"a\",\"open\"\\cfalse}");
			// Only part of the key: the bounded history decides.
			alice.subscribe("s8", "/realtime/cell." + room, "filter:{\"column\"\\c\"x\"}");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenTopicHasNoKeyThenReplayComesFromTheBoundedHistory() {
		String room = Rooms.fresh();
		for (int i = 0; i < 8; i++) {
			publish("short." + room, Map.of("n", i, "even", i % 2 == 0));
		}
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			assertThat(replayed(alice, "s1", "short." + room, "{\"even\"\\ctrue}")).contains("\"n\":6");
			assertThat(replayed(alice, "s2", "short." + room, "{\"n\"\\c[1,2,3]}")).contains("\"n\":3");
			alice.subscribe("s3", "/realtime/short." + room, "filter:{\"n\"\\c2}");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenScopeIsTheUserThenEachHasAChannel() {
		String room = Rooms.fresh();
		Realtime acme = this.realtime.forTenant("acme");
		acme.to("mail." + room).user("alice").data(Map.of("to", "alice")).publish().join();
		acme.to("mail." + room).user("bob").data(Map.of("to", "bob")).publish().join();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			assertThat(alice.subscribe("s1", "/realtime/mail." + room)).endsWith("-1\n\n");
			assertThat(RawStompClient.body(alice.next())).isEqualTo("{\"to\":\"alice\"}");
			bob.subscribe("s1", "/realtime/mail." + room);
			assertThat(RawStompClient.body(bob.next())).isEqualTo("{\"to\":\"bob\"}");
			acme.to("mail." + room).user("bob").data(Map.of("to", "bob again")).publish().join();
			assertThat(RawStompClient.body(bob.next())).isEqualTo("{\"to\":\"bob again\"}");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenScopeIsGlobalThenAllTenantsShareTheChannel() {
		String room = Rooms.fresh();
		publish("notice." + room, Map.of("n", 1));
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient carol = RawStompClient.connect(this.port, "carol")) {
			alice.subscribe("s1", "/realtime/notice." + room);
			carol.subscribe("s1", "/realtime/notice." + room);
			String first = alice.next();
			assertThat(carol.next()).isEqualTo(first);
			this.realtime.forTenant("globex").publish("notice." + room, Map.of("n", 2)).join();
			String second = alice.next();
			assertThat(RawStompClient.body(second)).isEqualTo("{\"n\":2}");
			assertThat(carol.next()).isEqualTo(second);
		}
	}

	@Test
	void whenClientSubscribesTwoHundredTimesWhilePublicationsGoOnThenNoneIsMissedAndNoneComesTwice() throws Exception {
		String room = Rooms.fresh();
		AtomicBoolean stop = new AtomicBoolean();
		ExecutorService publisher = Executors.newSingleThreadExecutor();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			Future<Long> published = publisher.submit(() -> {
				long count = 0;
				while (!stop.get()) {
					publish("item." + room, Map.of("id", count++ % 3));
				}
				return count;
			});
			for (int i = 0; i < 200; i++) {
				verifyContiguous(alice, room, i);
			}
			stop.set(true);
			assertThat(published.get()).isPositive();
		}
		finally {
			stop.set(true);
			publisher.shutdownNow();
		}
	}

	/**
	 * The replayed message is the one the receipt names; live ones follow it without a
	 * hole.
	 */
	private void verifyContiguous(RawStompClient alice, String room, int round) {
		String id = "s" + round;
		boolean replay = round % 2 == 0;
		alice.sendSubscribe(id, "/realtime/item." + room, replay ? "replay:last" : "replay:none");
		List<Long> offsets = new ArrayList<>();
		String receipt = alice.next();
		assertThat(receipt).startsWith("RECEIPT\nreceipt-id:r-" + id + "\n");
		long position = RawStompClient.offset(receipt);
		boolean replayed = false;
		while (offsets.size() < 5) {
			String message = alice.next();
			assertThat(message).startsWith("MESSAGE\nsubscription:" + id + "\n").doesNotContain("realtime-control");
			if (RawStompClient.header(message, "replay") != null) {
				assertThat(offsets).isEmpty();
				assertThat(RawStompClient.offset(message)).isEqualTo(position);
				replayed = true;
			}
			else {
				offsets.add(RawStompClient.offset(message));
			}
		}
		assertThat(replayed).isEqualTo(replay && position > 0);
		alice.send("UNSUBSCRIBE\nid:" + id + "\nreceipt:u\n\n\0");
		for (String frame = alice.next(); !frame.startsWith("RECEIPT\n"); frame = alice.next()) {
			offsets.add(RawStompClient.offset(frame));
		}
		for (int i = 0; i < offsets.size(); i++) {
			assertThat(offsets.get(i)).isEqualTo(position + 1 + i);
		}
	}

	@RepeatedTest(3)
	void whenManySubscribeToAChannelThatIsJustOpenedThenEachGetsEverythingFromItsPositionOn() throws Exception {
		ExecutorService publisher = Executors.newSingleThreadExecutor();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			for (int round = 0; round < 100; round++) {
				String room = Rooms.fresh();
				Future<?> published = publisher.submit(() -> {
					for (int i = 0; i < 40; i++) {
						publish("room." + room, Map.of("n", i));
					}
				});
				alice.sendSubscribe("s" + round, "/realtime/room." + room, "replay:none");
				String receipt = alice.next();
				published.get();
				for (long offset = RawStompClient.offset(receipt) + 1; offset <= 40; offset++) {
					String message = alice.next();
					assertThat(message).startsWith("MESSAGE\n").doesNotContain("realtime-control");
					assertThat(RawStompClient.offset(message)).isEqualTo(offset);
				}
				alice.unsubscribe("s" + round);
			}
		}
		finally {
			publisher.shutdownNow();
		}
	}

	private String replayed(RawStompClient client, String id, String topic, String filter) {
		client.subscribe(id, "/realtime/" + topic, "filter:" + filter);
		String message = client.next();
		assertThat(message).startsWith("MESSAGE\nsubscription:" + id + "\n");
		assertThat(RawStompClient.header(message, "replay")).isEqualTo("true");
		return RawStompClient.body(message);
	}

	private String publish(String topic, Object payload) {
		return this.realtime.forTenant("acme").publish(topic, payload).join().toString();
	}

}
