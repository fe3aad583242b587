package dev.realtime.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for subscriptions that the server ends.
 */
@Timeout(60)
class WithdrawalTests {

	private static final HistoryOptions HISTORY = new HistoryOptions(3, Duration.ofMinutes(5), 1000);

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "contact.updated");

	@Test
	void whenASubscriptionIsLiveThenNothingMoreComesOfIt() {
		RealtimeEngine engine = engine();
		TestClient client = client(engine, TestLanes.direct(new TextEncoder()));
		Object attachment = new Object();
		client.subscribe(new SubscriptionRequest("s1", CHANNEL, MessageFilter.all(), new Start.Live(), null, HISTORY,
				null, attachment));
		Subscription<String> subscription = client.connection().subscriptions().get(0);
		assertThat(subscription.attachment()).isSameAs(attachment);
		assertThat(engine.unsubscribe(subscription)).isEqualTo(UnsubscribeOutcome.WAS_LIVE);
		engine.publish(CHANNEL, Requests.any(HISTORY));
		assertThat(client.frames()).isEmpty();
		assertThat(engine.unsubscribe(subscription)).isEqualTo(UnsubscribeOutcome.UNKNOWN);
		assertThat(client.connection().subscriptions()).isEmpty();
		assertThat(engine.hubCount()).isZero();
	}

	@Test
	void whenASubscriptionIsNotLiveYetThenItNeverWillBe() {
		ManualBackplane backplane = new ManualBackplane();
		RealtimeEngine engine = new RealtimeEngine(backplane, InstantSource.system(), 10, Duration.ofMinutes(1),
				new ManualScheduler());
		TestClient client = client(engine, TestLanes.direct(new TextEncoder()));
		client.subscribe("s1", CHANNEL, MessageFilter.all(), new Start.Live());
		assertThat(engine.unsubscribe(client.connection().subscriptions().get(0)))
			.isEqualTo(UnsubscribeOutcome.WAS_PENDING);
		backplane.subscribes().get(0).complete(null);
		assertThat(client.frames()).isEmpty();
		assertThat(engine.hubCount()).isZero();
	}

	@Test
	void whenTheClientSubscribesAgainByTheSameIdThenOnlyTheOldOneEnds() {
		RealtimeEngine engine = engine();
		TestClient client = client(engine, TestLanes.direct(new TextEncoder()));
		client.subscribe("s1", CHANNEL, MessageFilter.all(), new Start.Live());
		Subscription<String> old = client.connection().subscriptions().get(0);
		client.unsubscribe("s1");
		client.subscribe("s1", CHANNEL, MessageFilter.all(), new Start.Live());
		assertThat(engine.unsubscribe(old)).isEqualTo(UnsubscribeOutcome.UNKNOWN);
		assertThat(client.connection().subscriptions()).hasSize(1);
	}

	@Test
	void whenMessagesAreHeldBackForASlowClientThenTheyAreDropped() {
		RealtimeEngine engine = engine();
		RecordingSink sink = new RecordingSink();
		Connection<String> connection = engine.connect("c1", TestLanes.direct(new TextEncoder()).get(0), sink);
		engine.subscribe(connection, new SubscriptionRequest("s1", CHANNEL, MessageFilter.all(), new Start.Live(), null,
				HISTORY, List.of("id")), (ex) -> {
				});
		sink.setWritable(false);
		engine.publish(CHANNEL, Requests.about(5, HISTORY));
		engine.unsubscribe(connection.subscriptions().get(0));
		sink.setWritable(true);
		connection.send("later");
		assertThat(sink.frames()).containsExactly("later");
	}

	@RepeatedTest(20)
	void whenOthersPublishMeanwhileThenNothingThatCameLaterIsDelivered() throws Exception {
		RealtimeEngine engine = engine();
		try (TestLanes lanes = TestLanes.threads(new TextEncoder())) {
			TestClient client = client(engine, lanes);
			client.subscribe("s1", CHANNEL, MessageFilter.all(), new Start.Live());
			client.awaitReceipt("s1");
			AtomicBoolean running = new AtomicBoolean(true);
			List<Thread> publishers = Stream.generate(() -> new Thread(() -> {
				while (running.get()) {
					engine.publish(CHANNEL, Requests.any(HISTORY));
				}
			})).limit(2).toList();
			publishers.forEach(Thread::start);
			Thread.sleep(5);
			engine.unsubscribe(client.connection().subscriptions().get(0));
			client.connection().send("REVOKED");
			long later = engine.publish(CHANNEL, Requests.any(HISTORY)).join().offset();
			running.set(false);
			for (Thread publisher : publishers) {
				publisher.join();
			}
			lanes.settle();
			assertThat(client.frames()).endsWith("REVOKED").doesNotContain("MESSAGE s1 e-" + later + " LIVE");
			assertThat(client.frames().stream().filter((frame) -> frame.startsWith("MESSAGE")))
				.allSatisfy((frame) -> assertThat(offset(frame)).isLessThan(later));
		}
	}

	private static long offset(String message) {
		return Long.parseLong(message.replaceAll(".*-(\\d+) LIVE", "$1"));
	}

	@Test
	void whenALaneLooksAtTheClockThenItsConnectionsDoToo() {
		RealtimeEngine engine = engine();
		Lane<String> lane = TestLanes.direct(new TextEncoder()).get(0);
		Connection<String> connection = engine.connect("c1", lane, new RecordingSink());
		long[] told = new long[1];
		connection.onTick((nanoTime) -> told[0] = nanoTime);
		lane.tick(42);
		assertThat(told).containsExactly(42);
	}

	private static RealtimeEngine engine() {
		return new RealtimeEngine(new InMemoryBackplane(InstantSource.system(), new Random(1)), InstantSource.system(),
				10);
	}

	private static TestClient client(RealtimeEngine engine, TestLanes lanes) {
		return new TestClient(engine, HISTORY, "c1", lanes.next());
	}

}
