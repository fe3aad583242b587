package dev.realtime.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What happens when publishers outrun lanes, and lanes outrun clients.
 */
@Timeout(30)
class BackPressureTests {

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "prices");

	private final HistoryOptions history = new HistoryOptions(100, Duration.ofHours(1), 1000);

	private final ManualExecutor executor = new ManualExecutor();

	private final Lane<String> lane = new Lane<>(new TextEncoder(), this.executor);

	private final RecordingSink sink = new RecordingSink();

	private RealtimeEngine engine;

	private Connection<String> connection;

	@BeforeEach
	void connect() {
		this.engine = new RealtimeEngine(new InMemoryBackplane(InstantSource.system(), new Random(1)),
				InstantSource.system(), 128);
		this.connection = this.engine.connect("c1", this.lane, this.sink);
	}

	@Test
	void whenLaneIsBehindThenItsQueueIsBoundedAndTheGapIsTold() {
		subscribe(null);
		this.executor.runAll();
		byte[] large = new byte[1024 * 1024];
		int count = 200;
		for (int i = 0; i < count; i++) {
			publish(large, 0);
		}
		assertThat(this.lane.queuedBytes()).isLessThanOrEqualTo(LaneQueue.MAX_QUEUED_BYTES);
		this.executor.runAll();
		assertThat(offsets(this.sink)).startsWith(1L, 2L, 3L);
		assertThat(this.sink.frames()).contains("GAP s1");
		StreamPosition afterGap = publish(large, 0);
		this.executor.runAll();
		assertThat(this.sink.frames()).endsWith("MESSAGE s1 " + afterGap + " LIVE");
	}

	@Test
	void whenPayloadsAreLargeThenFewGoOutTogether() {
		subscribe(null);
		this.executor.runAll();
		for (int i = 0; i < 20; i++) {
			publish(new byte[20 * 1024], 0);
		}
		this.executor.runNext();
		assertThat(offsets(this.sink)).as("64 KB are full").containsExactly(1L, 2L, 3L, 4L);
		this.executor.runAll();
		assertThat(offsets(this.sink)).hasSize(20).isSorted().doesNotHaveDuplicates();
	}

	@Test
	void whenHistoryStillHasWhatTheLaneCouldNotTakeThenNothingIsMissing() {
		subscribe(null);
		this.executor.runAll();
		byte[] large = new byte[1024 * 1024];
		for (int i = 0; i < 60; i++) {
			publish(large, 0);
		}
		this.executor.runAll();
		assertThat(this.sink.frames()).doesNotContain("GAP s1");
		assertThat(offsets(this.sink)).hasSize(60).isSorted().doesNotHaveDuplicates();
	}

	@Test
	void whenSomebodySubscribesWhileTheLaneIsBehindThenNobodyGetsAnythingTwice() {
		subscribe(null);
		this.executor.runAll();
		byte[] large = new byte[1024 * 1024];
		for (int i = 0; i < 60; i++) {
			publish(large, 0);
		}
		RecordingSink late = new RecordingSink();
		Connection<String> second = this.engine.connect("c2", this.lane, late);
		this.engine.subscribe(second, request(null), (ex) -> {
		});
		publish(large, 0);
		this.executor.runAll();
		assertThat(offsets(late)).containsExactly(61L);
		assertThat(offsets(this.sink)).hasSize(61).isSorted().doesNotHaveDuplicates();
	}

	@Test
	void whenOneChannelIsBusyThenOthersDoNotWaitForAllThatItHasQueued() {
		subscribe(null);
		RecordingSink quietSink = new RecordingSink();
		Connection<String> quiet = this.engine.connect("c2", this.lane, quietSink);
		ChannelId quietChannel = new ChannelId("globex", null, "prices");
		this.engine.subscribe(quiet, request("s1", quietChannel, null), (ex) -> {
		});
		this.executor.runAll();
		for (int i = 0; i < 5000; i++) {
			publish(new byte[1], 0);
		}
		publish(quietChannel, new byte[1], 0);
		this.executor.runNext();
		assertThat(offsets(quietSink)).containsExactly(1L);
		assertThat(offsets(this.sink)).hasSizeLessThan(300);
		this.executor.runAll();
		assertThat(offsets(this.sink)).hasSize(5000).isSorted().doesNotHaveDuplicates();
	}

	@Test
	void whenOneChannelFillsTheLaneThenThereIsRoomForOthers() {
		subscribe(null);
		RecordingSink quietSink = new RecordingSink();
		Connection<String> quiet = this.engine.connect("c2", this.lane, quietSink);
		ChannelId quietChannel = new ChannelId("globex", null, "prices");
		this.engine.subscribe(quiet, request("s1", quietChannel, null), (ex) -> {
		});
		this.executor.runAll();
		byte[] large = new byte[100 * 1024];
		for (int i = 0; i < 1000; i++) {
			publish(large, 0);
		}
		for (int i = 0; i < 1000; i++) {
			publish(quietChannel, new byte[100], 0);
		}
		this.executor.runAll();
		assertThat(this.sink.frames()).contains("GAP s1");
		assertThat(quietSink.frames()).doesNotContain("GAP s1");
		assertThat(offsets(quietSink)).hasSize(1000).isSorted();
	}

	@Test
	void whenAPublicationIsLargerThanWhatMayWaitThenItGoesAlone() {
		subscribe(null);
		this.executor.runAll();
		publish(new byte[(int) LaneQueue.MAX_QUEUED_BYTES + 1], 0);
		this.executor.runNext();
		assertThat(offsets(this.sink)).containsExactly(1L);
		assertThat(this.executor.queued()).isZero();
		assertThat(this.lane.queuedBytes()).isZero();
	}

	@Test
	void whenAClientLeavesBeforeItsSubscriptionHasHadItsTurnThenNothingIsLeftOfIt() {
		subscribe(null);
		this.executor.runAll();
		for (int i = 0; i < 1000; i++) {
			publish(new byte[1], 0);
		}
		List<String> heard = new ArrayList<>();
		RecordingSink late = new RecordingSink();
		Connection<String> second = this.engine.connect("c2", this.lane, late);
		SubscriptionRequest request = new SubscriptionRequest("s2", CHANNEL, MessageFilter.all(), new Start.Live(),
				"r1", this.history, null, null, new Listener(heard));
		this.engine.subscribe(second, request, (ex) -> {
		});
		this.engine.unsubscribe(second, "s2");
		publish(new byte[1], 0);
		this.executor.runAll();
		assertThat(late.frames()).singleElement().asString().startsWith("RECEIPT s2 r1");
		assertThat(heard).isEmpty();
		this.engine.unsubscribe(this.connection, "s1");
		this.executor.runAll();
		assertThat(this.engine.hubCount()).isZero();
	}

	@Test
	void whenTheLastSubscriberIsReplacedWhileTheLaneIsBehindThenTheNextGetsNothingOld() {
		subscribe(null);
		this.executor.runAll();
		this.engine.subscribe(
				this.engine.connect("c2", new Lane<>(new TextEncoder(), Runnable::run), new RecordingSink()),
				request("s1", CHANNEL, null), (ex) -> {
				});
		for (int i = 0; i < 1000; i++) {
			publish(new byte[1], 0);
		}
		this.engine.unsubscribe(this.connection, "s1");
		RecordingSink late = new RecordingSink();
		this.engine.subscribe(this.engine.connect("c3", this.lane, late), request("s1", CHANNEL, null), (ex) -> {
		});
		publish(new byte[1], 0);
		this.executor.runAll();
		assertThat(offsets(late)).containsExactly(1001L);
	}

	@Test
	void whenClientDoesNotKeepUpThenConflatingTopicKeepsTheNewestPerKeyAfterAGap() {
		subscribe(List.of("id"));
		publish(new byte[1], 1);
		this.executor.runAll();
		this.sink.setWritable(false);
		for (int i = 0; i < 1000; i++) {
			publish(new byte[1], i % 3);
		}
		this.executor.runAll();
		assertThat(offsets(this.sink)).containsExactly(1L);
		this.sink.setWritable(true);
		publish(new byte[1], 0);
		this.executor.runAll();
		assertThat(this.sink.frames()).contains("GAP s1");
		assertThat(offsets(this.sink)).containsExactly(1L, 999L, 1000L, 1002L);
		publish(new byte[1], 2);
		this.executor.runAll();
		assertThat(offsets(this.sink)).endsWith(1003L);
	}

	@Test
	void whenNothingHadToBeLeftOutForAClientThenThereIsNoGap() {
		subscribe(List.of("id"));
		this.executor.runAll();
		this.sink.setWritable(false);
		for (int i = 0; i < 3; i++) {
			publish(new byte[1], i);
		}
		this.executor.runAll();
		this.sink.setWritable(true);
		publish(new byte[1], 0);
		this.executor.runAll();
		assertThat(this.sink.frames()).contains("GAP s1");
		this.sink.clear();
		this.sink.setWritable(false);
		for (int i = 0; i < 3; i++) {
			publish(new byte[1], i);
		}
		this.executor.runAll();
		assertThat(this.sink.frames()).isEmpty();
		this.sink.setWritable(true);
		publish(new byte[1], 3);
		this.executor.runAll();
		assertThat(this.sink.frames()).doesNotContain("GAP s1");
		assertThat(offsets(this.sink)).containsExactly(5L, 6L, 7L, 8L);
	}

	@Test
	void whenClientStopsToReadThenOnlySoManyKeysAreKeptForIt() {
		subscribe(List.of("id"));
		this.executor.runAll();
		this.sink.setWritable(false);
		for (int i = 0; i < 5000; i++) {
			publish(new byte[1], i);
			this.executor.runAll();
		}
		this.sink.setWritable(true);
		publish(new byte[1], 5000);
		this.executor.runAll();
		assertThat(this.sink.frames().get(0)).isEqualTo("GAP s1");
		assertThat(offsets(this.sink)).hasSize(1000).isSorted().endsWith(5000L, 5001L);
	}

	@Test
	void whenSubscriptionEndsThenNothingConflatedIsLeft() {
		subscribe(List.of("id"));
		this.executor.runAll();
		this.sink.setWritable(false);
		publish(new byte[1], 1);
		this.executor.runAll();
		this.engine.unsubscribe(this.connection, "s1");
		this.sink.setWritable(true);
		this.executor.runAll();
		assertThat(offsets(this.sink)).isEmpty();
		assertThat(this.engine.hubCount()).isZero();
	}

	private static List<Long> offsets(RecordingSink sink) {
		return sink.frames()
			.stream()
			.filter((frame) -> frame.startsWith("MESSAGE"))
			.map((frame) -> StreamPosition.parse(frame.split(" ")[2]).offset())
			.toList();
	}

	private void subscribe(@Nullable List<String> conflateBy) {
		this.engine.subscribe(this.connection, request(conflateBy), (ex) -> {
		});
	}

	private SubscriptionRequest request(@Nullable List<String> conflateBy) {
		return request("s1", CHANNEL, conflateBy);
	}

	private SubscriptionRequest request(String id, ChannelId channel, @Nullable List<String> conflateBy) {
		return new SubscriptionRequest(id, channel, MessageFilter.all(), new Start.Live(), null, this.history,
				conflateBy);
	}

	private StreamPosition publish(byte[] data, long id) {
		return publish(CHANNEL, data, id);
	}

	private StreamPosition publish(ChannelId channel, byte[] data, long id) {
		return this.engine
			.publish(channel, new PublicationRequest(data, Map.of("id", id), null, null, null, null, this.history))
			.join();
	}

	private record Listener(List<String> heard) implements SubscriptionObserver {

		@Override
		public void onLive(Subscription<?> subscription) {
			this.heard.add("live");
		}

		@Override
		public void onEnd(Subscription<?> subscription, Ending ending) {
			this.heard.add("end");
		}

	}

}
