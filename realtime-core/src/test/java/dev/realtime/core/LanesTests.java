package dev.realtime.core;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link Lanes}.
 */
@Timeout(10)
class LanesTests {

	@Test
	void whenConnectionsComeThenLanesTakeTurns() {
		try (Lanes<String> lanes = lanes(3, Duration.ofHours(1))) {
			List<Lane<String>> first = List.of(lanes.next(), lanes.next(), lanes.next());
			List<Lane<String>> second = List.of(lanes.next(), lanes.next(), lanes.next());
			assertThat(first).doesNotHaveDuplicates();
			assertThat(second).isEqualTo(first);
		}
	}

	@Test
	void whenTasksAreHandedOverThenEachLaneHasItsThread() throws Exception {
		try (Lanes<String> lanes = lanes(2, Duration.ofHours(1))) {
			Lane<String> first = lanes.next();
			Lane<String> second = lanes.next();
			assertThat(threadOf(first)).isSameAs(threadOf(first)).isNotSameAs(threadOf(second));
			assertThat(threadOf(first).getName()).startsWith("test-");
			assertThat(threadOf(first).isDaemon()).isTrue();
		}
	}

	@Test
	void whenTimePassesThenConnectionsAreTicked() throws Exception {
		try (Lanes<String> lanes = lanes(2, Duration.ofMillis(1))) {
			RecordingSink sink = new RecordingSink();
			Lane<String> lane = lanes.next();
			lane.execute(() -> lane.add(new Connection<>("c1", lane, sink)));
			sink.awaitCall("tick"::equals);
			assertThat(sink.calls()).contains("tick");
		}
	}

	@Test
	void whenClosedThenWhatIsQueuedRunsAndLaterTasksAreDropped() throws Exception {
		Lanes<String> lanes = lanes(1, Duration.ofHours(1));
		Lane<String> lane = lanes.next();
		CompletableFuture<Void> gate = new CompletableFuture<>();
		CompletableFuture<String> queued = new CompletableFuture<>();
		Thread thread = threadOf(lane);
		lane.execute(gate::join);
		lane.execute(() -> queued.complete(Thread.currentThread().isInterrupted() ? "interrupted" : "ran"));
		lanes.close();
		gate.complete(null);
		assertThat(queued.get(5, TimeUnit.SECONDS)).isEqualTo("ran");
		thread.join(5000);
		assertThat(thread.isAlive()).isFalse();
		assertThatNoException().isThrownBy(() -> lane.execute(() -> queued.obtrudeValue("too late")));
		assertThat(queued.join()).isEqualTo("ran");
	}

	private static Lanes<String> lanes(int count, Duration tick) {
		return new Lanes<>(count, "test", new TextEncoder(), tick);
	}

	private static Thread threadOf(Lane<String> lane) throws Exception {
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		lane.execute(() -> thread.complete(Thread.currentThread()));
		return Objects.requireNonNull(thread.get(5, TimeUnit.SECONDS));
	}

}
