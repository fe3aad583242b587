package dev.realtime.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.TransportStatistics;
import dev.realtime.limit.Limiter;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Clients that send nonsense, for a while: nothing is left of them, the log is quiet, and
 * a good client beside them notices nothing. The profile {@code fuzz} does it for longer,
 * {@code -Drealtime.fuzz.seed} does again what failed.
 */
@SpringBootTest(classes = { TestApplication.class, NettyPortTests.TokenConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", TestApplication.SECRET, "spring.application.name=fuzz" })
@ExtendWith({ OutputCaptureExtension.class, NoLeaks.class })
@Tag("endpoint")
@Tag("T13")
@Tag("T14")
@Tag("T15")
@Tag("T27")
@Tag("T31")
@Tag("T35")
@Timeout(value = 2, unit = java.util.concurrent.TimeUnit.HOURS)
class FuzzTests {

	private static final Duration DURATION = Duration.ofSeconds(Long.getLong("realtime.fuzz.seconds", 8));

	private static final Duration SETTLE = Duration.ofSeconds(60);

	/** What would tell of the inside of the server. */
	private static final Pattern INSIDE = Pattern.compile("dev\\.realtime|org\\.|java|Exception|\\bat \\w+\\.");

	/** Jetty warns of each bad Host header, in one line. */
	private static final Pattern LOUD = Pattern
		.compile("(?m)^\\S+ +(WARN|ERROR) (?!.*(HostPort  |Encountered multiple )).*$");

	@LocalServerPort
	private int port;

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private RealtimeEngine engine;

	@Autowired
	private Limiter limiter;

	@Autowired
	private Realtime realtime;

	private final AtomicInteger published = new AtomicInteger();

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	void whenClientsSendNonsenseThenNothingIsLeftOfThem(String transport, CapturedOutput output) throws Exception {
		long seed = Long.getLong("realtime.fuzz.seed", System.nanoTime());
		String room = Rooms.fresh();
		long threads = threads();
		int before = output.getAll().length();
		Thread publisher = new Thread(() -> publish(room), "fuzz-publisher");
		long rounds = 0;
		try (RawStompClient healthy = RawStompClient.handshake(port(transport)).connect("passcode:acme")) {
			healthy.subscribe("s1", "/realtime/room." + room);
			publisher.start();
			long end = System.nanoTime() + DURATION.toNanos();
			while (System.nanoTime() < end) {
				fuzz(transport, seed + rounds++);
			}
			publisher.interrupt();
			publisher.join();
			for (int i = 1; i <= this.published.get(); i++) {
				String message = healthy.next();
				assertThat(RawStompClient.body(message)).as("seed %d", seed).isEqualTo(Integer.toString(i));
				assertThat(RawStompClient.offset(message)).isEqualTo(i);
			}
			healthy.expectNothingElse();
		}
		assertThat(rounds).as("seed %d", seed).isGreaterThan(20);
		awaitNothingLeft(seed, threads);
		assertThat(LOUD.matcher(output.getAll().substring(before)).results().map((line) -> line.group()).toList())
			.as("seed %d", seed)
			.isEmpty();
	}

	private void publish(String room) {
		this.published.set(0);
		while (!Thread.currentThread().isInterrupted()) {
			this.realtime.forTenant("acme").publish("room." + room, this.published.get() + 1).join();
			this.published.incrementAndGet();
			try {
				Thread.sleep(5);
			}
			catch (InterruptedException ex) {
				return;
			}
		}
	}

	private void fuzz(String transport, long seed) throws IOException {
		FrameFuzzer fuzzer = new FrameFuzzer(seed);
		try (RawSocket client = new RawSocket(port(transport))) {
			String answer;
			try {
				client.write((fuzzer.random().nextInt(20) == 0) ? fuzzer.handshake(client.handshake("/realtime"))
						: client.handshake("/realtime").getBytes(StandardCharsets.UTF_8));
				if (fuzzer.random().nextInt(3) > 0) {
					client.sendText(FrameFuzzer.CONNECT);
				}
				client.write(fuzzer.webSocket(fuzzer.frames()));
				answer = client.drain(fuzzer.random().nextInt(30));
			}
			catch (IOException ex) {
				// Closed in the client's face.
				answer = "";
			}
			assertThat(INSIDE.matcher(answer).find()).as("seed %d: %s", seed, answer).isFalse();
			if (fuzzer.random().nextBoolean()) {
				client.reset();
			}
		}
	}

	private void awaitNothingLeft(long seed, long threads) {
		await().atMost(SETTLE).untilAsserted(() -> {
			List<TransportStatistics> transports = this.engine.statistics().transports();
			assertThat(transports).as("seed %d", seed)
				.allMatch((statistics) -> statistics.connections() == 0)
				.allMatch((statistics) -> statistics.subscriptions() == 0);
			assertThat(this.engine.statistics().channels()).as("seed %d", seed).isZero();
			assertThat(ReflectionTestUtils.<Boolean>invokeMethod(this.limiter, "isEmpty")).as("seed %d", seed).isTrue();
			assertThat(threads()).as("seed %d", seed).isLessThanOrEqualTo(threads);
		});
	}

	/**
	 * Our threads that are no pool of the server, of the workers, or of Spring, which
	 * have bounds of their own.
	 */
	private static long threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("realtime-"))
			.filter((thread) -> !thread.getName().matches("realtime-(worker|close|lane).*"))
			.count();
	}

	private int port(String transport) {
		return transport.equals("netty") ? this.endpoint.getPort() : this.port;
	}

}
