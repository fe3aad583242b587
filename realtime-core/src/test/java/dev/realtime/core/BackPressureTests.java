package dev.realtime.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;

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

	private final Sink sink = new Sink();

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
		assertThat(this.lane.queuedBytes()).isLessThanOrEqualTo(Lane.MAX_QUEUED_BYTES);
		this.executor.runAll();
		assertThat(this.sink.offsets()).startsWith(1L, 2L, 3L);
		assertThat(this.sink.frames).contains("gap s1");
		long afterGap = publish(large, 0).offset();
		this.executor.runAll();
		assertThat(this.sink.frames).endsWith("message s1 " + afterGap);
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
		assertThat(this.sink.frames).doesNotContain("gap s1");
		assertThat(this.sink.offsets()).hasSize(60).isSorted().doesNotHaveDuplicates();
	}

	@Test
	void whenSomebodySubscribesWhileTheLaneIsBehindThenNobodyGetsAnythingTwice() {
		subscribe(null);
		this.executor.runAll();
		byte[] large = new byte[1024 * 1024];
		for (int i = 0; i < 60; i++) {
			publish(large, 0);
		}
		Sink late = new Sink();
		Connection<String> second = this.engine.connect("c2", this.lane, late);
		this.engine.subscribe(second, request(null), (ex) -> {
		});
		publish(large, 0);
		this.executor.runAll();
		assertThat(late.offsets()).containsExactly(61L);
		assertThat(this.sink.offsets()).hasSize(61).isSorted().doesNotHaveDuplicates();
	}

	@Test
	void whenClientDoesNotKeepUpThenConflatingTopicKeepsTheNewestPerKeyAfterAGap() {
		subscribe(List.of("id"));
		publish(new byte[1], 1);
		this.executor.runAll();
		this.sink.writable = false;
		for (int i = 0; i < 1000; i++) {
			publish(new byte[1], i % 3);
		}
		this.executor.runAll();
		assertThat(this.sink.offsets()).containsExactly(1L);
		this.sink.writable = true;
		publish(new byte[1], 0);
		this.executor.runAll();
		assertThat(this.sink.frames).endsWith("gap s1", "message s1 999", "message s1 1000", "message s1 1002");
		publish(new byte[1], 2);
		this.executor.runAll();
		assertThat(this.sink.frames).endsWith("message s1 1003");
	}

	@Test
	void whenSubscriptionEndsThenNothingConflatedIsLeft() {
		subscribe(List.of("id"));
		this.executor.runAll();
		this.sink.writable = false;
		publish(new byte[1], 1);
		this.executor.runAll();
		this.engine.unsubscribe(this.connection, "s1");
		this.sink.writable = true;
		this.executor.runAll();
		assertThat(this.sink.offsets()).isEmpty();
		assertThat(this.engine.hubCount()).isZero();
	}

	private void subscribe(@Nullable List<String> conflateBy) {
		this.engine.subscribe(this.connection, request(conflateBy), (ex) -> {
		});
	}

	private SubscriptionRequest request(@Nullable List<String> conflateBy) {
		return new SubscriptionRequest("s1", CHANNEL, MessageFilter.all(), new Start.Live(), null, this.history,
				conflateBy);
	}

	private StreamPosition publish(byte[] data, long id) {
		return this.engine
			.publish(CHANNEL, new PublicationRequest(data, Map.of("id", id), null, null, null, null, this.history))
			.join();
	}

	/**
	 * Runs what it is given when it is told to.
	 */
	private static final class ManualExecutor implements Executor {

		private final Queue<Runnable> tasks = new ArrayDeque<>();

		@Override
		public void execute(Runnable task) {
			this.tasks.add(task);
		}

		void runAll() {
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
		}

	}

	/**
	 * Keeps the frames.
	 */
	private static final class Sink implements FrameSink<String> {

		private final List<String> frames = new ArrayList<>();

		private boolean writable = true;

		List<Long> offsets() {
			return this.frames.stream()
				.filter((frame) -> frame.startsWith("message"))
				.map((frame) -> Long.valueOf(frame.substring(frame.lastIndexOf(' ') + 1)))
				.toList();
		}

		@Override
		public void write(String frame) {
			this.frames.add(frame);
		}

		@Override
		public boolean isWritable() {
			return this.writable;
		}

		@Override
		public void flush() {
		}

		@Override
		public void close(CloseReason reason) {
		}

		@Override
		public void tick(long nanoTime) {
		}

	}

	/**
	 * Frames one can read.
	 */
	private static final class TextEncoder implements FrameEncoder<String> {

		@Override
		public String message(Publication publication, Subscription<String> subscription, DeliveryMode mode) {
			return "message " + subscription.id() + " " + publication.offset();
		}

		@Override
		public String live(Subscription<String> subscription, String receipt, StreamPosition position,
				@Nullable Boolean recovered) {
			return "live " + subscription.id();
		}

		@Override
		public String gap(Subscription<String> subscription) {
			return "gap " + subscription.id();
		}

	}

}
