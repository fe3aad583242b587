package dev.realtime.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import dev.realtime.StreamPosition;
import dev.realtime.core.Append;
import dev.realtime.core.Backplane;
import dev.realtime.core.ChannelId;
import dev.realtime.core.ChannelPast;
import dev.realtime.core.Ephemeral;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.Publication;
import dev.realtime.core.PublicationRequest;
import dev.realtime.core.Sender;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every {@link Backplane} does. An implementer extends it, and JUnit runs it.
 *
 * @since 0.1.0
 */
@Timeout(120)
public abstract class BackplaneContract extends RecoveryContract {

	private static final Duration TTL = Duration.ofSeconds(1);

	private static final int ALL = Integer.MAX_VALUE;

	@Test
	void whenPublishedThenOffsetsGrowByOneFromOne() throws Exception {
		StreamPosition first = append(CHANNEL, Requests.any(HISTORY));
		assertThat(first.offset()).isEqualTo(1);
		for (long offset = 2; offset <= 20; offset++) {
			assertThat(append(CHANNEL, Requests.any(HISTORY))).isEqualTo(new StreamPosition(first.epoch(), offset));
		}
	}

	@Test
	void whenSeveralArePublishedTogetherThenEachChannelGetsItsOwnInOrder() throws Exception {
		ChannelId other = new ChannelId("acme", "ada", "@me");
		append(other, Requests.any(HISTORY));
		List<CompletableFuture<StreamPosition>> positions = backplane().appendAll(IntStream.range(0, 300)
			.mapToObj((i) -> new Append((i % 3 == 0) ? other : CHANNEL, Requests.about((long) i, HISTORY)))
			.toList());
		assertThat(positions).hasSize(300);
		assertThat(await(positions.get(0)).offset()).isEqualTo(2);
		assertThat(await(positions.get(3)).offset()).isEqualTo(3);
		assertThat(await(positions.get(1)).offset()).isEqualTo(1);
		assertThat(await(positions.get(299)).offset()).isEqualTo(200);
		assertThat(past(CHANNEL, 1).publications()).singleElement()
			.satisfies((publication) -> assertThat(publication.attributes()).containsEntry("id", 299L));
		assertThat(past(other, ALL).position().offset()).isEqualTo(101);
		assertThat(backplane().appendAll(List.of())).isEmpty();
	}

	@Test
	void whenNothingWasPublishedThenChannelStandsAtZero() throws Exception {
		ChannelPast past = past(CHANNEL, ALL);
		assertThat(past.position().offset()).isZero();
		assertThat(past.publications()).isEmpty();
		assertThat(append(CHANNEL, Requests.any(HISTORY))).isEqualTo(new StreamPosition(past.position().epoch(), 1));
	}

	@Test
	void whenChannelsDifferThenTheirEpochsAndOffsetsDo() throws Exception {
		ChannelId other = new ChannelId("acme", null, "contact.deleted");
		StreamPosition position = append(CHANNEL, Requests.any(HISTORY));
		append(CHANNEL, Requests.any(HISTORY));
		StreamPosition otherPosition = append(other, Requests.any(HISTORY));
		assertThat(otherPosition.offset()).isEqualTo(1);
		assertThat(otherPosition.epoch()).isNotEqualTo(position.epoch());
	}

	@Test
	void whenPublishedThenPublicationArrivesAsItWas() throws Exception {
		byte[] data = "{\"id\":5,\"name\":\"Zoë\"}".getBytes(StandardCharsets.UTF_8);
		Map<String, @Nullable Object> attributes = Attributes.of("id", 5, "name", "Zoë", "done", true, "owner", null,
				"price", 1.5, "big", 1e30);
		await(backplane().subscribe(CHANNEL));
		StreamPosition position = append(CHANNEL, new PublicationRequest(data, attributes, "updated", List.of(5L), "c1",
				"i1", new Sender("Zoë", "p1"), HISTORY));
		assertThat(List.of(take().publication(), past(CHANNEL, 1).publications().get(0),
				lastByKey(CHANNEL, List.of(List.of(5L))).get(0)))
			.allSatisfy((publication) -> {
				assertThat(publication.position()).isEqualTo(position);
				assertThat(publication.timestamp()).isPositive();
				assertThat(publication.event()).isEqualTo("updated");
				assertThat(publication.data()).isEqualTo(data);
				assertThat(publication.attributes()).isEqualTo(attributes);
				assertThat(publication.except()).isEqualTo("c1");
				assertThat(publication.sender()).isEqualTo(new Sender("Zoë", "p1"));
			});
	}

