package dev.realtime.autoconfigure;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Heart-beats and what else depends on time, with short intervals.
 */
@SpringBootTest(classes = TestApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.heartbeat=200ms", "realtime.limits.connect-timeout=700ms",
				"realtime.limits.frames-per-second=0" })
@Timeout(60)
class HeartbeatTests {

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Test
	void whenServerIsIdleThenItSendsHeartbeatsInTime() {
		try (RawStompClient alice = connect("0,200")) {
			long previous = alice.nextHeartbeat();
			for (int i = 0; i < 5; i++) {
				long next = alice.nextHeartbeat();
				assertThat(Duration.ofNanos(next - previous)).isLessThan(Duration.ofMillis(1000));
				previous = next;
			}
			assertThat(alice.isClosed()).isFalse();
		}
	}

	@Test
	void whenClientWantsHeartbeatsLessOftenThenItGetsThemLessOften() {
		try (RawStompClient often = connect("0,200"); RawStompClient seldom = connect("0,60000")) {
			for (int i = 0; i < 5; i++) {
				often.nextHeartbeat();
			}
			assertThat(seldom.hasHeartbeat()).isFalse();
		}
	}

	@Test
	void whenClientPromisedHeartbeatsAndIsSilentThenConnectionIsClosed() {
		long start = System.nanoTime();
		try (RawStompClient alice = connect("200,0")) {
			assertThat(alice.closeCode()).isEqualTo(4002);
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(400),
					Duration.ofSeconds(5));
			assertThat(alice.hasNext()).isFalse();
		}
	}

	@Test
	void whenClientSendsHeartbeatsThenConnectionStays() {
		try (RawStompClient silent = connect("200,0"); RawStompClient alive = connect("200,200")) {
			while (!silent.isClosed()) {
				alive.nextHeartbeat();
				alive.send("\n");
			}
			alive.expectNothingElse();
			assertThat(alive.isClosed()).isFalse();
		}
	}

	@Test
	void whenClientWantsNoHeartbeatsThenItIsLeftAlone() {
		try (RawStompClient quiet = connect("0,0"); RawStompClient silent = connect("200,0")) {
			assertThat(silent.closeCode()).isEqualTo(4002);
			assertThat(quiet.isClosed()).isFalse();
			assertThat(quiet.hasHeartbeat()).isFalse();
			quiet.expectNothingElse();
		}
	}

	@Test
	void whenClientSaysNothingAboutHeartbeatsThenItIsLeftAlone() {
		try (RawStompClient quiet = RawStompClient.open(this.port, "alice"); RawStompClient silent = connect("200,0")) {
			quiet.send("CONNECT\naccept-version:1.2\n\n\0");
			assertThat(quiet.next()).contains("\nheart-beat:200,200\n");
			assertThat(silent.closeCode()).isEqualTo(4002);
			quiet.expectNothingElse();
			assertThat(quiet.hasHeartbeat()).isFalse();
		}
	}

	@Test
	void whenAFilterLetsNothingPassThenClientIsToldWhereItIsAndGoesOnFromThere() {
		String topic = "short." + Rooms.fresh();
		String told;
		String seen;
		try (RawStompClient alice = RawStompClient.open(this.port, "alice").connect("positions:true");
				RawStompClient unasked = RawStompClient.open(this.port, "alice").connect()) {
			alice.subscribe("s1", "/realtime/" + topic, "filter:{\"n\"\\c1}");
			unasked.subscribe("s1", "/realtime/" + topic, "filter:{\"n\"\\c1}");
			seen = publish(topic, 1);
			assertThat(RawStompClient.header(alice.next(), "message-id")).isEqualTo(seen);
			String newest = publishOthers(topic, 10);
			String frame = alice.next();
			while (!RawStompClient.body(frame).equals("{\"position\":\"" + newest + "\"}")) {
				frame = alice.next();
			}
			assertThat(frame).startsWith("MESSAGE\nsubscription:s1\nmessage-id:control\ndestination:/realtime/" + topic
					+ "\ncontent-type:application/json\nrealtime-control:position\n");
			alice.expectNothingElse();
			assertThat(RawStompClient.header(unasked.next(), "message-id")).isEqualTo(seen);
			unasked.expectNothingElse();
			told = newest;
		}
		publishOthers(topic, 5);
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			String filter = "filter:{\"n\"\\c1}";
			assertThat(alice.subscribe("s1", "/realtime/" + topic, filter, "since:" + told))
				.endsWith("recovered:true\n\n");
			assertThat(alice.subscribe("s2", "/realtime/" + topic, filter, "since:" + seen))
				.endsWith("recovered:false\n\n");
		}
	}

	private String publishOthers(String topic, int count) {
		return IntStream.range(0, count)
			.mapToObj((i) -> publish(topic, 2 + i))
			.reduce((last, next) -> next)
			.orElseThrow();
	}

	private String publish(String topic, int number) {
		return this.realtime.forTenant("acme").publish(topic, Map.of("n", number)).join().toString();
	}

	@Test
	@Tag("T18")
	void whenNoConnectComesInTimeThenConnectionIsClosed() {
		try (RawStompClient silent = RawStompClient.open(this.port, "alice");
				RawStompClient chatty = RawStompClient.open(this.port, "alice")) {
			while (!chatty.isClosed()) {
				sendUnlessClosed(chatty);
			}
			assertThat(chatty.closeCode()).isEqualTo(4003);
			assertThat(silent.closeCode()).isEqualTo(4003);
			assertThat(silent.hasNext()).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "0,0", "200,0" })
	@Tag("T18")
	void whenAFrameNeverEndsThenConnectionIsClosedThoughBytesCome(String heartbeat) {
		try (RawStompClient alice = connect(heartbeat)) {
			alice.send("SEND\ndestination:/app/x\n\n");
			for (int i = 0; i < 2000 && !alice.isClosed(); i++) {
				sendUnlessClosed(alice, "x");
				LockSupport.parkNanos(5_000_000);
			}
			assertThat(alice.closeCode()).isEqualTo(4002);
		}
	}

	/** A heart-beat, or a piece of a CONNECT that never ends. */
	private static void sendUnlessClosed(RawStompClient client) {
		sendUnlessClosed(client, "\n");
		Thread.onSpinWait();
	}

	private static void sendUnlessClosed(RawStompClient client, String text) {
		try {
			client.send(text);
		}
		catch (RuntimeException ex) {
			client.closeCode();
		}
	}

	private RawStompClient connect(String heartbeat) {
		RawStompClient client = RawStompClient.open(this.port, "alice");
		client.send("CONNECT\naccept-version:1.2\nheart-beat:" + heartbeat + "\n\n\0");
		assertThat(client.next()).contains("\nheart-beat:200,200\n");
		return client;
	}

}
