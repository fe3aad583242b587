package dev.realtime.autoconfigure;

import java.time.Duration;

import dev.realtime.autoconfigure.app.TestApplication;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

	/** A heart-beat, or a piece of a CONNECT that never ends. */
	private static void sendUnlessClosed(RawStompClient client) {
		try {
			client.send("\n");
			Thread.onSpinWait();
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
