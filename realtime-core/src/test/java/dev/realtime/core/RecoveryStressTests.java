package dev.realtime.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import dev.realtime.StreamPosition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RealtimeEngine} with clients that lose their connection and come back
 * with the last position they saw, while others publish.
 */
@Timeout(120)
class RecoveryStressTests {

	private static final HistoryOptions HISTORY = new HistoryOptions(100_000, Duration.ofHours(1), 10);

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "contact.updated");

	private static final int CLIENTS = 4;

	private static final int CONNECTIONS = 60;

	private static final int PUBLISHERS = 2;

	private static final int BURST = 20;

	private final FaultyBackplane backplane = new FaultyBackplane(
			new InMemoryBackplane(InstantSource.system(), new Random(1)));

	private final RealtimeEngine engine = new RealtimeEngine(this.backplane, InstantSource.system(), 10,
			Duration.ofMinutes(1), (task, delay) -> Scheduler.common().schedule(task, delay.dividedBy(100)));

	private final TestLanes lanes = TestLanes.threads(new TextEncoder());

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private volatile boolean publishing = true;

	@AfterEach
	void close() {
		this.publishing = false;
		this.executor.shutdownNow();
		this.lanes.close();
		this.backplane.close();
	}

	@Test
	void whenClientsComeBackWithTheirPositionThenNothingIsMissingAndNothingComesTwice() throws Exception {
		comeAndGo();
	}

	@Test
	void whenTheBackplaneLosesPublicationsThenNothingIsMissingAndNothingComesTwice() throws Exception {
		this.backplane.setFaulty(true);
		comeAndGo();
		assertThat(this.backplane.lost()).isGreaterThan(100);
	}

	@Test
	void whenFiveThousandClientsComeBackAtOnceThenTheBackplaneIsAskedAFewTimes() throws Exception {
		int clients = 5000;
		StreamPosition seen = publish();
		for (int i = 0; i < 50; i++) {
			publish();
		}
		int before = this.backplane.calls();
		List<List<TestClient>> connected = new ArrayList<>();
		for (Future<List<TestClient>> future : start(CLIENTS, (number) -> {
			List<TestClient> mine = new ArrayList<>();
			for (int i = 0; i < clients / CLIENTS; i++) {
				TestClient client = connect(number + "-" + i, number);
				client.subscribe("s", CHANNEL, MessageFilter.all(), new Start.Since(seen));
				mine.add(client);
			}
			return mine;
		})) {
			connected.add(future.get());
		}
		for (TestClient client : connected.stream().flatMap(List::stream).toList()) {
			until(() -> client.frames().size() == 51);
			assertThat(client.frames().get(0)).endsWith("recovered=true");
		}
		assertThat(this.backplane.calls() - before).isLessThanOrEqualTo(3);
	}

	private void comeAndGo() throws Exception {
		List<Future<Void>> publishers = start(PUBLISHERS, (number) -> {
			for (int i = 1; this.publishing; i++) {
				publish();
				if (i % BURST == 0) {
					this.lanes.settle();
				}
			}
			return null;
		});
		List<Visitor> visitors = new ArrayList<>();
		for (Future<Visitor> visitor : start(CLIENTS, this::visit)) {
			visitors.add(visitor.get());
		}
		this.publishing = false;
		for (Future<Void> publisher : publishers) {
			publisher.get();
		}
		this.backplane.setFaulty(false);
		this.backplane.setDeaf(true);
		long last = publish().offset();
		this.backplane.interrupt();
		assertThat(last).isGreaterThan(CONNECTIONS * BURST);
		for (Visitor visitor : visitors) {
			until(() -> visitor.readsUpTo(last));
			visitor.client.disconnect();
		}
		assertThat(this.engine.hubCount()).isZero();
	}

	/**
	 * Connects again and again, and stays in the end.
	 */
	private Visitor visit(int number) throws Exception {
		Random random = new Random(number);
		Visitor visitor = new Visitor(publish());
		for (int i = 0; i < CONNECTIONS; i++) {
			visitor.client = connect(number + "-" + i, random.nextInt(2));
			do {
				visitor.client.subscribe("s", CHANNEL, MessageFilter.all(), new Start.Since(visitor.seen));
				until(() -> !visitor.client.frames().isEmpty() || !visitor.client.failures().isEmpty());
			}
			while (visitor.isDenied());
			long enough = visitor.seen.offset() + random.nextInt(200);
			until(() -> visitor.readsUpTo(enough));
			if (i < CONNECTIONS - 1) {
				visitor.client.disconnect();
			}
		}
		return visitor;
	}

	private static void until(Callable<Boolean> condition) {
		await().atMost(Duration.ofMinutes(1))
			.pollDelay(Duration.ZERO)
			.pollInterval(Duration.ofMillis(1))
			.until(condition);
	}

	private StreamPosition publish() {
		return this.engine.publish(CHANNEL, Requests.any(HISTORY)).join();
	}

	private TestClient connect(String id, int lane) {
		return new TestClient(this.engine, HISTORY, id, this.lanes.get(lane % 2));
	}

	private <T> List<Future<T>> start(int count, Task<T> task) {
		return IntStream.range(0, count)
			.mapToObj((number) -> this.executor.submit((Callable<T>) () -> task.run(number)))
			.toList();
	}

	interface Task<T> {

		T run(int number) throws Exception;

	}

	/**
	 * A client over all its connections.
	 */
	private static final class Visitor {

		private StreamPosition seen;

		private TestClient client;

		Visitor(StreamPosition seen) {
			this.seen = seen;
		}

		/**
		 * Whether the attempt to subscribe failed, and has to be repeated.
		 */
		boolean isDenied() {
			boolean denied = !this.client.failures().isEmpty();
			this.client.failures().clear();
			return denied;
		}

		/**
		 * Reads what has come, after checking that each publication follows the one
		 * before, over all connections.
		 */
		boolean readsUpTo(long offset) {
			for (String frame : this.client.newFrames()) {
				String[] words = frame.split(" ");
				if (words[0].equals("MESSAGE")) {
					assertThat(words[2]).isEqualTo(next().toString());
					this.seen = next();
				}
				else {
					assertThat(frame).startsWith("RECEIPT").endsWith("recovered=true");
				}
			}
			return this.seen.offset() >= offset;
		}

		private StreamPosition next() {
			return new StreamPosition(this.seen.epoch(), this.seen.offset() + 1);
		}

	}

}
