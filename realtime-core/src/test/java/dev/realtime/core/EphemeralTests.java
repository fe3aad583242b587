package dev.realtime.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
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
 * What passes by: who gets it, and what becomes of it under load.
 */
@Timeout(30)
class EphemeralTests {

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "document.42");

	private static final Sender ADA = new Sender("ada", "p1");

	private final HistoryOptions history = new HistoryOptions(100, Duration.ofHours(1), 1000);

	private final Transport transport = new Transport("test");

	private final ManualExecutor executor = new ManualExecutor();

	private final Lane<String> lane = new Lane<>(this.transport, new Encoder(), this.executor);

	private final RecordingSink sink = new RecordingSink();

	private RealtimeEngine engine;

	private Connection<String> connection;

	@BeforeEach
	void connect() {
		this.engine = new RealtimeEngine(new InMemoryBackplane(InstantSource.system(), new Random(1)),
				InstantSource.system(), 128);
		this.connection = connect("c1", this.sink);
		this.connection.setUser("ben");
	}

	@Test
	void whenSomethingIsBroadcastThenSubscribersGetItAndNobodyLater() {
		subscribe(this.connection, MessageFilter.all());
		broadcast("typing", ADA, "1", null, null);
		this.executor.runAll();
		assertThat(this.sink.frames()).containsExactly("typing ada 1 EPHEMERAL");
		RecordingSink late = new RecordingSink();
		subscribe(connect("c2", late), MessageFilter.all());
		this.executor.runAll();
		assertThat(late.frames()).isEmpty();
	}

	@Test
	void whenItIsForOneUserThenTheOthersDoNotGetIt() {
		RecordingSink other = new RecordingSink();
		RecordingSink nobody = new RecordingSink();
		Connection<String> carol = connect("c2", other);
		carol.setUser("carol");
		subscribe(this.connection, MessageFilter.all());
		subscribe(carol, MessageFilter.all());
		subscribe(connect("c3", nobody), MessageFilter.all());
		broadcast("offer", ADA, "1", null, "ben");
		broadcast("offer", ADA, "2", null, "carol");
		this.executor.runAll();
		assertThat(this.sink.frames()).containsExactly("offer ada 1 EPHEMERAL");
		assertThat(other.frames()).containsExactly("offer ada 2 EPHEMERAL");
		assertThat(nobody.frames()).isEmpty();
	}

	@Test
	void whenAConnectionIsLeftOutOrDoesNotWantItThenItDoesNotGetIt() {
		RecordingSink picky = new RecordingSink();
		subscribe(this.connection, MessageFilter.all());
		subscribe(connect("c2", picky), MessageFilter.of(Map.of("id", List.of("2"))));
		broadcast("typing", ADA, "1", "c1", null);
		broadcast("typing", ADA, "2", "c1", null);
		this.executor.runAll();
		assertThat(this.sink.frames()).isEmpty();
		assertThat(picky.frames()).containsExactly("typing ada 2 EPHEMERAL");
	}

	@Test
	void whenClientDoesNotKeepUpThenTheNewestOfEachEventAndSenderWaits() {
		subscribe(this.connection, MessageFilter.all());
		this.executor.runAll();
		this.sink.setWritable(false);
		Sender eve = new Sender("eve", "p2");
		for (int i = 0; i < 1000; i++) {
			broadcast("cursor", (i % 2 == 0) ? ADA : eve, Integer.toString(i), null, null);
		}
		broadcast("typing", ADA, "1000", null, null);
		this.executor.runAll();
		assertThat(this.sink.frames()).isEmpty();
		this.sink.setWritable(true);
		broadcast("cursor", eve, "1001", null, null);
		this.executor.runAll();
		assertThat(this.sink.frames()).containsExactly("cursor ada 998 EPHEMERAL", "typing ada 1000 EPHEMERAL",
				"cursor eve 1001 EPHEMERAL");
		assertThat(this.transport.statistics().drops(DropReason.CONFLATED)).isEqualTo(999);
		broadcast("cursor", eve, "1002", null, null);
		this.executor.runAll();
		assertThat(this.sink.frames()).endsWith("cursor eve 1002 EPHEMERAL");
	}

	@Test
	void whenClientDoesNotKeepUpThenOrdinaryPublicationsAreSentAsEver() {
		subscribe(this.connection, MessageFilter.all());
		this.executor.runAll();
		this.sink.setWritable(false);
		broadcast("cursor", ADA, "1", null, null);
		this.engine.publish(CHANNEL, Requests.any(this.history));
		this.executor.runAll();
		assertThat(this.sink.frames()).singleElement().asString().endsWith(" LIVE");
	}

	@Test
	void whenSomebodyInventsEventsThenWhatWaitsIsBounded() {
		subscribe(this.connection, MessageFilter.all());
		this.executor.runAll();
		this.sink.setWritable(false);
		int events = HeldBack.MAX_EVENTS + 50;
		for (int i = 0; i < events; i++) {
			broadcast("event" + i, ADA, Integer.toString(i), null, null);
		}
		this.executor.runAll();
		this.sink.setWritable(true);
		this.lane.execute(() -> {
		});
		this.executor.runAll();
		assertThat(this.sink.frames()).hasSize(HeldBack.MAX_EVENTS).startsWith("event50 ada 50 EPHEMERAL");
		assertThat(this.transport.statistics().drops(DropReason.EPHEMERAL)).isEqualTo(50);
		HeldBack<String> large = new HeldBack<>();
		for (int i = 0; i < 10; i++) {
			large.put(this.connection.subscriptions().get(0), publication("e" + i, new byte[HeldBack.MAX_BYTES / 4]));
		}
		assertThat(large.makeRoom()).isEqualTo(6);
		large.put(this.connection.subscriptions().get(0), publication("huge", new byte[HeldBack.MAX_BYTES + 1]));
		assertThat(large.makeRoom()).isEqualTo(4);
	}

	@Test
	void whenSubscriptionEndsThenNothingIsLeftOfWhatWaited() {
		subscribe(this.connection, MessageFilter.all());
		this.executor.runAll();
		this.sink.setWritable(false);
		broadcast("cursor", ADA, "1", null, null);
		this.executor.runAll();
		this.engine.unsubscribe(this.connection, "s1");
		this.sink.setWritable(true);
		this.executor.runAll();
		assertThat(this.sink.frames()).isEmpty();
	}

	@Test
	void whenLaneIsFullThenItIsDroppedAndCountedButPublicationsArrive() {
		subscribe(this.connection, MessageFilter.all());
		this.executor.runAll();
		int size = 1024 * 1024;
		for (int i = 0; i < 40; i++) {
			this.engine.broadcast(CHANNEL, request("big", ADA, new byte[size], "1", null), null);
		}
		assertThat(this.lane.queuedBytes()).isLessThanOrEqualTo(LaneQueue.MAX_QUEUED_BYTES);
		this.executor.runAll();
		long dropped = this.transport.statistics().drops(DropReason.EPHEMERAL);
		assertThat(dropped).isGreaterThan(0);
		assertThat(this.sink.frames()).hasSize(40 - (int) dropped);
	}

	@Test
	void whenNobodyIsThereThenNothingHappens() {
		broadcast("typing", ADA, "1", null, null);
		assertThat(this.engine.hubCount()).isZero();
	}

	private Connection<String> connect(String id, RecordingSink sink) {
		return this.engine.connect(id, this.lane, sink);
	}

	private void subscribe(Connection<String> connection, MessageFilter filter) {
		SubscriptionRequest request = new SubscriptionRequest("s1", CHANNEL, filter, new Start.Live(), null,
				this.history);
		this.engine.subscribe(connection, request, (ex) -> {
		});
		this.executor.runAll();
	}

	private void broadcast(String event, Sender sender, String id, @Nullable String except, @Nullable String toUser) {
		this.engine.broadcast(CHANNEL, request(event, sender, new byte[1], id, except), toUser);
	}

	private PublicationRequest request(String event, Sender sender, byte[] data, String id, @Nullable String except) {
		return new PublicationRequest(data, Map.of("id", id), event, null, except, null, sender, this.history);
	}

	private static Publication publication(String event, byte[] data) {
		return new Publication(new StreamPosition("n", 1), 1, event, data, new HashMap<>(), null, ADA);
	}

	/**
	 * Writes frames as text, such as {@code typing ada 1 EPHEMERAL}.
	 */
	private static final class Encoder implements FrameEncoder<String> {

		@Override
		public String message(Publication publication, Subscription<String> subscription, DeliveryMode mode) {
			Sender sender = publication.sender();
			return publication.event() + " " + ((sender != null) ? sender.user() : "nobody") + " "
					+ publication.attributes().get("id") + " " + mode;
		}

		@Override
		public String live(Subscription<String> subscription, String receipt, StreamPosition position,
				@Nullable Boolean recovered) {
			return "RECEIPT";
		}

		@Override
		public String gap(Subscription<String> subscription) {
			return "GAP";
		}

	}

}
