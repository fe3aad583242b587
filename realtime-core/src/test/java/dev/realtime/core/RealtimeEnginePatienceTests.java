package dev.realtime.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeoutException;

import dev.realtime.StreamPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link RealtimeEngine} where the backplane does not answer, or can not.
 */
@Timeout(60)
class RealtimeEnginePatienceTests {

	private static final HistoryOptions HISTORY = new HistoryOptions(3, Duration.ofMinutes(5), 1000);

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "contact.updated");

	private static final Start LIVE = new Start.Live();

	private final ManualBackplane backplane = new ManualBackplane();

	private final ManualScheduler scheduler = new ManualScheduler();

	private final RealtimeEngine engine = new RealtimeEngine(this.backplane, InstantSource.system(), 10,
			Duration.ofSeconds(1), this.scheduler);

	private final TestLanes lanes = TestLanes.direct(new TextEncoder());

	private final TestClient client = new TestClient(this.engine, HISTORY, "c1", this.lanes.get(0));

	@Test
	void whenInterestIsNotConfirmedThenTheSubscriptionFailsAndTheNextOneTriesAgain() {
		subscribe(LIVE);
		awaitFailure();
		assertNothingIsLeft();
		this.backplane.subscribes().get(0).complete(null);
		assertThat(this.backplane.pasts()).isEmpty();
		subscribe(LIVE);
		assertThat(this.backplane.subscribes()).hasSize(2);
	}

	@Test
	void whenThePastIsNotAnsweredThenTheSubscriptionFailsAndTheNextOneTriesAgain() {
		subscribe(LIVE);
		this.backplane.subscribes().get(0).complete(null);
		awaitFailure();
		assertNothingIsLeft();
		this.backplane.pasts().get(0).complete(past(0));
		assertThat(this.client.frames()).isEmpty();
		subscribe(LIVE);
		assertThat(this.backplane.subscribes()).hasSize(2);
	}

	@Test
	void whenTheLastMessageIsNotAnsweredThenOnlyThatSubscriptionFails() {
		start();
		subscribe(new Start.Last(List.of(List.of(5L))));
		awaitFailure();
		this.backplane.lookups().get(0).complete(List.of());
		assertThat(this.client.frames()).isEmpty();
		assertThat(this.engine.hubCount()).isEqualTo(1);
	}

	@Test
	void whenTheHubCanNotCatchUpWithAClientThenOnlyThatSubscriptionFails() {
		start();
		subscribe(new Start.Since(new StreamPosition("e", 7)));
		awaitFailure();
		this.backplane.pasts().get(1).complete(past(8));
		assertThat(this.client.frames()).isEmpty();
		assertThat(this.engine.hubCount()).isEqualTo(1);
	}

	@Test
	void whenAMissedPublicationIsNotAnsweredThenItIsAskedForAgain() {
		start();
		this.backplane.interrupt();
		await().atMost(Duration.ofSeconds(30)).until(() -> !this.scheduler.delays().isEmpty());
		this.scheduler.runDelayed();
		assertThat(this.backplane.pasts()).hasSize(3);
	}

	@Test
	void whenTheBackplaneThrowsThenSubscribersAndPublishersAreToldByTheFuture() {
		RuntimeException failure = new IllegalStateException("Expected by a test");
		this.backplane.throwAlways(failure);
		subscribe(LIVE);
		assertThat(this.client.failures()).containsExactly(failure);
		assertNothingIsLeft();
		assertThat(this.engine.publish(CHANNEL, Requests.any(HISTORY))).failsWithin(Duration.ofSeconds(30))
			.withThrowableThat()
			.withCause(failure);
	}

	/**
	 * Lets another connection wait on the channel, so that it has a hub that stands at
	 * e-0.
	 */
	private void start() {
		TestClient holder = new TestClient(this.engine, HISTORY, "holder", this.lanes.get(1));
		this.backplane.confirmInterestThen(() -> {
		});
		holder.subscribe("s1", CHANNEL, MessageFilter.all(), LIVE);
		this.backplane.pasts().get(0).complete(past(0));
		assertThat(holder.frames()).containsExactly("RECEIPT s1 r e-0");
	}

	private void subscribe(Start start) {
		assertThat(this.client.subscribe("s1", CHANNEL, MessageFilter.all(), start))
			.isEqualTo(SubscribeOutcome.ACCEPTED);
	}

	private void awaitFailure() {
		await().atMost(Duration.ofSeconds(30)).until(() -> !this.client.failures().isEmpty());
		assertThat(this.client.failures()).singleElement().isInstanceOf(TimeoutException.class);
		assertThat(this.client.connection().subscriptionCount()).isZero();
	}

	private static ChannelPast past(long offset) {
		return new ChannelPast(new StreamPosition("e", offset), List.of());
	}

	private void assertNothingIsLeft() {
		assertThat(this.engine.hubCount()).isZero();
		assertThat(this.backplane.unsubscribes()).containsExactly(CHANNEL);
	}

}
