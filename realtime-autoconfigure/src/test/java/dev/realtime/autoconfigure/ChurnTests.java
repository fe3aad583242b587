package dev.realtime.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.limit.Limiter;
import dev.realtime.stomp.RealtimeWebSocketHandler;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that come and go at any step of the protocol leave nothing behind. Has an
 * application of its own: Spring pauses the shared one between test classes, and its
 * simple broker never hears of clients that leave meanwhile.
 */
@SpringBootTest(classes = TestApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = "spring.application.name=churn")
@Timeout(60)
class ChurnTests {

	private static final int CLIENTS = 4;

	private static final int CYCLES = 125;

	@LocalServerPort
	private int port;

	@Autowired
	private RealtimeEngine engine;

	@Autowired
	private Limiter limiter;

	@Autowired
	private RealtimeWebSocketHandler handler;

	@Autowired
	private SimpleBrokerMessageHandler simpleBroker;

	@Autowired
	private SimpUserRegistry users;

	@Test
	@Tag("T31")
	void whenClientsLeaveAtAnyStepThenNothingStaysBehind() throws Exception {
		long laneThreads = laneThreads();
		long seed = System.nanoTime();
		ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
		try {
			List<Future<?>> done = new ArrayList<>();
			for (int client = 0; client < CLIENTS; client++) {
				Random random = new Random(seed + client);
				done.add(clients.submit((Callable<Void>) () -> {
					for (int i = 0; i < CYCLES; i++) {
						comeAndGo(random);
					}
					return null;
				}));
			}
			for (Future<?> client : done) {
				client.get();
			}
		}
		finally {
			clients.shutdownNow();
		}
		awaitNothingLeft();
		// Applications of other tests have some, too; a lane starts when it is needed.
		assertThat(laneThreads()).isLessThanOrEqualTo(laneThreads + Runtime.getRuntime().availableProcessors());
	}

	private static long laneThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("realtime-lane"))
			.count();
	}

	private void comeAndGo(Random random) {
		String room = Rooms.fresh();
		List<String> steps = List.of("CONNECT\naccept-version:1.2\nheart-beat:0,0\n\n\0",
				"SUBSCRIBE\nid:s1\ndestination:/realtime/room." + room + "\nreceipt:1\n\n\0",
				"SUBSCRIBE\nid:q\ndestination:/user/queue/echo\n\n\0", "SEND\ndestination:/app/echo\n\nx\0",
				"SUBSCRIBE\nid:s2\ndestination:/realtime/item." + room + "\nfilter:{\"id\"\\c[1,2]}\n\n\0",
				"UNSUBSCRIBE\nid:s1\nreceipt:2\n\n\0", "SEND\ndestination:/realtime/room." + room + "\nreceipt:3\n\n\0",
				"DISCONNECT\nreceipt:4\n\n\0");
		int last = random.nextInt(steps.size() + 1);
		try (RawStompClient client = RawStompClient.open(this.port, "bob")) {
			String sent = String.join("", steps.subList(0, last));
			int cut = random.nextBoolean() ? sent.length() : random.nextInt(sent.length() + 1);
			client.send(sent.substring(0, cut));
			switch (random.nextInt(5)) {
				case 0 -> client.send("FOO\n\n\0");
				case 1 -> client.closeNormally();
				case 2 -> {
					if (last > 0 && cut == sent.length()) {
						client.next();
					}
				}
				default -> {
				}
			}
		}
		catch (CompletionException ex) {
			// The server was faster.
			assertThat(ex).hasCauseInstanceOf(IOException.class);
		}
	}

	private void awaitNothingLeft() {
		// Tomcat may hold on to a client that stopped reading until its write time-out of
		// 20 s.
		await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
			assertThat(entries(this.handler, "sessions")).isEmpty();
			assertThat(ReflectionTestUtils.<Boolean>invokeMethod(this.limiter, "isEmpty")).isTrue();
			assertThat(this.engine.statistics().channels()).isZero();
			assertThat(this.users.getUserCount()).isZero();
			assertThat(entries(this.simpleBroker, "sessions")).isEmpty();
			for (Object protocol : this.handler.getProtocolHandlerMap().values()) {
				assertThat(entries(protocol, "inbounds")).isEmpty();
			}
			Object lanes = ReflectionTestUtils.getField(this.handler, "lanes");
			for (Object lane : (List<?>) ReflectionTestUtils.getField(lanes, "lanes")) {
				assertThat((Iterable<?>) ReflectionTestUtils.getField(lane, "connections")).isEmpty();
				assertThat(entries(lane, "channels")).isEmpty();
			}
		});
	}

	private static Map<?, ?> entries(Object target, String field) {
		return (Map<?, ?>) ReflectionTestUtils.getField(target, field);
	}

}
