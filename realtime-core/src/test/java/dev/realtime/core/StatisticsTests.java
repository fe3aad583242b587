package dev.realtime.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a node counts.
 */
@Timeout(30)
class StatisticsTests {

	private static final ChannelId PRICES = new ChannelId("acme", null, "prices");

	private static final ChannelId NEWS = new ChannelId("acme", null, "news");

	private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

	private final HistoryOptions history = new HistoryOptions(10, Duration.ofHours(1), 1000);

	private final TestBackplane backplane = new TestBackplane();

	private final RealtimeEngine engine = new RealtimeEngine(this.backplane,
			InstantSource.fixed(START.plus(Duration.ofMillis(250))), 2, Duration.ofMinutes(1), new ManualScheduler());

	private final Queue<Runnable> turns = new ArrayDeque<>();

	private final Lane<String> lane = new Lane<>(this.engine.transport("test"), new TextEncoder(), this.turns::add);

	private final TestSink sink = new TestSink();

	private final Connection<String> connection = this.engine.connect("c1", this.lane, this.sink);

	@Test
	void whenConnectionsComeAndGoThenWhatIsThereReturnsToZero() {
		Connection<String> second = this.engine.connect("c2", this.lane, new TestSink());
		subscribe(this.connection, "s1", PRICES);
		subscribe(this.connection, "s2", NEWS);
		subscribe(second, "s1", PRICES);
		assertThere(2, 3, 2);
		this.engine.unsubscribe(this.connection, "s2");
		assertThere(2, 2, 1);
		this.engine.disconnect(this.connection);
		assertThere(1, 1, 1);
		this.engine.disconnect(second);
		this.engine.disconnect(second);
		assertThere(0, 0, 0);
	}

	@Test
	void whenSubscriptionIsRefusedThenItIsNotThere() {
		subscribe(this.connection, "s1", PRICES);
		assertThat(subscribe(this.connection, "s1", NEWS)).isEqualTo(SubscribeOutcome.DUPLICATE_ID);
		subscribe(this.connection, "s2", PRICES);
		assertThat(subscribe(this.connection, "s3", NEWS)).isEqualTo(SubscribeOutcome.TOO_MANY);
		assertThere(1, 2, 1);
		this.engine.disconnect(this.connection);
		assertThat(subscribe(this.connection, "s4", NEWS)).isEqualTo(SubscribeOutcome.CLOSED);
		assertThere(0, 0, 0);
	}

	@Test
	void whenBackplaneFailsThenTheSubscriptionIsNotThere() {
		this.backplane.failing = true;
		subscribe(this.connection, "s1", PRICES);
		assertThere(1, 0, 0);
	}

	@Test
	void whenServerEndsConnectionThenItsFirstReasonIsCountedOnce() {
		this.connection.close(CloseReason.PROTOCOL_ERROR);
		this.connection.close(CloseReason.NORMAL);
		this.engine.disconnect(this.connection);
		this.engine.disconnect(this.connection);
		run();
		assertCloses(Map.of(CloseReason.PROTOCOL_ERROR, 1L), 0);
	}

	@Test
	void whenTransportEndsConnectionThenItsReasonIsCounted() {
		this.sink.closeReason = CloseReason.SLOW_CONSUMER;
		this.connection.close(CloseReason.NORMAL);
		this.engine.disconnect(this.connection);
		assertCloses(Map.of(CloseReason.SLOW_CONSUMER, 1L), 0);
	}

	@Test
	void whenClientJustGoesThenItIsCountedAsGone() {
		this.engine.disconnect(this.connection);
		this.connection.close(CloseReason.NORMAL);
		this.engine.disconnect(this.connection);
		run();
		assertCloses(Map.of(), 1);
	}

	@Test
	void whenSomethingIsWrittenThenItIsCountedOncePerSubscription() {
		subscribe(this.connection, "s1", PRICES);
		subscribe(this.connection, "s2", PRICES);
		publish(PRICES, 1, null);
		publish(PRICES, 1, "c1");
		publish(NEWS, 1, null);
		run();
		assertThat(this.engine.statistics().publications()).isEqualTo(3);
		assertThat(statistics().deliveries()).isEqualTo(2);
	}

