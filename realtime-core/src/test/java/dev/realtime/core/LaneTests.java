package dev.realtime.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link Lane}.
 */
@Timeout(10)
class LaneTests {

	private final ManualExecutor executor = new ManualExecutor();

	private final Lane<String> lane = new Lane<>(new TextEncoder(), this.executor);

	private final RecordingSink sink = new RecordingSink();

	private final Connection<String> connection = new Connection<>("c1", this.lane, this.sink);

	@Test
	void whenTasksAreHandedOverThenTheyRunInOrderInOneTurn() {
		List<Integer> ran = new ArrayList<>();
		IntStream.range(0, 100).forEach((i) -> this.lane.execute(() -> ran.add(i)));
		assertThat(ran).isEmpty();
		assertThat(this.executor.queued()).isEqualTo(1);
		this.executor.runNext();
		assertThat(ran).isEqualTo(IntStream.range(0, 100).boxed().toList());
		assertThat(this.executor.queued()).isZero();
	}

	@Test
	void whenSeveralFramesAreWrittenInATurnThenEachTouchedConnectionIsFlushedOnce() {
		RecordingSink otherSink = new RecordingSink();
		Connection<String> other = new Connection<>("c2", this.lane, otherSink);
		RecordingSink untouchedSink = new RecordingSink();
		this.lane.add(new Connection<>("c3", this.lane, untouchedSink));
		this.connection.send("a");
		other.send("b");
		this.connection.send("c");
		this.executor.runAll();
		assertThat(this.sink.calls()).containsExactly("write a", "write c", "flush");
		assertThat(otherSink.calls()).containsExactly("write b", "flush");
		assertThat(untouchedSink.calls()).isEmpty();
	}

	@Test
	void whenTurnIsOverThenTheNextFrameIsFlushedAgain() {
		this.connection.send("a");
		this.executor.runAll();
		this.connection.send("b");
		this.executor.runAll();
		assertThat(this.sink.calls()).containsExactly("write a", "flush", "write b", "flush");
	}

	@Test
	void whenNothingWasWrittenThenNothingIsFlushed() {
		this.lane.execute(() -> {
		});
		this.executor.runAll();
		assertThat(this.sink.calls()).isEmpty();
	}

	@Test
	void whenTaskThrowsThenLaterTasksRunAndWhatWasWrittenIsFlushed() {
		List<String> ran = new ArrayList<>();
		this.connection.send("a");
		this.lane.execute(() -> {
			throw new IllegalStateException("Expected by a test");
		});
		this.lane.execute(() -> ran.add("same turn"));
		this.executor.runAll();
		this.lane.execute(() -> ran.add("next turn"));
		this.executor.runAll();
		assertThat(ran).containsExactly("same turn", "next turn");
		assertThat(this.sink.calls()).containsExactly("write a", "flush");
	}

	@Test
	void whenQueueIsLongThenConnectionsAreFlushedInBetweenAndNothingIsLost() {
		List<String> frames = IntStream.range(0, 1000).mapToObj(Integer::toString).toList();
		frames.forEach(this.connection::send);
		this.executor.runNext();
		assertThat(this.sink.frames()).hasSizeLessThan(1000);
		assertThat(this.sink.calls()).endsWith("flush");
		assertThat(this.executor.queued()).as("the rest is another turn, behind what waits").isEqualTo(1);
		this.executor.runAll();
		assertThat(this.sink.frames()).isEqualTo(frames);
		assertThat(this.sink.calls()).endsWith("flush");
		assertThat(Collections.frequency(this.sink.calls(), "flush")).isBetween(2, 10);
	}

	@Test
	void whenTaskHandsOverAnotherThenItRunsToo() {
		List<String> ran = new ArrayList<>();
		this.lane.execute(() -> {
			this.lane.execute(() -> ran.add("second"));
			ran.add("first");
		});
		this.executor.runAll();
		assertThat(ran).containsExactly("first", "second");
	}

	@Test
	void whenConnectionIsClosedThenWhatWasSentBeforeComesFirst() {
		this.connection.send("a");
		this.connection.close(CloseReason.GOING_AWAY);
		this.executor.runAll();
		assertThat(this.sink.calls()).containsExactly("write a", "flush", "close GOING_AWAY");
	}

