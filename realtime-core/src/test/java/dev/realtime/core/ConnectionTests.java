package dev.realtime.core;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Connection}.
 */
@Timeout(10)
class ConnectionTests {

	private final RecordingSink sink = new RecordingSink();

	private final Connection<String> connection = new Connection<>("c1", new Lane<>(new TextEncoder(), Runnable::run),
			this.sink);

	@Test
	void whenFrameIsSentThenItIsFlushed() {
		this.connection.send("a");
		assertThat(this.sink.calls()).containsExactly("write a", "flush");
	}

	@Test
	void whenIdIsTakenThenTheFirstSubscriptionStays() {
		Subscription<String> first = subscription("s1");
		assertThat(this.connection.register(first, 2)).isEqualTo(SubscribeOutcome.ACCEPTED);
		assertThat(this.connection.register(subscription("s1"), 2)).isEqualTo(SubscribeOutcome.DUPLICATE_ID);
		assertThat(this.connection.unregister("s1")).isSameAs(first);
		assertThat(this.connection.subscriptionCount()).isZero();
	}

	@Test
	void whenLimitIsReachedThenMoreAreRefusedUntilOneEnds() {
		assertThat(this.connection.register(subscription("s1"), 1)).isEqualTo(SubscribeOutcome.ACCEPTED);
		assertThat(this.connection.register(subscription("s2"), 1)).isEqualTo(SubscribeOutcome.TOO_MANY);
		this.connection.unregister("s1");
		assertThat(this.connection.register(subscription("s2"), 1)).isEqualTo(SubscribeOutcome.ACCEPTED);
	}

	@Test
	void whenAnotherSubscriptionHasTheIdThenItIsNotUnregistered() {
		Subscription<String> old = subscription("s1");
		Subscription<String> current = subscription("s1");
		this.connection.register(old, 1);
		this.connection.unregister("s1");
		this.connection.register(current, 1);
		assertThat(this.connection.unregister(old)).isFalse();
		assertThat(this.connection.unregister(current)).isTrue();
		assertThat(this.connection.unregister(current)).isFalse();
	}

	@Test
	void whenEndedThenSubscriptionsAreHandedOutOnceAndNewOnesRefused() {
		Subscription<String> subscription = subscription("s1");
		this.connection.register(subscription, 2);
		assertThat(this.connection.end()).containsExactly(subscription);
		assertThat(this.connection.end()).isEmpty();
		assertThat(this.connection.unregister(subscription)).isFalse();
		assertThat(this.connection.register(subscription("s2"), 2)).isEqualTo(SubscribeOutcome.CLOSED);
		assertThat(this.connection.subscriptionCount()).isZero();
	}

	private Subscription<String> subscription(String id) {
		return new Subscription<>(this.connection,
				new SubscriptionRequest(id, new ChannelId("acme", null, "contact.updated"), MessageFilter.all(),
						new Start.Live(), null, new HistoryOptions(1, Duration.ofMinutes(1), 1)));
	}

}
