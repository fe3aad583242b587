package dev.realtime.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import dev.realtime.StreamPosition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RealtimeEngine} and its {@link ChannelHub}s where publications get
 * lost on their way from the backplane. The channel stands at {@code e-2} at first.
 */
@Timeout(30)
class RealtimeEngineHealingTests {

	private static final HistoryOptions HISTORY = new HistoryOptions(5, Duration.ofMinutes(5), 1000);

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "contact.updated");

	private static final MessageFilter ALL = MessageFilter.all();

	private static final Start LIVE = new Start.Live();

	private static final Start LAST = new Start.Last(List.of());

	private final MutableClock clock = new MutableClock();

	private final ManualBackplane backplane = new ManualBackplane();

	private final ManualScheduler scheduler = new ManualScheduler();

	private final RealtimeEngine engine = new RealtimeEngine(this.backplane, this.clock, 10, Duration.ofMinutes(1),
			this.scheduler);

	private final TestLanes lanes = TestLanes.direct(new TextEncoder());

	private final TestClient client = connect("c1");

	private final TestClient other = connect("c2");

	@BeforeEach
	void subscribe() {
		this.client.subscribe("s1", CHANNEL, ALL, LIVE);
		this.other.subscribe("s1", CHANNEL, MessageFilter.of(Map.of("id", List.of(5))), LIVE);
		this.backplane.subscribes().get(0).complete(null);
		read("e", 2, 1, 2);
		assertThat(this.client.newFrames()).containsExactly("RECEIPT s1 r e-2");
		assertThat(this.other.newFrames()).containsExactly("RECEIPT s1 r e-2");
	}

	@Test
	void whenOffsetsHaveAHoleThenItIsReadAndEverythingComesOnceAndInOrder() {
		deliver("e", 5);
		deliver("e", 6);
		assertThat(this.client.frames()).isEmpty();
		assertThat(this.backplane.pasts()).hasSize(2);
		read("e", 5, 2, 3, 4, 5);
		assertThat(this.client.newFrames()).isEqualTo(live("e", 3, 6)).isEqualTo(this.other.newFrames());
		deliver("e", 7);
		assertThat(this.client.frames()).isEqualTo(live("e", 7, 7));
		assertThat(this.backplane.pasts()).hasSize(2);
	}

	@Test
	void whenTheMissingOnesAreOnlyLateThenTheyComeOnceAndInOrder() {
		deliver("e", 5);
		deliver("e", 3);
		deliver("e", 4);
		deliver("e", 4);
		read("e", 5, 3, 4, 5);
		deliver("e", 3);
		deliver("e", 6);
		assertThat(this.client.frames()).isEqualTo(live("e", 3, 6));
		assertThat(this.backplane.pasts()).hasSize(2);
	}

	@Test
	void whenHistoryDoesNotCoverTheHoleThenEverySubscriptionIsToldOnceAndTheRestFollows() {
		this.client.subscribe("s2", CHANNEL, MessageFilter.of(Map.of("id", List.of(6))), LIVE);
		this.client.newFrames();
		deliver("e", 9);
		deliver("e", 10);
		read("e", 10, 6, 7, 8, 9, 10);
		deliver("e", 11);
		assertThat(of("s1")).isEqualTo(with("GAP s1", live("e", 6, 11)));
		assertThat(of("s2")).containsExactly("GAP s2");
		assertThat(this.other.frames()).isEqualTo(with("GAP s1", live("e", 6, 11)));
	}

	@Test
	void whenNoHistoryIsKeptThenTheGapIsToldOnceAndWhatArrivedFollows() {
		deliver("e", 5);
		deliver("e", 8);
		read("e", 8);
		deliver("e", 9);
		assertThat(this.client.frames()).containsExactly("GAP s1", "MESSAGE s1 e-5 LIVE", "MESSAGE s1 e-8 LIVE",
				"MESSAGE s1 e-9 LIVE");
	}

	@Test
	void whenTheLastOnesAreGoneThenTheGapIsToldAndTheNextFollows() {
		this.backplane.interrupt();
		read("e", 4);
		deliver("e", 5);
		assertThat(this.client.frames()).containsExactly("GAP s1", "MESSAGE s1 e-5 LIVE");
		this.client.subscribe("s2", CHANNEL, ALL, since("e", 4));
		this.client.subscribe("s3", CHANNEL, ALL, since("e", 3));
		assertThat(of("s2")).containsExactly("RECEIPT s2 r e-5 recovered=true", "MESSAGE s2 e-5 RECOVERED");
		assertThat(of("s3")).containsExactly("RECEIPT s3 r e-5 recovered=false", "GAP s3");
	}

	@Test
	void whenThereIsAnotherHoleBehindTheFirstThenBothAreFilled() {
		deliver("e", 4);
		deliver("e", 7);
		read("e", 5, 3, 4, 5);
		assertThat(this.client.frames()).isEqualTo(live("e", 3, 5));
		read("e", 8, 6, 7, 8);
		deliver("e", 8);
		assertThat(this.client.frames()).isEqualTo(live("e", 3, 8));
		assertThat(this.backplane.pasts()).hasSize(3);
	}

	@Test
	void whenInterruptedThenAMissingLastPublicationIsFound() {
		this.backplane.interrupt();
		assertThat(this.backplane.pasts()).hasSize(2);
		read("e", 4, 1, 2, 3, 4);
		assertThat(this.client.frames()).isEqualTo(live("e", 3, 4));
	}

	@Test
	void whenInterruptedAndNothingWasMissedThenNothingHappens() {
		this.backplane.interrupt();
		read("e", 2, 1, 2);
		deliver("e", 3);
		assertThat(this.client.frames()).isEqualTo(live("e", 3, 3));
		assertThat(this.backplane.pasts()).hasSize(2);
	}

	@Test
	void whenInterruptedThenWhatFollowsDoesNotWaitForTheAnswer() {
		this.backplane.interrupt();
		deliver("e", 3);
		deliver("e", 4);
		assertThat(this.client.frames()).isEqualTo(live("e", 3, 4));
		read("e", 3, 1, 2, 3);
		deliver("e", 5);
		assertThat(this.client.frames()).isEqualTo(live("e", 3, 5));
	}

	@Test
	void whenInterruptedDuringAReadThenThereIsAnother() {
		deliver("e", 4);
		this.backplane.interrupt();
		this.backplane.interrupt();
		assertThat(this.backplane.pasts()).hasSize(2);
		read("e", 4, 3, 4);
		assertThat(this.backplane.pasts()).hasSize(3);
		read("e", 5, 3, 4, 5);
		assertThat(this.client.frames()).isEqualTo(live("e", 3, 5));
		assertThat(this.backplane.pasts()).hasSize(3);
	}

	@Test
	void whenInterruptedBeforeTheHubHasStartedThenItsPastIsReadAgain() {
		ChannelId channel = new ChannelId("acme", null, "other");
		this.client.subscribe("s2", channel, ALL, LIVE);
		this.backplane.subscribes().get(1).complete(null);
		this.backplane.interrupt();
		assertThat(this.backplane.pasts()).as("of the new channel, and the check of the other").hasSize(3);
		this.backplane.pasts().get(1).complete(past("g", 0));
		assertThat(this.backplane.pasts()).hasSize(4);
		this.backplane.pasts().get(3).complete(past("g", 1, 1));
		assertThat(of("s2")).containsExactly("RECEIPT s2 r g-0", "MESSAGE s2 g-1 LIVE");
	}

	@Test
	void whenManyChannelsAreInterruptedThenOnlyAFewAreReadAtATime() {
		int channels = 100;
		for (int i = 0; i < channels; i++) {
			connect("x" + i).subscribe("s1", new ChannelId("acme", null, "document." + i), ALL, LIVE);
		}
		copy(this.backplane.subscribes()).forEach((answer) -> answer.complete(null));
		copy(this.backplane.pasts()).forEach((answer) -> answer.complete(past("e", 2, 1, 2)));
		int before = this.backplane.pasts().size();
		this.backplane.interrupt();
		int most = 0;
		for (List<CompletableFuture<ChannelPast>> open = open(); !open.isEmpty(); open = open()) {
			most = Math.max(most, open.size());
			open.get(0).complete(past("e", 3, 1, 2, 3));
		}
		assertThat(most).isEqualTo(PastReader.MAX_READS);
		assertThat(this.backplane.pasts()).hasSize(before + channels + 1);
		assertThat(this.client.frames()).isEqualTo(live("e", 3, 3));
	}

	@Test
	void whenEpochChangesThenEverySubscriptionIsToldOnceAndTheNewEpochCounts() {
		deliver("f", 1);
		deliver("f", 2);
		assertThat(this.client.frames()).isEmpty();
		read("f", 2, 1, 2);
		deliver("f", 3);
		assertThat(this.client.newFrames()).isEqualTo(with("GAP s1", live("f", 1, 3)))
			.isEqualTo(this.other.newFrames());
		this.client.subscribe("s2", CHANNEL, ALL, since("e", 2));
		this.client.subscribe("s3", CHANNEL, ALL, since("f", 2));
		this.client.subscribe("s4", CHANNEL, ALL, LAST);
		assertThat(of("s2")).containsExactly("RECEIPT s2 r f-3 recovered=false", "GAP s2");
		assertThat(of("s3")).containsExactly("RECEIPT s3 r f-3 recovered=true", "MESSAGE s3 f-3 RECOVERED");
		assertThat(of("s4")).containsExactly("RECEIPT s4 r f-3", "MESSAGE s4 f-3 REPLAY");
		assertThat(this.backplane.pasts()).hasSize(2);
	}

	@Test
	void whenEpochChangedWithoutAPublicationThenTheInterruptionFindsIt() {
		this.backplane.interrupt();
		read("f", 0);
		deliver("f", 1);
		assertThat(this.client.frames()).isEqualTo(with("GAP s1", live("f", 1, 1)));
	}

	@Test
	void whenPublicationsOfAFormerEpochAreLateThenTheyAreIgnored() {
		deliver("f", 1);
		deliver("e", 3);
		read("f", 1, 1);
		deliver("e", 4);
		deliver("f", 2);
		deliver("e", 5);
		assertThat(this.client.frames()).isEqualTo(with("GAP s1", live("f", 1, 2)));
		assertThat(this.backplane.pasts()).hasSize(2);
	}

	@Test
	void whenPublicationIsOfAnEpochBeforeTheHubThenItIsIgnored() {
		deliver("d", 70);
		deliver("e", 3);
		read("e", 3, 1, 2, 3);
		deliver("e", 4);
		assertThat(this.client.frames()).isEqualTo(live("e", 3, 4));
	}

	@Test
	void whenEpochChangesDuringTheReadThenThatIsAnotherGap() {
		deliver("f", 2);
		deliver("g", 1);
		read("f", 3, 1, 2, 3);
		assertThat(this.backplane.pasts()).hasSize(3);
		read("g", 1, 1);
		assertThat(this.client.frames()).isEqualTo(with("GAP s1", live("f", 1, 3), List.of("GAP s1"), live("g", 1, 1)));
	}

	@Test
	void whenTheStreamWentBackUnderTheSameEpochThenTheGapIsToldAndTheStreamCounts() {
		deliver("e", 3);
		deliver("e", 4);
		this.client.newFrames();
		this.backplane.interrupt();
		read("e", 3, 1, 2, 3);
		deliver("e", 4);
		assertThat(this.client.frames()).isEqualTo(with("GAP s1", live("e", 4, 4)));
	}

	@Test
	void whenTheStreamHasAnotherPublicationAtThePositionThenTheGapIsTold() {
		deliver("e", 3);
		this.client.newFrames();
		this.clock.advance(Duration.ofSeconds(1));
		this.backplane.interrupt();
		this.backplane.pasts().get(1).complete(past("e", 4, 3, 4));
		deliver("e", 5);
		assertThat(this.client.frames()).isEqualTo(with("GAP s1", live("e", 5, 5)));
	}

	@Test
	void whenTheReadFailsThenItIsRepeatedAfterAPauseAndNothingIsLost() {
		deliver("e", 4);
		for (int i = 0; i < 40; i++) {
			fail();
			deliver("e", 5 + i);
			assertThat(open()).isEmpty();
			this.scheduler.runDelayed();
			assertThat(open()).hasSize(1);
		}
		assertThat(this.scheduler.delays()).isSorted().hasSize(40).allMatch((delay) -> delay.toMillis() >= 100);
		assertThat(this.client.frames()).isEmpty();
		read("e", 44, LongStream.rangeClosed(3, 44).toArray());
		assertThat(this.client.frames()).isEqualTo(live("e", 3, 44));
	}

	@Test
	void whenInterruptedWhileReadsFailThenThereIsStillOneAtATime() {
		this.backplane.interrupt();
		fail();
		this.backplane.interrupt();
		deliver("e", 4);
		assertThat(open()).isEmpty();
		this.scheduler.runDelayed();
		assertThat(open()).hasSize(1);
		read("e", 4, 3, 4);
		assertThat(open()).isEmpty();
		assertThat(this.client.frames()).isEqualTo(live("e", 3, 4));
	}

	@Test
	void whenTooMuchArrivesDuringTheReadThenItIsReadFromTheHistory() {
		int size = 16 * 1024;
		long last = 4 + UnorderedPublications.MAX_BYTES / size + 10;
		LongStream.rangeClosed(4, last).forEach((offset) -> deliver("e", offset, size));
		read("e", 4, 3, 4);
		assertThat(this.client.frames()).isEqualTo(live("e", 3, 4));
		assertThat(open()).hasSize(1);
		this.backplane.pasts().get(2).complete(past("e", last, LongStream.rangeClosed(3, last).toArray()));
		assertThat(this.client.frames()).isEqualTo(live("e", 3, last));
		assertThat(open()).isEmpty();
	}

	@Test
	void whenSubscribedDuringTheReadThenNothingIsMissingAndNothingComesTwice() {
		deliver("e", 5);
		this.client.subscribe("s2", CHANNEL, ALL, LIVE);
		this.client.subscribe("s3", CHANNEL, ALL, since("e", 1));
		this.client.subscribe("s4", CHANNEL, ALL, LAST);
		read("e", 6, 2, 3, 4, 5, 6);
		deliver("e", 6);
		assertThat(of("s2")).isEqualTo(with("RECEIPT s2 r e-2", live("s2", "e", 3, 6)));
		assertThat(of("s3")).isEqualTo(
				with("RECEIPT s3 r e-2 recovered=true", List.of("MESSAGE s3 e-2 RECOVERED"), live("s3", "e", 3, 6)));
		assertThat(of("s4"))
			.isEqualTo(with("RECEIPT s4 r e-2", List.of("MESSAGE s4 e-2 REPLAY"), live("s4", "e", 3, 6)));
	}

	@Test
	void whenClientIsAheadOfTheHubThenTheHubCatchesUpFirst() {
		this.client.subscribe("s2", CHANNEL, ALL, since("e", 4));
		this.client.subscribe("s3", CHANNEL, ALL, since("e", 3));
		assertThat(of("s2")).isEmpty();
		assertThat(this.backplane.pasts()).hasSize(2);
		read("e", 5, 3, 4, 5);
		assertThat(of("s2")).as("asked before the read").contains("RECEIPT s2 r e-5 recovered=true");
		read("e", 5, 3, 4, 5);
		assertThat(of("s2")).containsExactly("RECEIPT s2 r e-5 recovered=true", "MESSAGE s2 e-5 RECOVERED");
		assertThat(of("s3")).containsExactly("RECEIPT s3 r e-5 recovered=true", "MESSAGE s3 e-4 RECOVERED",
				"MESSAGE s3 e-5 RECOVERED");
		assertThat(of("s1")).isEqualTo(live("e", 3, 5));
		assertThat(this.backplane.pasts()).hasSize(3);
	}

	@Test
	void whenClientIsOfTheNextEpochThenTheHubCatchesUpFirst() {
		this.client.subscribe("s2", CHANNEL, ALL, since("f", 1));
		read("f", 2, 1, 2);
		assertThat(of("s2")).containsExactly("RECEIPT s2 r f-2 recovered=true", "MESSAGE s2 f-2 RECOVERED");
		assertThat(of("s1")).isEqualTo(with("GAP s1", live("f", 1, 2)));
	}

	@Test
	void whenManyClientsAreOfAnEpochThatIsGoneThenItIsReadOnce() {
		for (int i = 0; i < 100; i++) {
			connect("x" + i).subscribe("s1", CHANNEL, ALL, since("d", i));
		}
		copy(open()).forEach((answer) -> answer.complete(past("e", 2, 1, 2)));
		copy(open()).forEach((answer) -> answer.complete(past("e", 2, 1, 2)));
		assertThat(open()).isEmpty();
		TestClient late = connect("late");
		late.subscribe("s1", CHANNEL, ALL, since("d", 7));
		assertThat(late.frames()).containsExactly("RECEIPT s1 r e-2 recovered=false", "GAP s1");
		assertThat(this.backplane.pasts()).hasSize(3);
	}

	@Test
	void whenPublicationsArriveBeforeTheFirstReadWithAHoleThenItIsFilled() {
		ChannelId channel = new ChannelId("acme", null, "other");
		this.client.subscribe("s2", channel, ALL, since("e", 2));
		this.backplane.subscribes().get(1).complete(null);
		this.backplane.deliver(channel, publication("e", 4, 0));
		this.backplane.pasts().get(1).complete(past("e", 2, 1, 2));
		assertThat(of("s2")).containsExactly("RECEIPT s2 r e-2 recovered=true");
		this.backplane.pasts().get(2).complete(past("e", 4, 3, 4));
		assertThat(of("s2")).isEqualTo(with("RECEIPT s2 r e-2 recovered=true", live("s2", "e", 3, 4)));
	}

	@Test
	void whenTooMuchArrivesBeforeTheFirstReadIsAnsweredThenItIsReadAgain() {
		ChannelId channel = new ChannelId("acme", null, "other");
		this.client.subscribe("s2", channel, ALL, LIVE);
		this.backplane.subscribes().get(1).complete(null);
		int size = 64 * 1024;
		int count = UnorderedPublications.MAX_BYTES / size;
		IntStream.rangeClosed(1, count).forEach((i) -> this.backplane.deliver(channel, publication("e", i, size)));
		this.backplane.pasts().get(1).complete(past("e", 0));
		assertThat(of("s2")).containsExactly("RECEIPT s2 r e-0");
		this.backplane.pasts().get(2).complete(past("e", count, LongStream.rangeClosed(1, count).toArray()));
		assertThat(of("s2")).isEqualTo(with("RECEIPT s2 r e-0", live("s2", "e", 1, count)));
	}

	@Test
	void whenTheLastSubscriberLeavesDuringTheReadThenNothingIsLeft() throws Exception {
		deliver("e", 4);
		this.client.disconnect();
		this.other.disconnect();
		fail();
		this.scheduler.runDelayed();
		assertThat(open()).isEmpty();
		assertThat(this.engine.hubCount()).isZero();
		assertThat(this.backplane.unsubscribes()).containsExactly(CHANNEL);
		this.lanes.assertEmpty();
	}

	@Test
	void whenALaneIsBehindAtTheGapThenItIsToldOnce() {
		ManualExecutor executor = new ManualExecutor();
		TestClient slow = new TestClient(this.engine, HISTORY, "slow", new Lane<>(new TextEncoder(), executor));
		slow.subscribe("s1", CHANNEL, ALL, LIVE);
		executor.runAll();
		int size = (int) LaneQueue.MAX_QUEUED_BYTES / 4;
		LongStream.rangeClosed(3, 7).forEach((offset) -> deliver("e", offset, size));
		deliver("e", 20);
		read("e", 20, 19, 20);
		executor.runAll();
		assertThat(slow.frames()).filteredOn((frame) -> frame.startsWith("GAP")).hasSize(1);
		assertThat(slow.frames()).endsWith("GAP s1", "MESSAGE s1 e-19 LIVE", "MESSAGE s1 e-20 LIVE");
	}

	private void deliver(String epoch, long offset) {
		deliver(epoch, offset, 0);
	}

	private void deliver(String epoch, long offset, int size) {
		this.backplane.deliver(CHANNEL, publication(epoch, offset, size));
	}

	/**
	 * Answers the oldest read that is open.
	 */
	private void read(String epoch, long last, long... offsets) {
		open().get(0).complete(past(epoch, last, offsets));
	}

	private void fail() {
		open().get(0).completeExceptionally(new IllegalStateException("Expected by a test"));
	}

	private List<CompletableFuture<ChannelPast>> open() {
		return this.backplane.pasts().stream().filter((answer) -> !answer.isDone()).toList();
	}

	private ChannelPast past(String epoch, long last, long... offsets) {
		return new ChannelPast(new StreamPosition(epoch, last),
				Arrays.stream(offsets).mapToObj((offset) -> publication(epoch, offset, 0)).toList());
	}

	private Publication publication(String epoch, long offset, int size) {
		return new Publication(new StreamPosition(epoch, offset), this.clock.millis(), null, new byte[size],
				Attributes.of("id", 5L), null, null);
	}

	private TestClient connect(String id) {
		return new TestClient(this.engine, HISTORY, id, this.lanes.next());
	}

	/**
	 * The frames of one subscription of the first client.
	 */
	private List<String> of(String subscriptionId) {
		return this.client.frames().stream().filter((frame) -> frame.split(" ")[1].equals(subscriptionId)).toList();
	}

	private static List<String> live(String epoch, long first, long last) {
		return live("s1", epoch, first, last);
	}

	private static List<String> live(String subscriptionId, String epoch, long first, long last) {
		return LongStream.rangeClosed(first, last)
			.mapToObj((offset) -> "MESSAGE " + subscriptionId + " " + epoch + "-" + offset + " LIVE")
			.toList();
	}

	@SafeVarargs
	private static List<String> with(String first, List<String>... more) {
		List<String> frames = new ArrayList<>(List.of(first));
		for (List<String> next : more) {
			frames.addAll(next);
		}
		return frames;
	}

	private static Start since(String epoch, long offset) {
		return new Start.Since(new StreamPosition(epoch, offset));
	}

	private static <T> List<T> copy(List<T> list) {
		return new ArrayList<>(list);
	}

}