	@Test
	void whenPastIsWrittenThenItIsCounted() {
		StreamPosition first = publish(PRICES, 1, null);
		publish(PRICES, 2, null);
		publish(PRICES, 3, null);
		this.engine.subscribe(this.connection, request("s1", PRICES, new Start.Since(first), null), (ex) -> {
		});
		this.engine.subscribe(this.connection, request("s2", PRICES, new Start.Last(List.of()), null), (ex) -> {
		});
		run();
		assertThat(statistics().deliveries()).isEqualTo(3);
	}

	@Test
	void whenPublicationsAreWrittenThenTheirTimeIsObservedOncePerLane() {
		List<Long> times = new ArrayList<>();
		this.engine.observe((transport) -> times::add);
		subscribe(this.connection, "s1", PRICES);
		subscribe(this.connection, "s2", PRICES);
		publish(PRICES, 1, null);
		publish(PRICES, 2, null);
		publish(PRICES, 3, "c1");
		assertThat(times).isEmpty();
		run();
		assertThat(times).hasSize(2)
			.allSatisfy((nanos) -> assertThat(Duration.ofNanos(nanos)).isBetween(Duration.ofMillis(250),
					Duration.ofSeconds(30)));
	}

	@Test
	void whenTransportComesLaterThenItIsObservedToo() {
		List<String> observed = new ArrayList<>();
		this.engine.observe((transport) -> {
			observed.add(transport.name());
			return (nanos) -> {
			};
		});
		assertThat(this.engine.transport("late")).isSameAs(this.engine.transport("late"));
		assertThat(observed).containsExactly("test", "late");
	}

	@Test
	void whenObserverFailsThenTheLaneGoesOn() {
		this.engine.observe((transport) -> (nanos) -> {
			throw new IllegalStateException("on purpose");
		});
		subscribe(this.connection, "s1", PRICES);
		publish(PRICES, 1, null);
		run();
		publish(PRICES, 2, null);
		run();
		assertThat(statistics().deliveries()).isEqualTo(2);
	}

	@Test
	void whenNewerTakesThePlaceOfOlderThenTheOlderIsCountedAsConflated() {
		this.engine.subscribe(this.connection, request("s1", PRICES, new Start.Live(), List.of("id")), (ex) -> {
		});
		this.sink.writable = false;
		publish(PRICES, 1, null);
		publish(PRICES, 2, null);
		publish(PRICES, 1, null);
		run();
		assertThat(statistics().deliveries()).isZero();
		assertDrops(DropReason.CONFLATED, 1);
		this.sink.writable = true;
		publish(NEWS, 1, null);
		this.lane.execute(() -> {
		});
		run();
		assertThat(statistics().deliveries()).isEqualTo(2);
	}

	@Test
	void whenLaneIsBehindThenItsBacklogShowsAndWhatItMissesIsCounted() {
		subscribe(this.connection, "s1", PRICES);
		run();
		byte[] large = new byte[1024 * 1024];
		for (int i = 0; i < 100; i++) {
			publish(PRICES, large);
		}
		assertThat(statistics().queuedBytes()).isBetween(LaneQueue.MAX_QUEUED_BYTES / 2, LaneQueue.MAX_QUEUED_BYTES);
		run();
		assertThat(statistics().queuedBytes()).isZero();
		assertThat(statistics().deliveries()).isLessThan(100);
		assertDrops(DropReason.LANE_BEHIND, 100 - statistics().deliveries());
	}

	@Test
	void whenBackplaneLeavesOutMoreThanItsHistoryThenTheDifferenceIsCounted() {
		subscribe(this.connection, "s1", PRICES);
		publish(PRICES, 1, null);
		this.backplane.deaf = true;
		for (int i = 0; i < this.history.size() + 2; i++) {
			publish(PRICES, 2, null);
		}
		this.backplane.deaf = false;
		publish(PRICES, 3, null);
		run();
		assertThat(statistics().deliveries()).isEqualTo(1 + this.history.size());
		assertDrops(DropReason.BACKPLANE_GAP, 3);
	}

	@Test
	void whenConnectionEndsThenWhatWasNotSentIsCountedOnce() {
		this.sink.dropped = 7;
		run();
		this.engine.disconnect(this.connection);
		this.engine.disconnect(this.connection);
		run();
		assertDrops(DropReason.DISCONNECTED, 7);
	}

	private TransportStatistics statistics() {
		assertThat(this.engine.statistics().transports()).hasSize(1);
		return this.engine.statistics().transports().get(0);
	}

