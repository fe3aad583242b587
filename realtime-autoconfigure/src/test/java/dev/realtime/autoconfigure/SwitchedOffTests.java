package dev.realtime.autoconfigure;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.autoconfigure.app.TestApplication.ContactUpdated;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application with {@code realtime.enabled=false}.
 */
@SpringBootTest(classes = TestApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = "realtime.enabled=false")
@Timeout(60)
class SwitchedOffTests {

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Test
	void whenRealtimeIsSwitchedOffThenThereIsNoEndpoint() {
		assertThat(RawStompClient.handshake(this.port).basic("alice").status()).isEqualTo(404);
		assertThat(RawStompClient.handshake(this.port).status()).isEqualTo(404);
	}

	@Test
	void whenRealtimeIsSwitchedOffThenPublishingDoesNothing() {
		assertThat(this.realtime.isEnabled()).isFalse();
		assertThat(this.realtime.publish(new ContactUpdated(1, "alice"))).isCompletedWithValue(null);
		assertThat(this.realtime.forTenant("acme").publish("no.such.topic", 1)).isCompletedWithValue(null);
		assertThat(this.realtime.to("room.{room}").event("e").data(new Object()).now().publish())
			.isCompletedWithValue(null);
	}

}
