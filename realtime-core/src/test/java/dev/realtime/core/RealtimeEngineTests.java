package dev.realtime.core;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.realtime.StreamPosition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RealtimeEngine} on an {@link InMemoryBackplane} whose epochs are all
 * {@code e}.
 */
@ParameterizedClass
@EnumSource
@Timeout(20)
class RealtimeEngineTests {

	private static final int MAX_SUBSCRIPTIONS = 3;

	private static final HistoryOptions HISTORY = new HistoryOptions(5, Duration.ofMinutes(5), 1000);

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "contact.updated");

	private static final MessageFilter ALL = MessageFilter.all();

	private static final Start LIVE = new Start.Live();

	private static final Start LAST = new Start.Last(List.of());

	private final MutableClock clock = new MutableClock();

	private final TextEncoder encoder = new TextEncoder();

	private final RealtimeEngine engine = new RealtimeEngine(new InMemoryBackplane(this.clock, () -> 14), this.clock,
			MAX_SUBSCRIPTIONS, Duration.ofMinutes(1), new ManualScheduler());

	private final TestLanes lanes;

	private final TestClient client;

	RealtimeEngineTests(LaneKind kind) {
		this.lanes = kind.create(this.encoder);
		this.client = connect("c1");
	}

	@AfterEach
	void nothingIsLeftOnceAllAreGone() throws Exception {
		this.client.disconnect();
		assertNothingIsLeft();
		this.lanes.close();
	}

	@Test
	void whenSubscribedThenReceiptIsFirstThenReplayThenLive() throws Exception {
		publish(2);
		this.client.subscribe("s1", CHANNEL, ALL, LAST);
		publish(2);
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-2", "MESSAGE s1 e-2 REPLAY",
				"MESSAGE s1 e-3 LIVE", "MESSAGE s1 e-4 LIVE");
	}

	@Test
	void whenReceiptIsNotWantedThenThereIsNone() throws Exception {
		publish(1);
		this.client.subscribe(new SubscriptionRequest("s1", CHANNEL, ALL, LAST, null, HISTORY));
		publish(1);
		assertThat(frames(this.client)).containsExactly("MESSAGE s1 e-1 REPLAY", "MESSAGE s1 e-2 LIVE");
	}

	@Test
	void whenStartIsLiveThenNothingIsReplayed() throws Exception {
		publish(2);
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		publish(1);
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-2", "MESSAGE s1 e-3 LIVE");
	}

	@Test
	void whenNothingWasPublishedThenNothingIsReplayed() throws Exception {
		this.client.subscribe("s1", CHANNEL, ALL, LAST);
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-0");
	}

	@Test
	void whenSubscriptionHasAFilterThenOnlyMatchesAreDelivered() throws Exception {
		this.client.subscribe("s1", CHANNEL, id(5, 6), LIVE);
		this.client.subscribe("s2", CHANNEL, id("5"), LIVE);
		publishAbout(5, 7, 6, "5");
		publish(1);
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-0", "RECEIPT s2 r e-0", "MESSAGE s1 e-1 LIVE",
				"MESSAGE s1 e-3 LIVE", "MESSAGE s2 e-4 LIVE");
	}

	@Test
	void whenNewestDoesNotMatchThenTheNewestThatDoesIsReplayed() throws Exception {
		publishAbout(5, 5, 6);
		this.client.subscribe("s1", CHANNEL, id(5), LAST);
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-3", "MESSAGE s1 e-2 REPLAY");
	}

	@Test
	void whenNothingMatchesThenNothingIsReplayed() throws Exception {
		publishAbout(5, 6);
		this.client.subscribe("s1", CHANNEL, id(7), last(7));
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-2");
	}

	@Test
	void whenNewestHasLeftTheHistoryThenItIsReplayedByKey() throws Exception {
		publishAbout(5, 5, 1, 2, 3, 4, 6, 7, 8);
		this.client.subscribe("s1", CHANNEL, id(5), last(5));
		this.client.subscribe("s2", CHANNEL, id(5), LAST);
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-9", "MESSAGE s1 e-2 REPLAY",
				"RECEIPT s2 r e-9");
	}

	@Test
	void whenSeveralKeysAreOpenThenTheNewestOfThemIsReplayed() throws Exception {
		publishAbout(6, 5, 1, 2, 3, 4, 1, 2, 3);
		this.client.subscribe("s1", CHANNEL, id(5, 6, 9), last(5, 6, 9));
		this.client.subscribe("s2", CHANNEL, id(5, 3), last(5, 3));
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-9", "MESSAGE s1 e-2 REPLAY", "RECEIPT s2 r e-9",
				"MESSAGE s2 e-9 REPLAY");
	}

	@Test
	void whenLastByKeyDoesNotMatchTheRestOfTheFilterThenItIsNotReplayed() throws Exception {
		MessageFilter open = MessageFilter.of(Map.of("id", List.of(5), "status", List.of("open")));
		publish(Attributes.of("id", 5, "status", "open"));
		publish(Attributes.of("id", 5, "status", "closed"));
		this.client.subscribe("s1", CHANNEL, open, last(5));
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-2", "MESSAGE s1 e-1 REPLAY");
		publishAbout(1, 2, 3, 4, 5);
		this.client.subscribe("s2", CHANNEL, open, last(5));
		assertThat(newFrames(this.client)).endsWith("RECEIPT s2 r e-7");
	}

	@Test
	void whenPublicationWasReplayedThenItDoesNotComeAgain() throws Exception {
		publishAbout(5);
		this.client.subscribe("s1", CHANNEL, id(5), last(5));
		publishAbout(5, 6, 5);
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-1", "MESSAGE s1 e-1 REPLAY",
				"MESSAGE s1 e-2 LIVE", "MESSAGE s1 e-4 LIVE");
	}

	@Test
	void whenPositionIsInTheHistoryThenAllMissedAreRecovered() throws Exception {
		publish(7);
		this.client.subscribe("s1", CHANNEL, ALL, since("e", 4));
		publish(1);
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-7 recovered=true", "MESSAGE s1 e-5 RECOVERED",
				"MESSAGE s1 e-6 RECOVERED", "MESSAGE s1 e-7 RECOVERED", "MESSAGE s1 e-8 LIVE");
	}

	@Test
	void whenSubscriptionHasAFilterThenOnlyMatchesAreRecovered() throws Exception {
		publishAbout(5, 5, 6, 5, 6);
		this.client.subscribe("s1", CHANNEL, id(5), since("e", 1));
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-5 recovered=true", "MESSAGE s1 e-2 RECOVERED",
				"MESSAGE s1 e-4 RECOVERED");
	}

	@Test
	void whenNothingWasMissedThenRecoveryIsEmpty() throws Exception {
		publish(2);
		this.client.subscribe("s1", CHANNEL, ALL, since("e", 2));
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-2 recovered=true");
	}

	@Test
	void whenNothingWasMissedThenRecoverySucceedsWithoutHistory() throws Exception {
		publish(2);
		this.clock.advance(HISTORY.ttl().plusMillis(1));
		this.client.subscribe("s1", CHANNEL, ALL, since("e", 2));
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-2 recovered=true");
	}

	@Test
	void whenThePositionIsTheOldestThatCanBeRecoveredThenAllOfTheHistoryIs() throws Exception {
		publish(7);
		this.client.subscribe("s1", CHANNEL, ALL, since("e", 2));
		assertThat(newFrames(this.client)).hasSize(6)
			.startsWith("RECEIPT s1 r e-7 recovered=true", "MESSAGE s1 e-3 RECOVERED");
		this.client.subscribe("s2", CHANNEL, ALL, since("e", 1));
		assertThat(newFrames(this.client)).containsExactly("RECEIPT s2 r e-7 recovered=false", "GAP s2");
	}

	@Test
	void whenMissedOnesHaveLeftTheHistoryThenTheGapIsToldAndLiveOnesFollow() throws Exception {
		publish(7);
		this.client.subscribe("s1", CHANNEL, ALL, since("e", 1));
		publish(1);
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-7 recovered=false", "GAP s1",
				"MESSAGE s1 e-8 LIVE");
	}

	@Test
	void whenMissedOnesAreOlderThanTheTtlThenTheGapIsTold() throws Exception {
		TestClient holder = connect("holder");
		holder.subscribe("s1", CHANNEL, ALL, LIVE);
		publish(2);
		this.clock.advance(HISTORY.ttl().plusMillis(1));
		publish(1);
		this.client.subscribe("s1", CHANNEL, ALL, since("e", 1));
		this.client.subscribe("s2", CHANNEL, ALL, since("e", 2));
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-3 recovered=false", "GAP s1",
				"RECEIPT s2 r e-3 recovered=true", "MESSAGE s2 e-3 RECOVERED");
		holder.disconnect();
	}

	@Test
	void whenPositionIsOfAnotherEpochThenTheGapIsTold() throws Exception {
		publish(2);
		this.client.subscribe("s1", CHANNEL, ALL, since("f", 1));
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-2 recovered=false", "GAP s1");
	}

	@Test
	void whenPositionIsInTheFutureThenTheGapIsTold() throws Exception {
		publish(2);
		this.client.subscribe("s1", CHANNEL, ALL, since("e", 3));
		this.client.subscribe("s2", CHANNEL, ALL, since("e", Long.MAX_VALUE));
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-2 recovered=false", "GAP s1",
				"RECEIPT s2 r e-2 recovered=false", "GAP s2");
	}

	@Test
	void whenGapIsToldThenItIsToldWithoutAReceiptToo() throws Exception {
		publish(2);
		this.client.subscribe(new SubscriptionRequest("s1", CHANNEL, ALL, since("f", 1), null, HISTORY));
		assertThat(frames(this.client)).containsExactly("GAP s1");
	}

	@Test
	void whenConnectionIsExceptedThenItGetsThePublicationInNoWay() throws Exception {
		TestClient other = connect("c2");
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		other.subscribe("s1", CHANNEL, ALL, LIVE);
		this.engine.publish(CHANNEL, Requests.except("c1", HISTORY));
		this.client.subscribe("s2", CHANNEL, ALL, LAST);
		this.client.subscribe("s3", CHANNEL, ALL, since("e", 0));
		other.subscribe("s2", CHANNEL, ALL, LAST);
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-0", "RECEIPT s2 r e-1",
				"RECEIPT s3 r e-1 recovered=true");
		assertThat(frames(other)).containsExactly("RECEIPT s1 r e-0", "MESSAGE s1 e-1 LIVE", "RECEIPT s2 r e-1",
				"MESSAGE s2 e-1 REPLAY");
		other.disconnect();
	}

	@Test
	void whenUnsubscribedThenNothingFollowsAndTheIdIsFree() throws Exception {
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		this.client.subscribe("s2", CHANNEL, ALL, LIVE);
		publish(1);
		assertThat(this.client.unsubscribe("s1")).isTrue();
		assertThat(this.client.unsubscribe("s1")).isFalse();
		publish(1);
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		publish(1);
		assertThat(frames(this.client)).filteredOn((frame) -> frame.contains("s1"))
			.containsExactly("RECEIPT s1 r e-0", "MESSAGE s1 e-1 LIVE", "RECEIPT s1 r e-2", "MESSAGE s1 e-3 LIVE");
		assertThat(this.client.unsubscribe("s1")).isTrue();
		assertThat(this.client.unsubscribe("s2")).isTrue();
		assertThat(this.engine.hubCount()).isZero();
	}

	@Test
	void whenDisconnectedThenNothingFollowsAndNothingIsLeft() throws Exception {
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		this.client.subscribe("s2", new ChannelId("acme", null, "other"), id(5), LIVE);
		assertThat(this.engine.hubCount()).isEqualTo(2);
		this.client.disconnect();
		publishAbout(5);
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-0", "RECEIPT s2 r e-0");
		this.client.disconnect();
		assertNothingIsLeft();
	}

	@Test
	void whenIdIsTakenThenTheSecondSubscriptionIsRefused() throws Exception {
		ChannelId other = new ChannelId("acme", null, "other");
		assertThat(this.client.subscribe("s1", CHANNEL, ALL, LIVE)).isEqualTo(SubscribeOutcome.ACCEPTED);
		assertThat(this.client.subscribe("s1", other, ALL, LIVE)).isEqualTo(SubscribeOutcome.DUPLICATE_ID);
		assertThat(this.client.subscribe("s1", CHANNEL, ALL, LIVE)).isEqualTo(SubscribeOutcome.DUPLICATE_ID);
		assertThat(this.engine.hubCount()).isEqualTo(1);
		publish(1);
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-0", "MESSAGE s1 e-1 LIVE");
	}

	@Test
	void whenThereAreTooManySubscriptionsThenMoreAreRefused() throws Exception {
		for (String id : List.of("s1", "s2", "s3")) {
			assertThat(this.client.subscribe(id, CHANNEL, ALL, LIVE)).isEqualTo(SubscribeOutcome.ACCEPTED);
		}
		ChannelId other = new ChannelId("acme", null, "other");
		assertThat(this.client.subscribe("s4", other, ALL, LIVE)).isEqualTo(SubscribeOutcome.TOO_MANY);
		assertThat(this.engine.hubCount()).isEqualTo(1);
		this.client.unsubscribe("s1");
		assertThat(this.client.subscribe("s4", CHANNEL, ALL, LIVE)).isEqualTo(SubscribeOutcome.ACCEPTED);
	}

	@Test
	void whenConnectionHasEndedThenSubscriptionsAreRefused() throws Exception {
		this.client.disconnect();
		assertThat(this.client.subscribe("s1", CHANNEL, ALL, LAST)).isEqualTo(SubscribeOutcome.CLOSED);
		assertThat(this.client.unsubscribe("s1")).isFalse();
		assertThat(frames(this.client)).isEmpty();
		assertNothingIsLeft();
	}

	@Test
	void whenTenantsOrUsersDifferThenTheyDoNotSeeEachOther() throws Exception {
		List<ChannelId> channels = List.of(CHANNEL, new ChannelId("globex", null, CHANNEL.name()),
				new ChannelId("acme", "ann", CHANNEL.name()));
		for (int i = 0; i < channels.size(); i++) {
			this.client.subscribe("s" + i, channels.get(i), ALL, LAST);
		}
		newFrames(this.client);
		this.engine.publish(channels.get(1), Requests.any(HISTORY));
		assertThat(newFrames(this.client)).containsExactly("MESSAGE s1 e-1 LIVE");
		this.engine.publish(channels.get(2), Requests.any(HISTORY));
		assertThat(newFrames(this.client)).containsExactly("MESSAGE s2 e-1 LIVE");
		this.engine.publish(channels.get(0), Requests.any(HISTORY));
		assertThat(newFrames(this.client)).containsExactly("MESSAGE s0 e-1 LIVE");
		this.engine.publish(new ChannelId(null, null, CHANNEL.name()), Requests.any(HISTORY));
		assertThat(newFrames(this.client)).isEmpty();
	}

	@Test
	void whenConnectionsOfALaneUseTheSameIdThenThePublicationIsEncodedOnce() throws Exception {
		TestClient sameLane = new TestClient(this.engine, HISTORY, "c2", this.client.connection().lane());
		TestClient anotherId = new TestClient(this.engine, HISTORY, "c3", this.client.connection().lane());
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		sameLane.subscribe("s1", CHANNEL, id(5), LIVE);
		publishAbout(5, 5);
		assertThat(frames(this.client)).containsExactly("RECEIPT s1 r e-0", "MESSAGE s1 e-1 LIVE",
				"MESSAGE s1 e-2 LIVE");
		assertThat(frames(sameLane)).isEqualTo(frames(this.client));
		assertThat(this.encoder.messages()).isEqualTo(2);
		anotherId.subscribe("s2", CHANNEL, ALL, LIVE);
		publishAbout(5);
		assertThat(frames(anotherId)).containsExactly("RECEIPT s2 r e-2", "MESSAGE s2 e-3 LIVE");
		assertThat(this.encoder.messages()).isEqualTo(4);
		sameLane.disconnect();
		anotherId.disconnect();
	}

	@Test
	void whenConnectionsAreOnDifferentLanesThenAllGetThePublication() throws Exception {
		List<TestClient> clients = List.of(connect("c2"), connect("c3"), connect("c4"));
		for (TestClient client : clients) {
			client.subscribe("s1", CHANNEL, ALL, LIVE);
		}
		publish(1);
		for (TestClient client : clients) {
			assertThat(frames(client)).containsExactly("RECEIPT s1 r e-0", "MESSAGE s1 e-1 LIVE");
			client.disconnect();
		}
	}

	@Test
	void whenTheLastSubscriberLeavesAndComesBackThenNothingMissedIsLost() throws Exception {
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		publish(1);
		this.client.unsubscribe("s1");
		publish(2);
		this.client.subscribe("s1", CHANNEL, ALL, since("e", 1));
		publish(1);
		assertThat(frames(this.client)).endsWith("RECEIPT s1 r e-3 recovered=true", "MESSAGE s1 e-2 RECOVERED",
				"MESSAGE s1 e-3 RECOVERED", "MESSAGE s1 e-4 LIVE");
	}

	@Test
	void whenPublishedThenThePositionIsAnswered() {
		assertThat(this.engine.publish(CHANNEL, Requests.any(HISTORY))).isCompletedWithValue(position("e", 1));
		assertThat(this.engine.publish(CHANNEL, Requests.any(HISTORY))).isCompletedWithValue(position("e", 2));
	}

	private TestClient connect(String id) {
		return new TestClient(this.engine, HISTORY, id, this.lanes.next());
	}

	private void publish(int count) {
		for (int i = 0; i < count; i++) {
			this.engine.publish(CHANNEL, Requests.any(HISTORY));
		}
	}

	private void publish(Map<String, Object> attributes) {
		this.engine.publish(CHANNEL, Requests.withAttributes(attributes, HISTORY));
	}

	private void publishAbout(Object... ids) {
		for (Object id : ids) {
			publish(Attributes.of("id", id));
		}
	}

	private List<String> frames(TestClient client) throws InterruptedException {
		this.lanes.settle();
		assertThat(client.failures()).isEmpty();
		return client.frames();
	}

	private List<String> newFrames(TestClient client) throws InterruptedException {
		this.lanes.settle();
		return client.newFrames();
	}

	private void assertNothingIsLeft() throws InterruptedException {
		assertThat(this.engine.hubCount()).isZero();
		this.lanes.assertEmpty();
	}

	private static MessageFilter id(Object... ids) {
		return MessageFilter.of(Map.of("id", Arrays.asList(ids)));
	}

	private static Start last(Object... ids) {
		return new Start.Last(Arrays.stream(ids).map((id) -> Requests.key(AttributeValues.canonical(id))).toList());
	}

	private static Start since(String epoch, long offset) {
		return new Start.Since(position(epoch, offset));
	}

	private static StreamPosition position(String epoch, long offset) {
		return new StreamPosition(epoch, offset);
	}

	enum LaneKind {

		DIRECT(TestLanes::direct), THREADS(TestLanes::threads);

		private final Function<TextEncoder, TestLanes> factory;

		LaneKind(Function<TextEncoder, TestLanes> factory) {
			this.factory = factory;
		}

		TestLanes create(TextEncoder encoder) {
			return this.factory.apply(encoder);
		}

	}

}
