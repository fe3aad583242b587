package dev.realtime.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.realtime.autoconfigure.app.TestApplication;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Somebody between client and server cuts connections that are idle.
 */
@SpringBootTest(classes = TestApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = "realtime.heartbeat=55s")
@Tag("endpoint")
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class IdleProxyTests {

	@LocalServerPort
	private int port;

	@Test
	void whenManyConnectionsAreCutOffAfterTheSameSilenceThenItIsToldOnce(CapturedOutput output) {
		List<RawStompClient> clients = Stream.generate(() -> RawStompClient.connect(this.port, "alice"))
			.limit(12)
			.toList();
		clients.forEach((client) -> client.subscribe("s1", "/realtime/room.idle"));
		await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
		clients.forEach(RawStompClient::close);
		await().untilAsserted(() -> assertThat(output).containsOnlyOnce("proxy_read_timeout").contains("PT55S"));
	}

}