	@Test
	void whenNothingOptionalIsGivenThenItStaysAbsent() throws Exception {
		await(backplane().subscribe(CHANNEL));
		append(CHANNEL, Requests.any(HISTORY));
		assertThat(List.of(take().publication(), past(CHANNEL, 1).publications().get(0))).allSatisfy((publication) -> {
			assertThat(publication.event()).isNull();
			assertThat(publication.except()).isNull();
			assertThat(publication.sender()).isNull();
			assertThat(publication.attributes()).isEmpty();
		});
	}

	@Test
	void whenHistoryIsFullThenTheOldestGo() throws Exception {
		HistoryOptions history = new HistoryOptions(3, Duration.ofMinutes(5), 100);
		for (int i = 0; i < 10; i++) {
			append(CHANNEL, Requests.any(history));
		}
		ChannelPast past = past(CHANNEL, ALL);
		assertThat(offsets(past)).containsExactly(8L, 9L, 10L);
		assertThat(past.position().offset()).isEqualTo(10);
	}

	@Test
	void whenLessIsWantedThanThereIsThenTheNewestAreAnswered() throws Exception {
		for (int i = 0; i < 5; i++) {
			append(CHANNEL, Requests.any(HISTORY));
		}
		assertThat(offsets(past(CHANNEL, 2))).containsExactly(4L, 5L);
		assertThat(offsets(past(CHANNEL, 5))).containsExactly(1L, 2L, 3L, 4L, 5L);
		assertThat(offsets(past(CHANNEL, 0))).isEmpty();
		assertThat(past(CHANNEL, 0).position().offset()).isEqualTo(5);
	}

	@Test
	void whenHistorySizeIsZeroThenOnlyThePositionIsKept() throws Exception {
		HistoryOptions history = new HistoryOptions(0, Duration.ofMinutes(5), 0);
		append(CHANNEL, Requests.about(5L, history));
		append(CHANNEL, Requests.about(5L, history));
		ChannelPast past = past(CHANNEL, ALL);
		assertThat(past.publications()).isEmpty();
		assertThat(past.position().offset()).isEqualTo(2);
		assertThat(lastByKey(CHANNEL, List.of(List.of(5L)))).isEmpty();
	}

	@Test
	void whenPublicationIsOlderThanTtlThenItIsGone() throws Exception {
		HistoryOptions history = new HistoryOptions(100, TTL, 100);
		append(CHANNEL, Requests.about(1L, history));
		elapse(TTL.dividedBy(10).multipliedBy(6));
		StreamPosition position = append(CHANNEL, Requests.about(2L, history));
		assertThat(offsets(past(CHANNEL, ALL))).containsExactly(1L, 2L);
		elapse(TTL.dividedBy(10).multipliedBy(6));
		assertThat(offsets(past(CHANNEL, ALL))).containsExactly(2L);
		assertThat(offsets(lastByKey(CHANNEL, List.of(List.of(1L), List.of(2L))))).containsExactly(2L);
		assertThat(past(CHANNEL, ALL).position()).isEqualTo(position);
	}

