package dev.realtime.autoconfigure;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.netty.NettyEndpoint;
import io.micrometer.core.instrument.MeterRegistry;
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
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Some of many clients stop reading. How long the others wait meanwhile is what the
 * benchmark "slow" measures.
 */
@SpringBootTest(classes = { TestApplication.class, NettyPortTests.TokenConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", TestApplication.SECRET, "realtime.limits.pending-bytes=512KB" })
@ExtendWith({ OutputCaptureExtension.class, NoLeaks.class })
@Tag("endpoint")
@Timeout(180)
class SlowReadersTests {

	private static final int HEALTHY = 184;

	private static final int HANGING = 16;

	private static final int MAX_PUBLICATIONS = 1000;

	private static final int AT_ONCE = 10;

	private static final long MAX_HEAP_GROWTH = 64L * 1024 * 1024;

	private static final Pattern LOG_LINE = Pattern.compile("Closed (a|\\d+) connections? whose client");

	private static final String LARGE = "x".repeat(12_000);

	@LocalServerPort
	private int port;

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private Realtime realtime;

	@Autowired
	private MeterRegistry registry;

	@Autowired
	private ConfigurableApplicationContext context;

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	@Tag("T19")
	void whenSomeStopReadingThenTheyAreClosedAndTheOthersGetEverything(String transport, CapturedOutput output)
			throws Exception {
		String room = Rooms.fresh();
		List<Integer> codes = new CopyOnWriteArrayList<>();
		ApplicationListener<SessionDisconnectEvent> listener = (event) -> codes.add(event.getCloseStatus().getCode());
		double before = slowConsumers(transport);
		try (Subscribers clients = new Subscribers()) {
			clients.join(port(transport), HANGING, true, "/realtime/room." + room);
			clients.join(port(transport), HEALTHY, false, "/realtime/room." + room);
			this.context.addApplicationListener(listener);
			clients.start();
			long heap = usedHeap();
			int published = 0;
			while (slowConsumers(transport) - before < HANGING && published < MAX_PUBLICATIONS) {
				published = publish(room, published, clients);
				// Most of all while it waits for those that do not read.
				assertThat(usedHeap() - heap).isLessThan(MAX_HEAP_GROWTH);
			}
			published = publish(room, published, clients);
			await().atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(slowConsumers(transport) - before).isEqualTo(HANGING));
			await().atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(codes).hasSize(HANGING).containsOnly(4001));
			await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(logged(output)).isEqualTo(HANGING));
			assertThat(clients.delivered()).isEqualTo((long) published * HEALTHY);
		}
		finally {
			this.context.removeApplicationListener(listener);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	@Tag("T19")
	void whenTopicConflatesThenWhoDoesNotReadGetsAGapAndTheNewestOfEachKeyAndStays(String transport) {
		String topic = "price." + Rooms.fresh();
		RawStompClient.Handshake handshake = RawStompClient.handshake(port(transport));
		boolean netty = transport.equals("netty");
		try (RawStompClient slow = netty ? handshake.connect("passcode:acme") : handshake.basic("alice").connect();
				RawStompClient healthy = netty ? RawStompClient.handshake(port(transport)).connect("passcode:acme")
						: RawStompClient.connect(port(transport), "alice")) {
			slow.subscribe("s1", "/realtime/" + topic);
			healthy.subscribe("s1", "/realtime/" + topic);
			slow.pause();
			double before = conflated(transport);
			int published = 0;
			while (conflated(transport) - before < 30 && published < MAX_PUBLICATIONS) {
				this.realtime.forTenant("acme").publish(topic, Map.of("id", published % 3, "text", LARGE)).join();
				assertThat(RawStompClient.offset(healthy.next())).isEqualTo(++published);
			}
			slow.resume();
			int got = 0;
			String message = slow.next();
			while (RawStompClient.header(message, "realtime-control") == null) {
				assertThat(RawStompClient.offset(message)).isEqualTo(++got);
				message = slow.next();
			}
			assertThat(RawStompClient.header(message, "realtime-control")).isEqualTo("gap");
			assertThat(published - got).isGreaterThan(30);
			List<Long> newest = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				newest.add(RawStompClient.offset(slow.next()));
			}
			assertThat(newest).containsExactlyInAnyOrder(published - 2L, published - 1L, (long) published);
			this.realtime.forTenant("acme").publish(topic, Map.of("id", 1)).join();
			assertThat(RawStompClient.offset(slow.next())).isEqualTo(published + 1);
			slow.expectNothingElse();
			assertThat(slow.isClosed()).isFalse();
		}
	}

	private double conflated(String transport) {
		return this.registry.get("realtime.drops")
			.tags("transport", transport, "reason", "conflated")
			.functionCounter()
			.count();
	}

	/**
	 * Publishes, and waits until all that read have got it.
	 */
	private int publish(String room, int published, Subscribers clients) throws InterruptedException {
		for (int i = 0; i < AT_ONCE; i++) {
			this.realtime.forTenant("acme").publish("room." + room, LARGE);
		}
		clients.awaitDelivered((long) (published + AT_ONCE) * HEALTHY);
		return published + AT_ONCE;
	}

	private int port(String transport) {
		return transport.equals("netty") ? this.endpoint.getPort() : this.port;
	}

	private double slowConsumers(String transport) {
		return this.registry.get("realtime.closes")
			.tags("transport", transport, "reason", "slow-consumer")
			.functionCounter()
			.count();
	}

	private static int logged(CapturedOutput output) {
		Matcher lines = LOG_LINE.matcher(output.getOut());
		return IntStream.iterate(0, (i) -> lines.find(), (i) -> i + 1)
			.map((i) -> lines.group(1).equals("a") ? 1 : Integer.parseInt(lines.group(1)))
			.sum();
	}

	private static long usedHeap() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

}
