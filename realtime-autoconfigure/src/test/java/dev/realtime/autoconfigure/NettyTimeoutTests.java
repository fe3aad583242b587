package dev.realtime.autoconfigure;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.Gates;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Clients of the dedicated port that take their time.
 */
@SpringBootTest(classes = { TestApplication.class, NettyPortTests.TokenConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", TestApplication.SECRET, "realtime.heartbeat=200ms",
				"realtime.limits.connect-timeout=2s", "realtime.limits.frames-per-second=0",
				"realtime.limits.bytes-per-second=0" })
@ExtendWith(NoLeaks.class)
@Timeout(120)
class NettyTimeoutTests {

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private Gates gates;

	@Autowired
	private Realtime realtime;

	@Test
	@Tag("T18")
	void whenClientSaysNothingThenConnectionEnds() throws IOException {
		try (RawSocket client = new RawSocket(this.endpoint.getPort())) {
			assertThat(client.rest()).isEmpty();
		}
	}

	@Test
	@Tag("T18")
	void whenHandshakeComesByteByByteAndNeverEndsThenConnectionEnds() throws IOException {
		try (RawSocket client = new RawSocket(this.endpoint.getPort())) {
			client.write(client.request("GET /realtime").trim());
			// The server closes in the client's face.
			assertThatIOException().isThrownBy(() -> {
				while (true) {
					client.write("x");
				}
			});
		}
	}

	@Test
	@Tag("T18")
	void whenConnectComesByteByByteAndNeverEndsThenConnectionEnds() throws IOException {
		try (RawSocket client = RawSocket.upgraded(this.endpoint.getPort())) {
			client.send(RawSocket.FIRST_OF_TEXT, "CONNECT\nx:".getBytes(StandardCharsets.UTF_8));
			while (!client.hasInput()) {
				client.send(RawSocket.CONTINUATION, (byte) 'x');
				pause();
			}
			assertThat(client.closeCode()).isEqualTo(4003);
		}
	}

	@Test
	@Tag("T18")
	void whenAFrameOfWebSocketNeverEndsThenConnectionEndsThoughBytesCome() throws IOException {
		try (RawSocket client = RawSocket.upgraded(this.endpoint.getPort())) {
			client.sendText("CONNECT\naccept-version:1.2\npasscode:acme\nheart-beat:0,0\n\n\0");
			assertThat(client.receiveText()).startsWith("CONNECTED\n");
			client.write(RawSocket.header(RawSocket.TEXT, 60_000));
			for (int i = 0; i < 20_000 && !client.hasInput(); i++) {
				client.write("x");
				pause();
			}
			assertThat(client.closeCode()).isEqualTo(4002);
		}
	}

	@Test
	@Tag("T18")
	void whenAFrameOfStompNeverEndsThenConnectionEndsThoughBytesCome() throws IOException {
		try (RawSocket client = RawSocket.upgraded(this.endpoint.getPort())) {
			client.sendText("CONNECT\naccept-version:1.2\npasscode:acme\nheart-beat:200,0\n\n\0");
			assertThat(client.receiveText()).startsWith("CONNECTED\n");
			client.sendText("SEND\ndestination:/app/x\n\n");
			for (int i = 0; i < 20_000 && !client.hasInput(); i++) {
				client.sendText("x");
				pause();
			}
			assertThat(client.closeCode()).isEqualTo(4002);
		}
	}

	@Test
	void whenClientIsClosedWhileARuleIsAtWorkThenItReadsTheCodeAndAnOrderlyEnd() throws IOException {
		try (RawSocket client = RawSocket.upgraded(this.endpoint.getPort())) {
			client.sendText("CONNECT\naccept-version:1.2\npasscode:acme\nheart-beat:200,0\n\n\0");
			assertThat(client.receiveText()).startsWith("CONNECTED\n");
			client.sendText("SUBSCRIBE\nid:1\ndestination:/realtime/gated.busy\n\n\0");
			this.gates.awaitReached("busy");
			// More than fits into the buffers of the kernel: the server has to read it
			// all.
			byte[] header = RawSocket.header(RawSocket.TEXT, 4000);
			byte[] frame = Arrays.copyOf(header, header.length + 4000);
			Arrays.fill(frame, header.length, frame.length, (byte) '\n');
			ByteBuffer frames = ByteBuffer.allocate(3500 * frame.length);
			while (frames.hasRemaining()) {
				frames.put(frame);
			}
			client.write(frames.array());
			assertThat(client.closeCode()).isEqualTo(4002);
			client.send(RawSocket.CLOSE, (byte) 0x0f, (byte) 0xa2);
			assertThat(client.rest()).isEmpty();
		}
		finally {
			this.gates.open("busy");
		}
	}

	@Test
	@Tag("T18")
	void whenNoConnectComesThenConnectionEnds() throws IOException {
		try (RawSocket silent = RawSocket.upgraded(this.endpoint.getPort());
				RawSocket chatty = RawSocket.upgraded(this.endpoint.getPort())) {
			while (!chatty.hasInput()) {
				chatty.sendText("\n");
				pause();
			}
			assertThat(chatty.closeCode()).isEqualTo(4003);
			assertThat(silent.closeCode()).isEqualTo(4003);
		}
	}

	@Test
	void whenClientWantsHeartbeatsThenItGetsThemAndIsNotTimedOut() {
		try (RawStompClient client = connect("0,200"); RawStompClient quiet = connect("0,0")) {
			for (int i = 0; i < 10; i++) {
				client.nextHeartbeat();
			}
			assertThat(client.isClosed()).isFalse();
			assertThat(quiet.hasHeartbeat()).isFalse();
			quiet.expectNothingElse();
		}
	}

	@Test
	void whenClientPromisedHeartbeatsAndIsSilentThenConnectionEnds() {
		try (RawStompClient client = connect("200,0")) {
			assertThat(client.closeCode()).isEqualTo(4002);
			assertThat(client.hasNext()).isFalse();
		}
	}

	@Test
	void whenAFilterLetsNothingPassThenClientIsToldWhereItIs() {
		try (RawStompClient client = RawStompClient.handshake(this.endpoint.getPort()).open()) {
			client.connect("passcode:acme", "positions:true");
			client.subscribe("s1", "/realtime/short.positions", "filter:{\"n\"\\c1}");
			String newest = "";
			for (int i = 0; i < 10; i++) {
				newest = this.realtime.forTenant("acme").publish("short.positions", Map.of("n", 2)).join().toString();
			}
			client.untilBody("{\"position\":\"" + newest + "\"}");
			client.expectNothingElse();
		}
	}

	/**
	 * Slow clients are the point. One that fills the buffers of the kernel with tiny
	 * frames has to wait until the server has read them, and gets no more time for the
	 * close handshake than others.
	 */
	private static void pause() {
		LockSupport.parkNanos(1_000_000);
	}

	private RawStompClient connect(String heartbeat) {
		RawStompClient client = RawStompClient.handshake(this.endpoint.getPort()).open();
		client.send("CONNECT\naccept-version:1.2\npasscode:acme\nheart-beat:" + heartbeat + "\n\n\0");
		assertThat(client.next()).contains("\nheart-beat:200,200\n");
		return client;
	}

}