	@Test
	void whenTenThousandOtherKeysFollowThenLastByKeyIsStillExact() throws Exception {
		HistoryOptions history = new HistoryOptions(10, Duration.ofMinutes(5), 20_000);
		append(CHANNEL, Requests.about(-1L, history));
		StreamPosition last = append(CHANNEL, Requests.about(-1L, history));
		List<CompletableFuture<StreamPosition>> others = new ArrayList<>();
		for (long id = 0; id < 10_000; id++) {
			others.add(backplane().append(CHANNEL, Requests.about(id, history)));
		}
		await(CompletableFuture.allOf(others.toArray(CompletableFuture[]::new)));
		assertThat(lastByKey(CHANNEL, List.of(List.of(-1L)))).singleElement()
			.satisfies((publication) -> assertThat(publication.position()).isEqualTo(last))
			.satisfies((publication) -> assertThat(publication.attributes()).containsEntry("id", -1L));
		assertThat(offsets(lastByKey(CHANNEL, List.of(List.of(0L), List.of(9_999L))))).containsExactlyInAnyOrder(3L,
				10_002L);
	}

	@Test
	void whenThereAreMoreKeysThanKeptThenTheOldestGo() throws Exception {
		HistoryOptions history = new HistoryOptions(0, Duration.ofMinutes(5), 3);
		for (String id : List.of("a", "b", "c", "a", "d")) {
			append(CHANNEL, Requests.about(id, history));
		}
		List<List<@Nullable Object>> keys = List.of(List.of("a"), List.of("b"), List.of("c"), List.of("d"));
		assertThat(offsets(lastByKey(CHANNEL, keys))).containsExactlyInAnyOrder(3L, 4L, 5L);
	}

	@Test
	void whenKeyIsUnknownThenNothingIsAnsweredForIt() throws Exception {
		append(CHANNEL, Requests.about(5L, HISTORY));
		append(CHANNEL, Requests.any(HISTORY));
		assertThat(lastByKey(CHANNEL, List.of())).isEmpty();
		assertThat(lastByKey(CHANNEL, List.of(List.of(6L), List.of("5"), List.of(5L, 5L), List.of()))).isEmpty();
		assertThat(lastByKey(new ChannelId("acme", null, "other"), List.of(List.of(5L)))).isEmpty();
	}

	@Test
	void whenKeyHasSeveralValuesThenAllOfThemCount() throws Exception {
		List<List<@Nullable Object>> keys = List.of(List.of("a", "b"), Arrays.asList("a", null), List.of("a"),
				List.of("ab"), List.of("a", true), List.of("b", "a"), List.of("", "ab"), List.of(1L), List.of("1"),
				List.of(true), List.of("true"), Arrays.asList((Object) null), List.of("null"));
		for (List<@Nullable Object> key : keys) {
			append(CHANNEL, new PublicationRequest(new byte[0], Map.of(), null, key, null, null, HISTORY));
		}
		for (int i = 0; i < keys.size(); i++) {
			assertThat(offsets(lastByKey(CHANNEL, List.of(keys.get(i))))).as("%s", keys.get(i)).containsExactly(i + 1L);
		}
	}

	@Test
	void whenIdempotencyKeyRepeatsThenNothingHappensAgain() throws Exception {
		await(backplane().subscribe(CHANNEL));
		StreamPosition first = append(CHANNEL, Requests.withIdempotencyKey("i1", HISTORY));
		StreamPosition second = append(CHANNEL, Requests.withIdempotencyKey("i2", HISTORY));
		assertThat(append(CHANNEL, Requests.withIdempotencyKey("i1", HISTORY))).isEqualTo(first);
		StreamPosition third = append(CHANNEL, Requests.any(HISTORY));
		assertThat(List.of(first.offset(), second.offset(), third.offset())).containsExactly(1L, 2L, 3L);
		assertThat(offsets(past(CHANNEL, ALL))).containsExactly(1L, 2L, 3L);
		assertThat(List.of(take().offset(), take().offset(), take().offset())).containsExactly(1L, 2L, 3L);
	}

	@Test
	void whenIdempotencyKeyRepeatsOnAnotherChannelThenItIsAnother() throws Exception {
		ChannelId other = new ChannelId("acme", null, "other");
		StreamPosition first = append(CHANNEL, Requests.withIdempotencyKey("i1", HISTORY));
		StreamPosition second = append(other, Requests.withIdempotencyKey("i1", HISTORY));
		assertThat(second.epoch()).isNotEqualTo(first.epoch());
		assertThat(offsets(past(other, ALL))).containsExactly(1L);
	}

