package dev.realtime.core;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
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
 * Where subscriptions are that little of their channel is for.
 */
@Timeout(10)
class PositionTests {

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "contacts");

	private static final Duration INTERVAL = Duration.ofSeconds(10);

	private final HistoryOptions history = new HistoryOptions(8, Duration.ofMinutes(4), 100);

	private final ManualExecutor executor = new ManualExecutor();

	private final Lane<String> lane = new Lane<>(new PositionEncoder(), this.executor);

	private final RecordingSink sink = new RecordingSink();

	private RealtimeEngine engine;

	private Connection<String> connection;

	private long now;

	@BeforeEach
	void connect() {
		this.engine = new RealtimeEngine(new InMemoryBackplane(InstantSource.system(), new Random(1)),
				InstantSource.system(), 128);
		this.connection = this.engine.connect("c1", this.lane, this.sink);
		this.now = System.nanoTime();
	}

	@Test
	void whenMuchPassesTheFilterByThenClientIsToldWhereItIs() {
		this.connection.tellPositions(INTERVAL);
		subscribe("s1", idIsOne(), null);
		StreamPosition newest = publish(2, 10);
		assertThat(look(INTERVAL)).containsExactly("position s1 {\"position\":\"" + newest + "\"}");
		assertThat(look(INTERVAL)).as("it knows").isEmpty();
		newest = publish(2, 2);
		assertThat(look(Duration.ofSeconds(9))).as("not so soon").isEmpty();
		assertThat(look(Duration.ofSeconds(1))).containsExactly("position s1 {\"position\":\"" + newest + "\"}");
	}

	@Test
	void whenItIsToldThenThatRecoversWhatTheLastMessageWouldNot() {
		this.connection.tellPositions(INTERVAL);
		subscribe("s1", idIsOne(), null);
		StreamPosition seen = publish(1, 1);
		StreamPosition told = publish(2, 20);
		assertThat(look(INTERVAL)).endsWith("position s1 {\"position\":\"" + told + "\"}");
		publish(2, 3);
		assertThat(receipt("s2", seen)).endsWith("recovered=false");
		assertThat(receipt("s3", told)).endsWith("recovered=true");
	}

	@Test
	void whenLittlePassesByThenItIsToldBeforeThatIsTooOld() {
		this.connection.tellPositions(INTERVAL);
		subscribe("s1", idIsOne(), null);
		StreamPosition newest = publish(2, 1);
		assertThat(look(INTERVAL)).as("the history reaches back to it").isEmpty();
		assertThat(look(Duration.ofMinutes(1))).containsExactly("position s1 {\"position\":\"" + newest + "\"}");
		assertThat(look(Duration.ofMinutes(10))).as("nothing was published").isEmpty();
	}

	@Test
	void whenNobodyAskedOrThereIsNoFilterThenNothingIsTold() {
		subscribe("s1", idIsOne(), null);
		publish(2, 20);
		assertThat(look(INTERVAL)).isEmpty();
		this.engine.unsubscribe(this.connection, "s1");
		this.connection.tellPositions(INTERVAL);
		subscribe("s2", MessageFilter.all(), null);
		publish(2, 20);
		assertThat(look(INTERVAL)).allSatisfy((frame) -> assertThat(frame).startsWith("MESSAGE s2 "));
	}

	@Test
	void whenMessagesAreStillHeldBackThenNothingIsTold() {
		this.connection.tellPositions(INTERVAL);
		subscribe("s1", idIsOne(), List.of("id"));
		this.sink.setWritable(false);
		publish(1, 2);
		publish(2, 20);
		assertThat(look(INTERVAL)).isEmpty();
		this.sink.setWritable(true);
		StreamPosition newest = publish(2, 1);
		assertThat(look(INTERVAL)).hasSize(3).endsWith("position s1 {\"position\":\"" + newest + "\"}");
	}

	@Test
	void whenThereWasAGapThenNothingIsToldUntilTheNextPublication() {
		this.connection.tellPositions(INTERVAL);
		subscribe("s1", idIsOne(), null);
		byte[] large = new byte[1024 * 1024];
		for (int i = 0; i < 64; i++) {
			this.engine.publish(CHANNEL,
					new PublicationRequest(large, Map.of("id", 2L), null, null, null, null, this.history));
		}
		assertThat(look(INTERVAL)).startsWith("GAP s1");
		StreamPosition newest = publish(2, 1);
		assertThat(look(INTERVAL)).containsExactly("position s1 {\"position\":\"" + newest + "\"}");
	}

	/**
	 * The frames until some time later.
	 */
	private List<String> look(Duration later) {
		this.executor.runAll();
		this.now += later.toNanos();
		this.lane.execute(() -> this.lane.tick(this.now));
		this.executor.runAll();
		return this.sink.clear();
	}

	private String receipt(String id, StreamPosition since) {
		this.sink.clear();
		this.engine.subscribe(this.connection,
				new SubscriptionRequest(id, CHANNEL, idIsOne(), new Start.Since(since), "r", this.history), (ex) -> {
				});
		this.executor.runAll();
		return this.sink.frames().get(0);
	}

	private void subscribe(String id, MessageFilter filter, @Nullable List<String> conflateBy) {
		this.engine.subscribe(this.connection,
				new SubscriptionRequest(id, CHANNEL, filter, new Start.Live(), null, this.history, conflateBy),
				(ex) -> {
				});
		look(INTERVAL);
	}

	private static MessageFilter idIsOne() {
		return MessageFilter.of(Map.of("id", List.of(1)));
	}

	private StreamPosition publish(long id, int count) {
		StreamPosition newest = new StreamPosition("none", 0);
		for (int i = 0; i < count; i++) {
			newest = this.engine.publish(CHANNEL, Requests.about(id, this.history)).join();
		}
		return newest;
	}

	/**
	 * Writes words about subscriptions, too.
	 */
	private static final class PositionEncoder implements FrameEncoder<String> {

		private final TextEncoder encoder = new TextEncoder();

		@Override
		public String message(Publication publication, Subscription<String> subscription, DeliveryMode mode) {
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

		@Override
		public String control(Subscription<String> subscription, String kind, byte[] body) {
			return kind + " " + subscription.id() + " " + new String(body, StandardCharsets.UTF_8);
		}

	}

}