	private void assertThere(long connections, long subscriptions, int channels) {
		run();
		assertThat(statistics().connections()).as("connections").isEqualTo(connections);
		assertThat(statistics().subscriptions()).as("subscriptions").isEqualTo(subscriptions);
		assertThat(this.engine.statistics().channels()).as("channels").isEqualTo(channels);
	}

	private void assertCloses(Map<CloseReason, Long> expected, long clientsGone) {
		for (CloseReason reason : CloseReason.values()) {
			assertThat(statistics().closes(reason)).as("%s", reason).isEqualTo(expected.getOrDefault(reason, 0L));
		}
		assertThat(statistics().clientsGone()).isEqualTo(clientsGone);
	}

	private void assertDrops(DropReason reason, long count) {
		assertThat(statistics().drops(reason)).isEqualTo(count);
		assertThat(statistics().allDrops()).isEqualTo(count);
	}

	private void run() {
		for (Runnable turn = this.turns.poll(); turn != null; turn = this.turns.poll()) {
			turn.run();
		}
	}

	private SubscribeOutcome subscribe(Connection<String> connection, String id, ChannelId channel) {
		return this.engine.subscribe(connection, request(id, channel, new Start.Live(), null), (ex) -> {
		});
	}

	private SubscriptionRequest request(String id, ChannelId channel, Start start, @Nullable List<String> conflateBy) {
		return new SubscriptionRequest(id, channel, MessageFilter.all(), start, null, this.history, conflateBy);
	}

	private StreamPosition publish(ChannelId channel, long id, @Nullable String except) {
		return publish(channel,
				new PublicationRequest(new byte[1], Map.of("id", id), null, null, except, null, this.history));
	}

	private void publish(ChannelId channel, byte[] data) {
		publish(channel, new PublicationRequest(data, Map.of(), null, null, null, null, this.history));
	}

	private StreamPosition publish(ChannelId channel, PublicationRequest request) {
		return this.engine.publish(channel, request).join();
	}

	/**
	 * In memory, and sometimes not up to it.
	 */
	private static final class TestBackplane implements Backplane {

		private final InMemoryBackplane delegate = new InMemoryBackplane(InstantSource.fixed(START), new Random(1));

		private boolean failing;

		private boolean deaf;

		@Override
		public void start(BackplaneListener listener) {
			this.delegate.start((channel, publication) -> {
				if (!this.deaf) {
					listener.onPublication(channel, publication);
				}
			});
		}

		@Override
		public CompletableFuture<StreamPosition> append(ChannelId channel, PublicationRequest request) {
			return this.delegate.append(channel, request);
		}

		@Override
		public void broadcast(ChannelId channel, Ephemeral ephemeral) {
			this.delegate.broadcast(channel, ephemeral);
		}

		@Override
		public CompletableFuture<Void> subscribe(ChannelId channel) {
			return this.failing ? CompletableFuture.failedFuture(new IllegalStateException("on purpose"))
					: this.delegate.subscribe(channel);
		}

		@Override
		public void unsubscribe(ChannelId channel) {
			this.delegate.unsubscribe(channel);
		}

		@Override
		public CompletableFuture<ChannelPast> past(ChannelId channel, int limit) {
			return this.delegate.past(channel, limit);
		}

		@Override
		public CompletableFuture<List<Publication>> lastByKey(ChannelId channel,
				Collection<List<@Nullable Object>> keys) {
			return this.delegate.lastByKey(channel, keys);
		}

		@Override
		public void close() {
			this.delegate.close();
		}

	}

	/**
	 * In a state of the test's choice.
	 */
	private static final class TestSink implements FrameSink<String> {

		private boolean writable = true;

		private @Nullable CloseReason closeReason;

		private long dropped;

		@Override
		public void write(String frame, int frames) {
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

		@Override
		public @Nullable CloseReason closeReason() {
			return this.closeReason;
		}

		@Override
		public long dropped() {
			return this.dropped;
		}

	}

	/**
	 * Frames nobody reads.
	 */
	private static final class TextEncoder implements FrameEncoder<String> {

		@Override
		public String message(Publication publication, Subscription<String> subscription, DeliveryMode mode) {
			return "message";
		}

		@Override
		public String live(Subscription<String> subscription, String receipt, StreamPosition position,
				@Nullable Boolean recovered) {
			return "live";
		}

		@Override
		public String gap(Subscription<String> subscription) {
			return "gap";
		}

	}

}