	@Test
	void whenNodeHasNoInterestThenListenerIsNotCalled() throws Exception {
		ChannelId other = new ChannelId("acme", null, "other");
		append(CHANNEL, Requests.any(HISTORY));
		await(backplane().subscribe(CHANNEL));
		append(other, Requests.any(HISTORY));
		append(CHANNEL, Requests.any(HISTORY));
		Received received = take();
		assertThat(received.channel()).isEqualTo(CHANNEL);
		assertThat(received.offset()).isEqualTo(2);
		assertThat(this.received).isEmpty();
	}

	@Test
	void whenInterestIsDeclaredTwiceThenPublicationsArriveOnce() throws Exception {
		await(backplane().subscribe(CHANNEL));
		await(backplane().subscribe(CHANNEL));
		append(CHANNEL, Requests.any(HISTORY));
		append(CHANNEL, Requests.any(HISTORY));
		assertThat(List.of(take().offset(), take().offset())).containsExactly(1L, 2L);
	}

	@Test
	void whenInterestEndsThenPublicationsStopAndWhenItComesBackTheyArriveAgain() throws Exception {
		ChannelId other = new ChannelId("acme", null, "other");
		await(backplane().subscribe(CHANNEL));
		await(backplane().subscribe(other));
		StreamPosition first = append(CHANNEL, Requests.any(HISTORY));
		assertThat(take().publication().position()).isEqualTo(first);
		backplane().unsubscribe(CHANNEL);
		// They may still arrive for a while.
		int tries = 0;
		while (arrivesBefore(other)) {
			assertThat(++tries).as("publications that arrived without interest").isLessThan(100);
		}
		await(backplane().subscribe(CHANNEL));
		StreamPosition again = append(CHANNEL, Requests.any(HISTORY));
		assertThat(again).isEqualTo(new StreamPosition(first.epoch(), tries + 3));
		assertThat(take().publication().position()).isEqualTo(again);
	}

	/**
	 * Publishes, on another channel too, and says whether more than that arrived.
	 */
	private boolean arrivesBefore(ChannelId other) throws Exception {
		append(CHANNEL, Requests.any(HISTORY));
		StreamPosition last = append(other, Requests.any(HISTORY));
		boolean arrived = false;
		while (!take().publication().position().equals(last)) {
			arrived = true;
		}
		return arrived;
	}

	@Test
	void whenAppendsAreConcurrentThenListenerSeesContiguousOffsets() throws Exception {
		int threads = 4;
		int appends = 250;
		HistoryOptions history = new HistoryOptions(2000, Duration.ofMinutes(5), 100);
		await(backplane().subscribe(CHANNEL));
		CyclicBarrier barrier = new CyclicBarrier(threads);
		inParallel(threads, (thread) -> {
			barrier.await(60, TimeUnit.SECONDS);
			List<CompletableFuture<StreamPosition>> positions = new ArrayList<>();
			for (int i = 0; i < appends; i++) {
				positions.add(backplane().append(CHANNEL, Requests.about(thread + ":" + i, history)));
			}
			List<Long> offsets = new ArrayList<>();
			for (CompletableFuture<StreamPosition> position : positions) {
				offsets.add(await(position).offset());
			}
			assertThat(offsets).as("appends of one caller keep their order").isSorted().doesNotHaveDuplicates();
			return null;
		});
		Map<String, Integer> appended = new HashMap<>();
		for (long offset = 1; offset <= threads * appends; offset++) {
			Received received = take();
			assertThat(received.offset()).isEqualTo(offset);
			String[] id = Objects.requireNonNull(received.publication().attributes().get("id")).toString().split(":");
			assertThat(Integer.parseInt(id[1])).as("order of caller %s", id[0])
				.isEqualTo(appended.merge(id[0], 1, Integer::sum) - 1);
		}
		assertThat(this.received).isEmpty();
		assertThat(offsets(past(CHANNEL, ALL))).isEqualTo(offsetsTo(threads * appends));
	}

