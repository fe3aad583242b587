package dev.realtime.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import dev.realtime.Realtime;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that do not read.
 */
@EndpointTest
class SlowConsumerTests {

	private static final String LARGE = "x".repeat(15_000);

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Autowired
	private ConfigurableApplicationContext context;

	@Test
	@Tag("T19")
	void whenClientsStopReadingThenTheyAreClosedAndOthersNoticeNothing() throws Exception {
		String room = Rooms.fresh();
		List<RawStompClient> hanging = new ArrayList<>();
		Map<String, CompletableFuture<Integer>> closeCodes = new ConcurrentHashMap<>();
		this.context.addApplicationListener((ApplicationListener<SessionDisconnectEvent>) (event) -> closeCodes
			.computeIfAbsent(event.getSessionId(), (id) -> new CompletableFuture<>())
			.complete(event.getCloseStatus().getCode()));
		try (RawStompClient healthy = RawStompClient.connect(this.port, "alice");
				RawStompClient elsewhere = RawStompClient.connect(this.port, "alice")) {
			for (int i = 0; i < 8; i++) {
				RawStompClient client = RawStompClient.connect(this.port, "bob");
				client.subscribe("s1", "/realtime/room." + room);
				client.pause();
				hanging.add(client);
				closeCodes.computeIfAbsent(client.session(), (id) -> new CompletableFuture<>());
			}
			healthy.subscribe("s1", "/realtime/room." + room);
			elsewhere.subscribe("s1", "/realtime/room.else" + room);
			Duration worst = Duration.ZERO;
			// More than the buffers of both kernels take.
			for (int i = 0; i < 2500; i++) {
				long start = System.nanoTime();
				publish("room." + room, i + LARGE);
				publish("room.else" + room, "tick");
				assertThat(RawStompClient.body(healthy.next())).startsWith("\"" + i + "x");
				assertThat(RawStompClient.body(elsewhere.next())).isEqualTo("\"tick\"");
				Duration taken = Duration.ofNanos(System.nanoTime() - start);
				worst = (taken.compareTo(worst) > 0) ? taken : worst;
			}
			// Spring's simple broker holds everybody for up to 20 seconds here.
			assertThat(worst).isLessThan(Duration.ofSeconds(2));
			for (RawStompClient client : hanging) {
				assertThat(closeCodes.get(client.session()).get(10, TimeUnit.SECONDS)).isEqualTo(4001);
			}
			healthy.expectNothingElse();
		}
		finally {
			hanging.forEach(RawStompClient::close);
		}
	}

	private void publish(String topic, String text) {
		CompletableFuture<?> published = this.realtime.forTenant("acme").publish(topic, text);
		assertThat(published).isCompleted();
	}

}