	@Test
	void whenTickedThenConnectionsAreUntilTheyAreRemoved() {
		this.lane.add(this.connection);
		this.lane.tick(1);
		assertThat(this.sink.calls()).containsExactly("tick");
		this.lane.remove(this.connection);
		this.lane.tick(2);
		assertThat(this.sink.calls()).containsExactly("tick");
	}

	@Test
	void whenConnectionEndsInItsTickThenTheOthersAreTicked() {
		RecordingSink otherSink = new RecordingSink();
		this.lane.add(new Connection<>("c0", this.lane, new RecordingSink() {

			@Override
			public void tick(long nanoTime) {
				LaneTests.this.lane.remove(LaneTests.this.connection);
			}

		}));
		this.lane.add(this.connection);
		this.lane.add(new Connection<>("c2", this.lane, otherSink));
		this.lane.tick(1);
		assertThat(otherSink.calls()).containsExactly("tick");
	}

	@Test
	void whenExecutorIsShutDownThenExecutionIsSilent() {
		this.executor.shutdown();
		List<String> ran = new ArrayList<>();
		assertThatNoException().isThrownBy(() -> {
			this.lane.execute(() -> ran.add("first"));
			this.lane.execute(() -> ran.add("second"));
			this.connection.send("a");
			this.connection.close(CloseReason.GOING_AWAY);
		});
		this.executor.runAll();
		assertThat(ran).isEmpty();
		assertThat(this.sink.calls()).isEmpty();
	}

	@Test
	void whenExecutorIsShutDownThenNothingIsKept() {
		RealtimeEngine engine = new RealtimeEngine(new InMemoryBackplane(InstantSource.system(), new Random(1)),
				InstantSource.system(), 10);
		HistoryOptions history = new HistoryOptions(10, Duration.ofMinutes(5), 10);
		ChannelId channel = new ChannelId("acme", null, "contact.updated");
		TestClient client = new TestClient(engine, history, "c2", this.lane);
		client.subscribe("s1", channel, MessageFilter.all(), new Start.Live());
		this.executor.runAll();
		this.executor.shutdown();
		for (int i = 0; i < 1000; i++) {
			this.connection.send("a");
			engine.publish(channel, Requests.any(history));
		}
		assertThat(this.lane).extracting("queue.tasks", as(InstanceOfAssertFactories.ITERABLE)).isEmpty();
		assertThat(this.lane.queuedBytes()).isZero();
	}

	@Test
	void whenExecutorIsShutDownThenWhatWasQueuedBeforeStillRuns() {
		IntStream.range(0, 1000).forEach((i) -> this.connection.send("a"));
		this.executor.shutdown();
		this.executor.runAll();
		assertThat(this.sink.frames()).hasSize(1000);
		assertThat(this.sink.calls()).endsWith("flush");
	}

	@Test
	void whenManyThreadsHandOverThenTasksRunOneAtATimeInTheOrderOfEachThread() throws Exception {
		int threads = 4;
		int tasks = 5000;
		ExecutorService laneThread = Executors.newSingleThreadExecutor();
		ExecutorService producers = Executors.newFixedThreadPool(threads);
		try {
			Lane<String> lane = new Lane<>(new TextEncoder(), laneThread);
			Map<Integer, List<Integer>> ran = new HashMap<>();
			CountDownLatch done = new CountDownLatch(threads * tasks);
			for (int thread = 0; thread < threads; thread++) {
				int producer = thread;
				producers.execute(() -> IntStream.range(0, tasks).forEach((i) -> lane.execute(() -> {
					ran.computeIfAbsent(producer, (absent) -> new ArrayList<>()).add(i);
					done.countDown();
				})));
			}
			assertThat(done.await(9, TimeUnit.SECONDS)).as("no task is forgotten").isTrue();
			assertThat(ran.values()).hasSize(threads)
				.allSatisfy((numbers) -> assertThat(numbers).isEqualTo(IntStream.range(0, tasks).boxed().toList()));
		}
		finally {
			producers.shutdownNow();
			laneThread.shutdownNow();
		}
	}

}
