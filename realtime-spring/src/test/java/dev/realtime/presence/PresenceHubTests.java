package dev.realtime.presence;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;

import dev.realtime.Tenant;
import dev.realtime.core.ChannelId;
import dev.realtime.core.Connection;
import dev.realtime.core.InMemoryBackplane;
import dev.realtime.core.RealtimeEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link PresenceHub}: what a node does with its connections.
 */
@Timeout(60)
class PresenceHubTests {

	private static final Tenant ACME = new Tenant("acme");

	private final InMemoryBackplane backplane = new InMemoryBackplane(InstantSource.system(), new Random(1));

	private final RealtimeEngine engine = new RealtimeEngine(this.backplane, InstantSource.system(), 10);

	@Test
	void whenSomebodyConnectsThenTheOtherNodesAreTold() {
		try (PresenceHub hub = TestPresence.of(this.engine)) {
			hub.start();
			hub.connected(connection(), ACME, "ada");
			await().atMost(Duration.ofSeconds(5)).until(() -> hub.isOnline(ACME, "ada"));
			await().atMost(Duration.ofSeconds(5)).until(() -> said() > 0);
		}
	}

	@Test
	void whenPresenceIsOffThenNothingIsToldAndQuestionsAreRefused() {
		try (PresenceHub hub = new PresenceHub(this.engine, TestPresence.OFF, (event) -> {
		})) {
			hub.start();
			hub.connected(connection(), ACME, "ada");
			assertThatIllegalStateException().isThrownBy(() -> hub.isOnline(ACME, "ada"))
				.withMessageContaining("realtime.presence.enabled");
			assertThatIllegalStateException().isThrownBy(() -> hub.onlineUsers(ACME));
			assertThatIllegalStateException().isThrownBy(() -> hub.lastSeen(ACME, "ada"));
			assertThatIllegalStateException().isThrownBy(() -> hub.whereIs(ACME, "ada"));
			assertThat(hub.members()).isZero();
			assertThat(hub.leave()).isCompleted();
			await().during(Duration.ofMillis(300)).atMost(Duration.ofSeconds(5)).until(() -> said() == 0);
		}
	}

	private int said() {
		return this.backplane.past(new ChannelId(null, null, "@presence"), 100).join().publications().size();
	}

	private static Connection<?> connection() {
		Connection<?> connection = mock(Connection.class);
		given(connection.id()).willReturn("c-1");
		return connection;
	}

}
