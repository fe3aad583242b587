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
 * STOMP as a client sees it, frame by frame, on a real Tomcat.
 */
@SpringBootTest(classes = TestApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Timeout(60)
class StompEndpointTests {

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Test
	void whenSomethingIsPublishedThenTheSubscriberGetsIt() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/contact.updated", "replay:none");
			String position = this.realtime.forTenant("acme").publish(new ContactUpdated(5, "bob")).join().toString();
			String message = alice.next();
			assertThat(message).startsWith("MESSAGE\nsubscription:s1\nmessage-id:" + position
					+ "\ndestination:/realtime/contact.updated\ncontent-type:application/json\ntimestamp:");
			assertThat(RawStompClient.body(message)).isEqualTo("{\"id\":5,\"by\":\"bob\"}");
		}
	}

}
