package dev.realtime.autoconfigure;

import dev.realtime.autoconfigure.app.TestApplication;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Frames that the container hands over in many parts.
 */
@SpringBootTest(classes = TestApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = "realtime.limits.frames-per-second=5")
@Tag("endpoint")
@Timeout(60)
class LargeFrameTests {

	@LocalServerPort
	private int port;

	@Test
	@Tag("T16")
	void whenAFrameIsLargeThenItCountsOnce() {
		try (RawStompClient client = RawStompClient.connect(this.port, "alice")) {
			for (int i = 0; i < 3; i++) {
				client.send("SEND\ndestination:/app/note\nreceipt:large\n\n" + "x".repeat(60_000) + "\0");
				assertThat(client.next()).isEqualTo("RECEIPT\nreceipt-id:large\n\n");
			}
		}
	}

}