	@Test
	void whenPastIsReadDuringAppendsThenItIsOfOneMoment() throws Exception {
		HistoryOptions history = new HistoryOptions(20, Duration.ofMinutes(5), 100);
		inParallel(2, (thread) -> {
			for (int i = 0; i < 200; i++) {
				if (thread == 0) {
					append(CHANNEL, Requests.any(history));
				}
				else {
					ChannelPast past = past(CHANNEL, 10);
					long last = past.position().offset();
					assertThat(offsets(past))
						.isEqualTo(LongStream.rangeClosed(Math.max(1, last - 9), last).boxed().toList());
				}
			}
			return null;
		});
	}

	@Test
	void whenOnlyTenantOrUserDifferThenChannelsAreSeparate() throws Exception {
		List<ChannelId> channels = List.of(new ChannelId("acme", null, "x"), new ChannelId("globex", null, "x"),
				new ChannelId(null, null, "x"), new ChannelId("acme", "ann", "x"), new ChannelId("acme", "bob", "x"),
				new ChannelId("globex", "ann", "x"), new ChannelId(null, "ann", "x"), new ChannelId("null", null, "x"),
				new ChannelId("", null, "x"), new ChannelId("", "", "x"), new ChannelId("acme", "", "x"),
				new ChannelId("*", null, "x"), new ChannelId("acme", null, "ann:x"),
				new ChannelId("acme:ann", null, "x"), new ChannelId("acme", "ann:x", "x"),
				new ChannelId("acme / ann", null, "x"), new ChannelId("acme", null, "ann / x"),
				new ChannelId("{acme}", null, "x"));
		for (ChannelId channel : channels) {
			await(backplane().subscribe(channel));
		}
		for (ChannelId channel : channels) {
			StreamPosition position = append(channel, Requests.about(5L, HISTORY));
			assertThat(position.offset()).as("%s", channel).isEqualTo(1);
			Received received = take();
			assertThat(received.channel()).isEqualTo(channel);
			assertThat(received.publication().position()).isEqualTo(position);
		}
		assertThat(this.received).isEmpty();
		Set<String> epochs = new HashSet<>();
		for (ChannelId channel : channels) {
			assertThat(offsets(past(channel, ALL))).as("%s", channel).containsExactly(1L);
			assertThat(lastByKey(channel, List.of(List.of(5L)))).as("%s", channel).hasSize(1);
			epochs.add(past(channel, ALL).position().epoch());
		}
		assertThat(epochs).hasSameSizeAs(channels);
	}

	@Test
	void whenClosedThenListenerIsNotCalledAnyMore() throws Exception {
		await(backplane().subscribe(CHANNEL));
		append(CHANNEL, Requests.any(HISTORY));
		assertThat(take().offset()).isEqualTo(1);
		backplane().close();
		appendInVain();
		Backplane peer = createPeer();
		if (peer != null) {
			try (peer) {
				BlockingQueue<Received> heard = listen(peer, CHANNEL);
				await(peer.append(CHANNEL, Requests.any(HISTORY)));
				assertThat(heard.poll(60, TimeUnit.SECONDS)).isNotNull();
			}
		}
		assertThat(this.received).isEmpty();
	}

	/**
	 * Publishes where nobody needs to take it any more.
	 */
	private void appendInVain() throws Exception {
		try {
			await(backplane().append(CHANNEL, Requests.any(HISTORY)).handle((position, failure) -> true));
		}
		catch (IllegalStateException ex) {
			// As good as a future that failed.
		}
	}

