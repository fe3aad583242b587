package dev.realtime.core;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@link InMemoryBackplane} does beyond the contract of backplanes.
 */
@Timeout(20)
class InMemoryBackplaneTests {

	private static final Duration TTL = Duration.ofSeconds(1);

	private static final HistoryOptions HISTORY = new HistoryOptions(100, Duration.ofMinutes(5), 100);

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "contact.updated");

	private static final HistoryOptions SHORT = new HistoryOptions(100, TTL, 100);

	private final MutableClock clock = new MutableClock();

	private final InMemoryBackplane backplane = new InMemoryBackplane(this.clock, new Random(42));

	private final BlockingQueue<Publication> received = new LinkedBlockingQueue<>();

	@BeforeEach
	void start() {
		this.backplane.start((channel, publication) -> this.received.add(publication));
	}

	@Test
	void whenPublishedThenTimestampIsThatOfTheClock() throws Exception {
		append(CHANNEL, Requests.any(HISTORY));
		assertThat(past(CHANNEL, 1).publications().get(0).timestamp()).isEqualTo(this.clock.millis());
	}

	@Test
	void whenInterestEndsThenListenerIsNotCalledAnyMore() throws Exception {
		await(this.backplane.subscribe(CHANNEL));
		append(CHANNEL, Requests.any(HISTORY));
		take();
		this.backplane.unsubscribe(CHANNEL);
		append(CHANNEL, Requests.any(HISTORY));
		assertThat(this.received).isEmpty();
	}

	@Test
	void whenClosedThenLaterPublicationsDoNotReachTheListener() throws Exception {
		await(this.backplane.subscribe(CHANNEL));
		this.backplane.close();
		append(CHANNEL, Requests.any(HISTORY));
		assertThat(this.received).isEmpty();
	}

	@Test
	void whenTtlHasJustPassedThenPublicationIsGone() throws Exception {
		append(CHANNEL, Requests.about(5L, SHORT));
		elapse(TTL);
		assertThat(past(CHANNEL, 1).publications()).hasSize(1);
		elapse(Duration.ofMillis(1));
		assertThat(past(CHANNEL, 1).publications()).isEmpty();
	}

	@Test
	void whenTtlHasPassedThenIdempotencyKeyIsForgotten() throws Exception {
		StreamPosition first = append(CHANNEL, Requests.withIdempotencyKey("i1", SHORT));
		elapse(TTL);
		assertThat(append(CHANNEL, Requests.withIdempotencyKey("i1", SHORT))).isEqualTo(first);
		elapse(Duration.ofMillis(1));
		assertThat(append(CHANNEL, Requests.withIdempotencyKey("i1", SHORT)).offset()).isEqualTo(2);
	}

	@Test
	void whenIdempotencyKeyIsRememberedThenItsPayloadIsNot() throws Exception {
		HistoryOptions one = new HistoryOptions(1, Duration.ofHours(1), 1);
		byte[] data = new byte[1024];
		WeakReference<byte[]> payload = new WeakReference<>(data);
		StreamPosition first = append(CHANNEL, new PublicationRequest(data, Map.of(), null, null, null, "i1", one));
		data = null;
		append(CHANNEL, Requests.any(one));
		// Until the timeout of the test.
		while (payload.get() != null) {
			System.gc();
		}
		assertThat(append(CHANNEL, Requests.withIdempotencyKey("i1", one))).isEqualTo(first);
	}

	@Test
	void whenIdempotencyKeysAreManyThenTheOldestAreForgotten() throws Exception {
		for (int i = 0; i <= 10_000; i++) {
			append(CHANNEL, Requests.withIdempotencyKey("i" + i, HISTORY));
		}
		assertThat(append(CHANNEL, Requests.withIdempotencyKey("i1", HISTORY)).offset()).isEqualTo(2);
		assertThat(append(CHANNEL, Requests.withIdempotencyKey("i0", HISTORY)).offset()).isEqualTo(10_002);
	}

	@Test
	void whenNobodyNeedsAChannelForItsTtlThenItIsForgottenAndStartsAnew() throws Exception {
		StreamPosition before = append(CHANNEL, Requests.about(5L, SHORT));
		elapse(TTL.plusMillis(1));
		this.backplane.evictExpired();
		assertThat(this.backplane.channels()).isZero();
		StreamPosition after = append(CHANNEL, Requests.any(SHORT));
		assertThat(after.offset()).isEqualTo(1);
		assertThat(after.epoch()).isNotEqualTo(before.epoch());
		assertThat(lastByKey(CHANNEL, Set.of(Requests.key(5L)))).isEmpty();
	}

	@Test
	void whenChannelWasPublishedToWithinItsTtlThenItIsKept() throws Exception {
		StreamPosition before = append(CHANNEL, Requests.any(SHORT));
		elapse(TTL.minusMillis(1));
		this.backplane.evictExpired();
		assertThat(append(CHANNEL, Requests.any(SHORT))).isEqualTo(new StreamPosition(before.epoch(), 2));
	}

	@Test
	void whenNodeIsInterestedThenChannelIsKept() throws Exception {
		await(this.backplane.subscribe(CHANNEL));
		StreamPosition before = append(CHANNEL, Requests.any(SHORT));
		elapse(TTL.multipliedBy(100));
		this.backplane.evictExpired();
		assertThat(this.backplane.channels()).isEqualTo(1);
		assertThat(append(CHANNEL, Requests.any(SHORT))).isEqualTo(new StreamPosition(before.epoch(), 2));
	}

	@Test
	void whenThereAreManyAppendsThenExpiredChannelsAreForgottenByTheWay() throws Exception {
		for (int i = 0; i < 100; i++) {
			append(new ChannelId("acme", null, "document." + i), Requests.any(SHORT));
		}
		assertThat(this.backplane.channels()).isEqualTo(100);
		elapse(TTL.plusMillis(1));
		for (int i = 0; i < 2000; i++) {
			append(CHANNEL, Requests.any(SHORT));
		}
		assertThat(this.backplane.channels()).isEqualTo(1);
	}

	@Test
	void whenNobodyHasPublishedThenTheEpochOutlivesTheLastSubscriberForAWhile() throws Exception {
		await(this.backplane.subscribe(CHANNEL));
		StreamPosition before = past(CHANNEL, 1).position();
		elapse(Duration.ofHours(1));
		this.backplane.unsubscribe(CHANNEL);
		elapse(Duration.ofMinutes(5));
		this.backplane.evictExpired();
		assertThat(past(CHANNEL, 1).position()).isEqualTo(before);
		elapse(Duration.ofMillis(1));
		this.backplane.evictExpired();
		assertThat(this.backplane.channels()).isZero();
	}

	@Test
	void whenTheLastSubscriberLeavesLongAfterTheLastPublicationThenTheChannelIsKeptForItsTtl() throws Exception {
		await(this.backplane.subscribe(CHANNEL));
		StreamPosition before = append(CHANNEL, Requests.any(SHORT));
		elapse(TTL.multipliedBy(100));
		this.backplane.unsubscribe(CHANNEL);
		this.backplane.evictExpired();
		assertThat(append(CHANNEL, Requests.any(SHORT))).isEqualTo(new StreamPosition(before.epoch(), 2));
	}

	@Test
	void whenChannelsAreOnlySubscribedToThenTheyAreForgottenByTheWay() throws Exception {
		for (int i = 0; i < 10_000; i++) {
			ChannelId channel = new ChannelId("acme", null, "document." + i);
			await(this.backplane.subscribe(channel));
			this.backplane.unsubscribe(channel);
			elapse(Duration.ofSeconds(1));
		}
		assertThat(this.backplane.channels()).isLessThan(2000);
	}

	@Test
	void whenChannelIsForgottenWhileItIsSubscribedToThenNothingIsLost() throws Exception {
		int rounds = 5000;
		AtomicBoolean done = new AtomicBoolean();
		CompletableFuture<Void> forgetting = CompletableFuture.runAsync(() -> {
			while (!done.get()) {
				elapse(TTL.plusMillis(1));
				this.backplane.evictExpired();
			}
		});
		try {
			for (int i = 0; i < rounds; i++) {
				await(this.backplane.subscribe(CHANNEL));
				StreamPosition position = append(CHANNEL, Requests.any(SHORT));
				assertThat(this.received).as("round %s", i).hasSize(1);
				assertThat(take().position()).isEqualTo(position);
				this.backplane.unsubscribe(CHANNEL);
			}
		}
		finally {
			done.set(true);
		}
		await(forgetting);
	}

	private StreamPosition append(ChannelId channel, PublicationRequest request) throws Exception {
		return await(this.backplane.append(channel, request));
	}

	private ChannelPast past(ChannelId channel, int limit) throws Exception {
		return await(this.backplane.past(channel, limit));
	}

	private List<Publication> lastByKey(ChannelId channel, Set<List<@Nullable Object>> keys) throws Exception {
		return await(this.backplane.lastByKey(channel, keys));
	}

	private void elapse(Duration duration) {
		this.clock.advance(duration);
	}

	private Publication take() throws InterruptedException {
		return Objects.requireNonNull(this.received.poll(10, TimeUnit.SECONDS));
	}

	private static <T> T await(CompletableFuture<T> future) throws Exception {
		return future.get(10, TimeUnit.SECONDS);
	}

}
