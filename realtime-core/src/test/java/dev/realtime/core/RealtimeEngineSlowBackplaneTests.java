package dev.realtime.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

import dev.realtime.StreamPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RealtimeEngine} and its {@link ChannelHub}s while the backplane has
 * not answered yet, and with what it may deliver meanwhile.
 */
@Timeout(10)
class RealtimeEngineSlowBackplaneTests {

	private static final HistoryOptions HISTORY = new HistoryOptions(3, Duration.ofMinutes(5), 1000);

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "contact.updated");

	private static final MessageFilter ALL = MessageFilter.all();

	private static final MessageFilter ID_5 = MessageFilter.of(Map.of("id", List.of(5)));

	private static final Start LIVE = new Start.Live();

	private static final Start LAST = new Start.Last(List.of());

	private static final Start LAST_5 = new Start.Last(List.of(List.of(5L)));

	private final MutableClock clock = new MutableClock();

	private final ManualBackplane backplane = new ManualBackplane();

	private final RealtimeEngine engine = new RealtimeEngine(this.backplane, this.clock, 10, Duration.ofMinutes(1),
			new ManualScheduler());

	private final TestLanes lanes = TestLanes.direct(new TextEncoder());

	private final TestClient client = connect("c1");

	@ParameterizedTest
	@EnumSource
	void whenUnsubscribedBeforeTheBackplaneAnswersThenNothingIsLeft(Question question) throws Exception {
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		answerUpTo(question);
		assertThat(this.client.unsubscribe("s1")).isTrue();
		assertThat(this.backplane.unsubscribes()).containsExactly(CHANNEL);
		answerAll();
		deliver("e", 3, 5L);
		this.client.disconnect();
		assertThat(this.client.frames()).isEmpty();
		assertThat(this.client.failures()).isEmpty();
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void whenDisconnectedBeforeTheBackplaneAnswersThenNothingIsLeft(Question question) throws Exception {
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		this.client.subscribe("s2", CHANNEL, ID_5, LAST_5);
		answerUpTo(question);
		this.client.disconnect();
		assertThat(this.backplane.unsubscribes()).containsExactly(CHANNEL);
		answerAll();
		deliver("e", 3, 5L);
		assertThat(this.client.frames()).isEmpty();
		assertThat(this.client.failures()).isEmpty();
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void whenDisconnectedBeforeTheBackplaneFailsThenNobodyIsTold(Question question) throws Exception {
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		answerUpTo(question);
		this.client.disconnect();
		fail(question, new IllegalStateException("Expected by a test"));
		assertThat(this.client.frames()).isEmpty();
		assertThat(this.client.failures()).isEmpty();
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void whenOneOfTwoLeavesBeforeTheBackplaneAnswersThenTheOtherIsServed(Question question) throws Exception {
		TestClient other = connect("c2");
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		other.subscribe("s1", CHANNEL, ID_5, LAST_5);
		answerUpTo(question);
		this.client.disconnect();
		assertThat(this.backplane.unsubscribes()).isEmpty();
		answerAll();
		deliver("e", 3, 5L);
		assertThat(this.client.frames()).isEmpty();
		assertThat(other.frames()).containsExactly("RECEIPT s1 r e-2", "MESSAGE s1 e-2 REPLAY", "MESSAGE s1 e-3 LIVE");
		other.disconnect();
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void whenTheBackplaneFailsThenEverySubscriptionIsToldOnceAndNothingIsLeft(Question question) throws Exception {
		TestClient other = connect("c2");
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		other.subscribe("s1", CHANNEL, ID_5, LAST_5);
		answerUpTo(question);
		RuntimeException failure = new IllegalStateException("Expected by a test");
		fail(question, failure);
		assertThat(this.client.failures()).containsExactly(failure);
		assertThat(other.failures()).containsExactly(failure);
		assertThat(this.client.frames()).isEmpty();
		assertThat(this.client.unsubscribe("s1")).isFalse();
		assertThat(this.engine.hubCount()).isZero();
		assertThat(this.backplane.unsubscribes()).containsExactly(CHANNEL);
		this.client.disconnect();
		other.disconnect();
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource
	void whenTheBackplaneFailedThenTheNextSubscriptionStartsAfresh(Question question) throws Exception {
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		answerUpTo(question);
		fail(question, new IllegalStateException("Expected by a test"));
		int asked = this.backplane.subscribes().size();
		assertThat(this.client.subscribe("s1", CHANNEL, ID_5, LAST_5)).isEqualTo(SubscribeOutcome.ACCEPTED);
		assertThat(this.backplane.subscribes()).hasSize(asked + 1);
		answerAll();
		assertThat(this.client.frames()).containsExactly("RECEIPT s1 r e-2", "MESSAGE s1 e-2 REPLAY");
		assertThat(this.client.failures()).hasSize(1);
	}

	@Test
	void whenTheBackplaneFailsAtOnceThenTheSubscriptionIsToldAtOnce() throws Exception {
		RuntimeException failure = new IllegalStateException("Expected by a test");
		this.backplane.failWith(failure);
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		assertThat(this.client.failures()).containsExactly(failure);
		assertThat(this.client.connection().subscriptionCount()).isZero();
		this.client.disconnect();
		assertNothingIsLeft();
	}

	@Test
	void whenIdIsReusedBeforeTheBackplaneAnswersThenOnlyTheSecondSubscriptionIsServed() {
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		this.client.unsubscribe("s1");
		this.client.subscribe("s1", CHANNEL, ALL, LAST);
		answerAll();
		deliver("e", 3, 5L);
		assertThat(this.client.frames()).containsExactly("RECEIPT s1 r e-2", "MESSAGE s1 e-2 REPLAY",
				"MESSAGE s1 e-3 LIVE");
	}

	@Test
	void whenSubscriberJoinsThenTheBackplaneIsAskedOnlyOnce() {
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		this.client.subscribe("s2", CHANNEL, ALL, LIVE);
		answerAll();
		this.client.subscribe("s3", CHANNEL, ALL, LAST);
		assertThat(this.backplane.subscribes()).hasSize(1);
		assertThat(this.backplane.pasts()).hasSize(1);
		assertThat(this.backplane.lookups()).isEmpty();
		assertThat(this.client.frames()).containsExactlyInAnyOrder("RECEIPT s1 r e-2", "RECEIPT s2 r e-2",
				"RECEIPT s3 r e-2", "MESSAGE s3 e-2 REPLAY");
		this.client.unsubscribe("s1");
		this.client.unsubscribe("s3");
		assertThat(this.backplane.unsubscribes()).isEmpty();
		this.client.unsubscribe("s2");
		assertThat(this.backplane.unsubscribes()).containsExactly(CHANNEL);
	}

	@Test
	void whenInterestIsNotConfirmedThenThePastIsNotReadYet() {
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		assertThat(this.backplane.subscribes()).hasSize(1);
		assertThat(this.backplane.pasts()).isEmpty();
		assertThat(this.client.frames()).isEmpty();
	}

	@Test
	void whenPublicationsArriveBeforeThePastThenTheyAreDeliveredOnce() {
		this.client.subscribe("s1", CHANNEL, ALL, since("e", 1));
		this.client.subscribe("s2", CHANNEL, ALL, LAST);
		this.client.subscribe("s3", CHANNEL, ALL, LIVE);
		answer(Question.SUBSCRIBE);
		deliver("e", 2, 5L);
		deliver("e", 3, 5L);
		deliver("e", 4, 5L);
		assertThat(this.client.frames()).isEmpty();
		past("e", 1, 2, 3);
		deliver("e", 5, 5L);
		assertThat(of("s1")).containsExactly("RECEIPT s1 r e-4 recovered=true", "MESSAGE s1 e-2 RECOVERED",
				"MESSAGE s1 e-3 RECOVERED", "MESSAGE s1 e-4 RECOVERED", "MESSAGE s1 e-5 LIVE");
		assertThat(of("s2")).containsExactly("RECEIPT s2 r e-4", "MESSAGE s2 e-4 REPLAY", "MESSAGE s2 e-5 LIVE");
		assertThat(of("s3")).containsExactly("RECEIPT s3 r e-4", "MESSAGE s3 e-5 LIVE");
	}

	@Test
	void whenPublicationArrivesWhileTheChannelIsOpenedThenItIsNotLost() {
		this.backplane.confirmInterestThen(() -> deliver("e", 3, 5L));
		this.client.subscribe("s1", CHANNEL, ALL, since("e", 2));
		past("e", 1, 2);
		assertThat(this.client.frames()).containsExactly("RECEIPT s1 r e-3 recovered=true", "MESSAGE s1 e-3 RECOVERED");
	}

	@Test
	void whenPublicationsRepeatThenTheyAreDeliveredOnce() {
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		answerAll();
		deliver("e", 2, 5L);
		deliver("e", 3, 5L);
		deliver("e", 3, 5L);
		deliver("e", 1, 5L);
		deliver("e", 4, 5L);
		assertThat(this.client.frames()).containsExactly("RECEIPT s1 r e-2", "MESSAGE s1 e-3 LIVE",
				"MESSAGE s1 e-4 LIVE");
	}

	@Test
	void whenHistoryOfTheBackplaneIsEmptyThenThePositionStillCounts() {
		this.client.subscribe("s1", CHANNEL, ALL, since("e", 7));
		this.client.subscribe("s2", CHANNEL, ALL, since("e", 6));
		answer(Question.SUBSCRIBE);
		this.backplane.pasts().get(0).complete(new ChannelPast(new StreamPosition("e", 7), List.of()));
		assertThat(this.client.frames()).containsExactlyInAnyOrder("RECEIPT s1 r e-7 recovered=true",
				"RECEIPT s2 r e-7 recovered=false", "GAP s2");
	}

	@Test
	void whenManyPublicationsComeThenOnlyTheNewestAreRecovered() {
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		answerAll();
		LongStream.rangeClosed(3, 20).forEach((offset) -> deliver("e", offset, 5L));
		this.client.subscribe("s2", CHANNEL, ALL, since("e", 17));
		this.client.subscribe("s3", CHANNEL, ALL, since("e", 16));
		assertThat(of("s2")).containsExactly("RECEIPT s2 r e-20 recovered=true", "MESSAGE s2 e-18 RECOVERED",
				"MESSAGE s2 e-19 RECOVERED", "MESSAGE s2 e-20 RECOVERED");
		assertThat(of("s3")).containsExactly("RECEIPT s3 r e-20 recovered=false", "GAP s3");
	}

	@Test
	void whenNewerPublicationComesDuringTheLookupThenItIsReplayedAndNotLive() {
		startHub();
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		deliver("e", 3, 5L);
		deliver("e", 4, 6L);
		lookup(0, publication("e", 1, 5L));
		deliver("e", 5, 5L);
		assertThat(this.client.frames()).containsExactly("RECEIPT s1 r e-4", "MESSAGE s1 e-3 REPLAY",
				"MESSAGE s1 e-5 LIVE");
		assertThat(this.backplane.lookups()).hasSize(1);
	}

	@Test
	void whenLookupAndHistoryAnswerTheSamePublicationThenItIsReplayedOnce() {
		startHub();
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		deliver("e", 3, 5L);
		lookup(0, publication("e", 3, 5L));
		assertThat(this.client.frames()).containsExactly("RECEIPT s1 r e-3", "MESSAGE s1 e-3 REPLAY");
	}

	@Test
	void whenNewerOnesMayHaveComeAndGoneDuringTheLookupThenItIsRepeated() {
		startHub();
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		deliver("e", 3, 5L);
		LongStream.rangeClosed(4, 6).forEach((offset) -> deliver("e", offset, 6L));
		lookup(0, publication("e", 1, 5L));
		assertThat(this.client.frames()).isEmpty();
		assertThat(this.backplane.lookups()).hasSize(2);
		deliver("e", 7, 6L);
		lookup(1, publication("e", 3, 5L));
		deliver("e", 8, 5L);
		assertThat(this.client.frames()).containsExactly("RECEIPT s1 r e-7", "MESSAGE s1 e-3 REPLAY",
				"MESSAGE s1 e-8 LIVE");
		assertThat(this.backplane.lookups()).hasSize(2);
	}

	@Test
	void whenTheChannelStaysTooBusyThenWhatWasFoundCounts() {
		startHub();
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		long offset = 3;
		for (int lookup = 0; this.client.frames().isEmpty(); lookup++) {
			assertThat(lookup).as("lookups").isLessThan(10);
			for (int i = 0; i < 5; i++) {
				deliver("e", offset++, 6L);
			}
			lookup(lookup, publication("e", 1, 5L));
		}
		deliver("e", offset, 5L);
		assertThat(this.client.frames()).containsExactly("RECEIPT s1 r e-" + (offset - 1), "MESSAGE s1 e-1 REPLAY",
				"MESSAGE s1 e-" + offset + " LIVE");
	}

	@Test
	void whenUnsubscribedDuringTheLookupsThenTheyEnd() throws Exception {
		startHub();
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		LongStream.rangeClosed(3, 9).forEach((offset) -> deliver("e", offset, 6L));
		this.client.unsubscribe("s1");
		lookup(0, publication("e", 1, 5L));
		assertThat(this.backplane.lookups()).hasSize(1);
		assertThat(this.client.frames()).isEmpty();
	}

	@Test
	void whenOneSubscriptionIsLookedUpThenTheOthersDoNotWait() {
		startHub();
		this.client.subscribe("s1", CHANNEL, ID_5, LAST_5);
		this.client.subscribe("s2", CHANNEL, ID_5, LAST);
		deliver("e", 3, 5L);
		assertThat(this.client.frames()).containsExactly("RECEIPT s2 r e-2", "MESSAGE s2 e-2 REPLAY",
				"MESSAGE s2 e-3 LIVE");
	}

	@Test
	void whenPublicationArrivesAfterTheLastSubscriberLeftThenNothingHappens() throws Exception {
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		answerAll();
		this.client.disconnect();
		deliver("e", 3, 5L);
		assertThat(this.client.frames()).containsExactly("RECEIPT s1 r e-2");
		assertNothingIsLeft();
	}

	/**
	 * Lets another connection wait on the channel, so that it has a hub that stands at
	 * e-2.
	 */
	private void startHub() {
		TestClient holder = connect("holder");
		holder.subscribe("s1", CHANNEL, ALL, LIVE);
		answer(Question.SUBSCRIBE);
		answer(Question.PAST);
	}

	private void answerUpTo(Question question) {
		for (Question earlier : Question.values()) {
			if (earlier.compareTo(question) < 0) {
				answer(earlier);
			}
		}
	}

	private void answerAll() {
		for (Question question : Question.values()) {
			answer(question);
		}
	}

	/**
	 * Answers all open questions of a kind: the channel stands at e-2, both publications
	 * are about 5.
	 */
	private void answer(Question question) {
		List<Publication> publications = List.of(publication("e", 1, 5L), publication("e", 2, 5L));
		switch (question) {
			case SUBSCRIBE -> copy(this.backplane.subscribes()).forEach((answer) -> answer.complete(null));
			case PAST -> copy(this.backplane.pasts())
				.forEach((answer) -> answer.complete(new ChannelPast(new StreamPosition("e", 2), publications)));
			case LOOKUP ->
				copy(this.backplane.lookups()).forEach((answer) -> answer.complete(publications.subList(1, 2)));
		}
	}

	private void fail(Question question, Throwable failure) {
		switch (question) {
			case SUBSCRIBE ->
				copy(this.backplane.subscribes()).forEach((answer) -> answer.completeExceptionally(failure));
			case PAST -> copy(this.backplane.pasts()).forEach((answer) -> answer.completeExceptionally(failure));
			case LOOKUP -> copy(this.backplane.lookups()).forEach((answer) -> answer.completeExceptionally(failure));
		}
	}

	private void past(String epoch, long... offsets) {
		List<Publication> publications = Arrays.stream(offsets)
			.mapToObj((offset) -> publication(epoch, offset, 5L))
			.toList();
		this.backplane.pasts()
			.get(0)
			.complete(new ChannelPast(publications.get(publications.size() - 1).position(), publications));
	}

	private void lookup(int index, Publication... found) {
		this.backplane.lookups().get(index).complete(List.of(found));
	}

	private void deliver(String epoch, long offset, long id) {
		this.backplane.deliver(CHANNEL, publication(epoch, offset, id));
	}

	private Publication publication(String epoch, long offset, long id) {
		return new Publication(new StreamPosition(epoch, offset), this.clock.millis(), null, new byte[0],
				Attributes.of("id", id), null, null);
	}

	private TestClient connect(String id) {
		return new TestClient(this.engine, HISTORY, id, this.lanes.next());
	}

	/**
	 * The frames of one subscription.
	 */
	private List<String> of(String subscriptionId) {
		return this.client.frames().stream().filter((frame) -> frame.split(" ")[1].equals(subscriptionId)).toList();
	}

	private void assertNothingIsLeft() throws InterruptedException {
		assertThat(this.engine.hubCount()).isZero();
		this.lanes.assertEmpty();
	}

	private static Start since(String epoch, long offset) {
		return new Start.Since(new StreamPosition(epoch, offset));
	}

	private static <T> List<T> copy(List<T> list) {
		return new ArrayList<>(list);
	}

	/**
	 * What the engine asks the backplane on behalf of a new subscription, in this order.
	 */
	enum Question {

		SUBSCRIBE, PAST, LOOKUP

	}

}
