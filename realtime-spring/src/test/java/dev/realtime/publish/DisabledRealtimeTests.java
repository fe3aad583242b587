package dev.realtime.publish;

import java.util.List;
import java.util.Map;

import dev.realtime.Access;
import dev.realtime.Realtime;
import dev.realtime.ServerSubscriptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DisabledRealtime}.
 */
@Timeout(30)
class DisabledRealtimeTests {

	private final Realtime realtime = new DisabledRealtime();

	@Test
	void isNotEnabled() {
		assertThat(this.realtime.isEnabled()).isFalse();
		assertThat(this.realtime.forTenant("acme").isEnabled()).isFalse();
	}

	@Test
	void everyPublicationIsDoneAtOnce() {
		assertThat(this.realtime.publish("nowhere", new Object())).isCompletedWithValue(null);
		assertThat(this.realtime.publish(new Object())).isCompletedWithValue(null);
		assertThat(this.realtime.forTenant("").publish("nowhere", new Object())).isCompletedWithValue(null);
	}

	@Test
	void tokensAreEmpty() {
		assertThat(this.realtime.connectionToken()).isEmpty();
		assertThat(this.realtime.subscribeToken("nowhere", Map.of())).isEmpty();
	}

	@Test
	void accessTakesEverything() {
		Access access = this.realtime.forTenant("").access();
		assertThat(List.of(access.revoke(""), access.revoke("", "nowhere"), access.revokeTopic("nowhere"),
				access.recheck(""), access.recheckTopic("nowhere"), access.recheckAll(), access.disconnect(""),
				access.reconnect(""), access.disconnectSession(""), access.disconnectTenant()))
			.allSatisfy((done) -> assertThat(done).isCompletedWithValue(null));
	}

	@Test
	void serverSubscriptionsTakeEverything() {
		for (ServerSubscriptions subscriptions : List.of(this.realtime.user(""), this.realtime.session(""),
				this.realtime.connection(""))) {
			assertThat(List.of(subscriptions.subscribe("nowhere"), subscriptions.subscribe("nowhere", Map.of()),
					subscriptions.unsubscribe("nowhere")))
				.allSatisfy((done) -> assertThat(done).isCompletedWithValue(null));
		}
	}

	@Test
	void broadcastsTakeEverything() {
		assertThat(this.realtime.toUser("").publish()).isCompletedWithValue(null);
		assertThat(this.realtime.toAll(List.of("nowhere")).publish()).isCompletedWithValue(List.of());
		assertThat(this.realtime.publishAll(List.of(this.realtime.to("nowhere")))).isCompletedWithValue(List.of());
		assertThat(this.realtime.toUsers(List.of(""))
			.data(new Object())
			.event("\n")
			.except("")
			.idempotencyKey("")
			.now()
			.publish()).isCompletedWithValue(List.of());
	}

	@Test
	void builderTakesEverything() {
		assertThat(this.realtime.to("nowhere", 1, 2)
			.data(new Object())
			.event("\n")
			.user("")
			.except("")
			.idempotencyKey("")
			.now()
			.publish()).isCompletedWithValue(null);
	}

}