	@Test
	void whenAnotherNodePublishesThenItArrivesOnBothAtTheSamePositions() throws Exception {
		Backplane peer = createPeer();
		Assumptions.assumeTrue(peer != null, "There is only one node");
		try (Backplane other = Objects.requireNonNull(peer)) {
			BlockingQueue<Received> heard = listen(other, CHANNEL);
			await(backplane().subscribe(CHANNEL));
			for (long offset = 1; offset <= 20; offset++) {
				Backplane publisher = (offset % 2 == 0) ? backplane() : other;
				assertThat(await(publisher.append(CHANNEL, Requests.any(HISTORY))).offset()).isEqualTo(offset);
			}
			for (long offset = 1; offset <= 20; offset++) {
				Received received = take();
				assertThat(received.offset()).isEqualTo(offset);
				assertThat(heard.poll(60, TimeUnit.SECONDS)).isNotNull()
					.satisfies((same) -> assertThat(same.publication().position())
						.isEqualTo(received.publication().position()));
			}
			assertThat(await(other.past(CHANNEL, ALL)).position()).isEqualTo(past(CHANNEL, ALL).position());
		}
	}

	private static BlockingQueue<Received> listen(Backplane peer, ChannelId channel) throws Exception {
		BlockingQueue<Received> heard = new LinkedBlockingQueue<>();
		peer.start((id, publication) -> heard.add(new Received(id, publication)));
		await(peer.subscribe(channel));
		return heard;
	}

	@Test
	void whenSomethingIsBroadcastThenItArrivesAsItWasAndIsKeptNowhere() throws Exception {
		await(backplane().subscribe(CHANNEL));
		Publication said = new Publication(new StreamPosition("n", 7), 1_700_000_000_000L, "typing",
				"{\"name\":\"Zoë\"}".getBytes(StandardCharsets.UTF_8), Attributes.of("name", "Zoë"), "c1",
				new Sender("Zoë", "p1"));
		backplane().broadcast(CHANNEL, new Ephemeral(said, "ann"));
		Passing passing = takePassing();
		assertThat(passing.channel()).isEqualTo(CHANNEL);
		assertThat(passing.ephemeral().toUser()).isEqualTo("ann");
		assertThat(passing.ephemeral().publication()).usingRecursiveComparison().isEqualTo(said);
		Publication plain = new Publication(new StreamPosition("n", 8), 1, null, new byte[0], Map.of(), null, null);
		backplane().broadcast(CHANNEL, new Ephemeral(plain, null));
		passing = takePassing();
		assertThat(passing.ephemeral().toUser()).isNull();
		assertThat(passing.ephemeral().publication()).usingRecursiveComparison().isEqualTo(plain);
		assertThat(past(CHANNEL, ALL).publications()).isEmpty();
		assertThat(past(CHANNEL, ALL).position().offset()).isZero();
		assertThat(this.received).isEmpty();
	}

	@Test
	void whenNodeHasNoInterestThenNothingEphemeralArrives() throws Exception {
		Publication said = new Publication(new StreamPosition("n", 1), 1, null, new byte[0], Map.of(), null, null);
		backplane().broadcast(CHANNEL, new Ephemeral(said, null));
		ChannelId other = new ChannelId("globex", null, CHANNEL.name());
		await(backplane().subscribe(other));
		backplane().broadcast(CHANNEL, new Ephemeral(said, null));
		backplane().broadcast(other, new Ephemeral(said, null));
		assertThat(takePassing().channel()).isEqualTo(other);
		assertThat(this.passing).isEmpty();
	}

	private static List<Long> offsets(ChannelPast past) {
		return offsets(past.publications());
	}

	private static List<Long> offsets(List<Publication> publications) {
		return publications.stream().map((publication) -> publication.position().offset()).toList();
	}

	private static List<Long> offsetsTo(long last) {
		return LongStream.rangeClosed(1, last).boxed().toList();
	}

	private static void inParallel(int threads, ParallelTask task) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			List<Callable<Object>> tasks = new ArrayList<>();
			IntStream.range(0, threads).forEach((thread) -> tasks.add(() -> task.run(thread)));
			for (Future<Object> done : executor.invokeAll(tasks, 100, TimeUnit.SECONDS)) {
				done.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
	}

	private interface ParallelTask {

		@Nullable Object run(int thread) throws Exception;

	}

}
