package dev.realtime.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of a {@link Lane} and its connections when something throws, be it that
 * there is no memory for a buffer.
 */
@Timeout(10)
class LaneFailureTests {

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "contacts");

	private final HistoryOptions history = new HistoryOptions(100, Duration.ofHours(1), 100);

	private final ManualExecutor executor = new ManualExecutor();

	private final FailingEncoder encoder = new FailingEncoder();

	private final Lane<String> lane = new Lane<>(this.encoder, this.executor);

	private final RealtimeEngine engine = new RealtimeEngine(
			new InMemoryBackplane(InstantSource.system(), new Random(1)), InstantSource.system(), 128);

	private final RecordingSink sink = new RecordingSink();

	private final Connection<String> connection = this.engine.connect("c1", this.lane, this.sink);

	@Test
	void whenAFrameCanNotBeMadeThenItsConnectionEndsBeforeAnythingLaterAndOthersGoOn() {
		RecordingSink otherSink = new RecordingSink();
		subscribe(this.connection, "bad");
		subscribe(this.engine.connect("c2", this.lane, otherSink), "good");
		StreamPosition before = publish();
		this.executor.runAll();
		this.encoder.failing = "bad";
		StreamPosition first = publish();
		this.lane.execute(() -> this.encoder.failing = null);
		StreamPosition second = publish();
		this.executor.runAll();
		assertThat(this.sink.frames()).containsExactly("MESSAGE bad " + before + " LIVE");
		assertThat(this.sink.calls()).contains("close INTERNAL_ERROR");
		assertThat(otherSink.frames()).containsExactly("MESSAGE good " + before + " LIVE",
				"MESSAGE good " + first + " LIVE", "MESSAGE good " + second + " LIVE");
	}

	@Test
	void whenABeginningCanNotBeWrittenThenTheConnectionEnds() {
		this.encoder.failing = "bad";
		publish();
		this.engine.subscribe(this.connection, new SubscriptionRequest("bad", CHANNEL, MessageFilter.all(),
				new Start.Last(List.of()), "r", this.history), (ex) -> {
				});
		this.executor.runAll();
		assertThat(this.sink.calls()).contains("close INTERNAL_ERROR");
	}

	@Test
	void whenASinkThrowsThenItsConnectionEndsAndTheLaneGoesOn() {
		RecordingSink broken = new RecordingSink() {

			@Override
			public synchronized void flush() {
				throw new LinkageError("Expected by a test");
			}

		};
		Connection<String> bad = this.engine.connect("c2", this.lane, broken);
		bad.send("a");
		this.connection.send("b");
		this.executor.runAll();
		bad.send("c");
		this.connection.send("d");
		this.executor.runAll();
		assertThat(broken.frames()).containsExactly("a");
		assertThat(broken.calls()).contains("close INTERNAL_ERROR");
		assertThat(this.sink.frames()).containsExactly("b", "d");
	}

	@Test
	void whenATaskThrowsAnErrorThenTheLaneGoesOn() {
		this.lane.execute(() -> {
			throw new LinkageError("Expected by a test");
		});
		this.connection.send("a");
		this.executor.runAll();
		this.connection.send("b");
		this.executor.runAll();
		assertThat(this.sink.frames()).containsExactly("a", "b");
	}

	@Test
	void whenOneConnectionCanNotLookAtTheClockThenOthersDo() {
		this.connection.onTick((now) -> {
			throw new IllegalStateException("Expected by a test");
		});
		RecordingSink otherSink = new RecordingSink();
		this.engine.connect("c2", this.lane, otherSink);
		this.lane.execute(() -> this.lane.tick(1));
		this.executor.runAll();
		assertThat(otherSink.calls()).contains("tick");
	}

	private void subscribe(Connection<String> connection, String id) {
		this.engine.subscribe(connection,
				new SubscriptionRequest(id, CHANNEL, MessageFilter.all(), new Start.Live(), null, this.history),
				(ex) -> {
				});
		this.executor.runAll();
	}

	private StreamPosition publish() {
		return this.engine
			.publish(CHANNEL, new PublicationRequest(new byte[1], Map.of(), null, null, null, null, this.history))
			.join();
	}

	/**
	 * Has no memory for the frames of one subscription.
	 */
	private static final class FailingEncoder implements FrameEncoder<String> {

		private final TextEncoder encoder = new TextEncoder();

		@Nullable String failing;

		@Override
		public String message(Publication publication, Subscription<String> subscription, DeliveryMode mode) {
			if (subscription.id().equals(this.failing)) {
				throw new LinkageError("Expected by a test");
			}
			return this.encoder.message(publication, subscription, mode);
		}

		@Override
		public String live(Subscription<String> subscription, String receipt, StreamPosition position,
				@Nullable Boolean recovered) {
			return this.encoder.live(subscription, receipt, position, recovered);
		}

		@Override
		public String gap(Subscription<String> subscription) {
			return this.encoder.gap(subscription);
		}

	}

}
