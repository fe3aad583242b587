package dev.realtime.autoconfigure;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

import dev.realtime.Realtime;
import dev.realtime.netty.NettyEndpoint;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The WebSocket protocol of the dedicated port, byte by byte.
 */
@NettyTest
class NettyFramesTests {

	private static final String SUBSCRIBE = "SUBSCRIBE\nid:s1\ndestination:/realtime/no.t\u00f6pic\ud83d\ude00\n\n\0";

	private static final int FRAME_SIZE = 64 * 1024;

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private Realtime realtime;

	@Test
	void whenMessageComesInFragmentsThenItIsOne() throws IOException {
		byte[] bytes = SUBSCRIBE.getBytes(StandardCharsets.UTF_8);
		try (RawSocket client = connect()) {
			client.send(RawSocket.FIRST_OF_TEXT);
			for (byte each : bytes) {
				client.send(RawSocket.CONTINUATION, each);
			}
			client.send(RawSocket.PING, (byte) 'p');
			client.send(RawSocket.LAST | RawSocket.CONTINUATION);
			expectDenied(client, RawSocket.PONG);
		}
	}

	private static void expectDenied(RawSocket client, int other) throws IOException {
		// A worker answers the one, the event loop the other.
		String denied = null;
		boolean seen = other == 0;
		while (denied == null || !seen) {
			RawSocket.Frame frame = client.receive();
			if (frame.opcode() == RawSocket.TEXT) {
				denied = new String(frame.payload(), StandardCharsets.UTF_8);
			}
			else {
				assertThat(frame.opcode()).isEqualTo(other);
				seen = true;
			}
		}
		assertThat(denied).contains("unknown-topic").contains("\nsubscription:s1\n");
	}

	@Test
	void whenFrameComesByteByByteThenItIsOne() throws IOException {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		byte[] payload = SUBSCRIBE.getBytes(StandardCharsets.UTF_8);
		bytes.write(RawSocket.header(RawSocket.TEXT, payload.length));
		bytes.write(payload);
		try (RawSocket client = connect()) {
			for (byte each : bytes.toByteArray()) {
				client.write(each);
			}
			expectDenied(client, 0);
		}
	}

	@Test
	void whenFrameIsBinaryThenItIsTaken() throws IOException {
		try (RawSocket client = connect()) {
			client.send(RawSocket.BINARY, SUBSCRIBE.getBytes(StandardCharsets.UTF_8));
			expectDenied(client, 0);
		}
	}

	@Test
	void whenFragmentsAreTogetherLargerThanAFrameMayBeThenTheyAreTaken() throws IOException {
		byte[] note = ("SEND\ndestination:/app/note\n\n" + "x".repeat(30_000) + "\0").getBytes(StandardCharsets.UTF_8);
		try (RawSocket client = connect()) {
			client.send(RawSocket.FIRST_OF_TEXT, note);
			for (int i = 0; i < 20; i++) {
				client.send(RawSocket.CONTINUATION, note);
			}
			client.send(RawSocket.LAST | RawSocket.CONTINUATION, SUBSCRIBE.getBytes(StandardCharsets.UTF_8));
			expectDenied(client, 0);
		}
	}

	@Test
	void whenClientPingsThenItGetsItsPong() throws IOException {
		try (RawSocket client = connect()) {
			client.send(RawSocket.PING);
			assertThat(client.receive(RawSocket.PONG)).isEmpty();
			client.send(RawSocket.PING, "x".repeat(125).getBytes(StandardCharsets.UTF_8));
			assertThat(client.receive(RawSocket.PONG)).hasSize(125);
			client.send(RawSocket.PONG, (byte) 'u');
			client.send(RawSocket.PING, (byte) 'p');
			assertThat(client.receive(RawSocket.PONG)).containsExactly('p');
		}
	}

	@ParameterizedTest
	@CsvSource({ "1000", "1001", "3000", "4999" })
	void whenClientClosesThenItIsAnsweredWithItsCode(int code) throws IOException {
		try (RawSocket client = connect()) {
			client.send(RawSocket.CLOSE, (byte) (code >> 8), (byte) code, (byte) 'x');
			assertThat(client.closeCode()).isEqualTo(code);
			assertThat(client.rest()).isEmpty();
		}
	}

	@Test
	void whenClientClosesWithoutACodeThenItIsAnswered() throws IOException {
		try (RawSocket client = connect()) {
			client.send(RawSocket.CLOSE);
			assertThat(client.receive(RawSocket.CLOSE)).isEmpty();
			assertThat(client.rest()).isEmpty();
		}
	}

	@Test
	void whenServerClosesThenItWaitsForTheAnswer() throws IOException {
		try (RawSocket client = connect()) {
			client.sendText("DISCONNECT\nreceipt:r\n\n\0");
			assertThat(client.receiveText()).isEqualTo("RECEIPT\nreceipt-id:r\n\n\0");
			assertThat(client.closeCode()).isEqualTo(1000);
			client.send(RawSocket.CLOSE, (byte) 0x03, (byte) 0xe8);
			assertThat(client.rest()).isEmpty();
		}
	}

	@Test
	void whenFrameIsTooLargeThenOnlyItsConnectionEnds() throws IOException {
		String room = Rooms.fresh();
		try (RawSocket client = connect();
				RawStompClient healthy = RawStompClient.handshake(this.endpoint.getPort()).connect("passcode:acme")) {
			healthy.subscribe("s1", "/realtime/room." + room);
			client.write(RawSocket.header(RawSocket.TEXT, FRAME_SIZE + 1));
			client.write(new byte[FRAME_SIZE + 1]);
			assertThat(client.closeCode()).isEqualTo(1009);
			client.send(RawSocket.CLOSE, (byte) 0x03, (byte) 0xf1);
			this.realtime.forTenant("acme").publish("room." + room, "still here").join();
			assertThat(RawStompClient.body(healthy.next())).isEqualTo("\"still here\"");
			healthy.expectNothingElse();
		}
	}

	@Test
	void whenFrameClaimsToBeHugeThenItIsRefusedBeforeItComes() throws IOException {
		try (RawSocket client = connect()) {
			client
				.write(new byte[] { (byte) RawSocket.TEXT, (byte) 0xff, 0x7f, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0 });
			assertThat(client.closeCode()).isEqualTo(1009);
		}
	}

	@Test
	void whenStompFrameIsTooLargeThenItIsRefusedWithAnError() throws IOException {
		byte[] part = new byte[30_000];
		Arrays.fill(part, (byte) 'x');
		try (RawSocket client = connect()) {
			client.send(RawSocket.TEXT, "SEND\ndestination:/app/note\n\n".getBytes(StandardCharsets.UTF_8));
			for (int i = 0; i < 3; i++) {
				client.send(RawSocket.TEXT, part);
			}
			assertThat(client.receiveText()).startsWith("ERROR\n");
			assertThat(client.closeCode()).isEqualTo(4500);
		}
	}

	/**
	 * RFC 6455: a frame that is not masked, reserved opcodes and bits, a continuation of
	 * nothing, a control frame in fragments or too long, text that is no UTF-8, an
	 * impossible close code.
	 */
	@ParameterizedTest
	@CsvSource({ "8101 78, 1002", "8380 00000000, 1002", "8b80 00000000, 1002", "c180 00000000, 1002",
			"8080 00000000, 1002", "0980 00000000, 1002", "89fe 007e 00000000, 1002", "8181 00000000 ff, 1007",
			"0181 00000000 c3 8081 00000000 28, 1007", "8881 00000000 03, 1002", "8882 00000000 03ed, 1002" })
	void whenClientBreaksTheWebSocketProtocolThenItIsToldSo(String hex, int code) throws IOException {
		String digits = hex.replace(" ", "");
		byte[] bytes = new byte[digits.length() / 2];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) Integer.parseInt(digits.substring(2 * i, 2 * i + 2), 16);
		}
		try (RawSocket client = connect()) {
			client.write(bytes);
			client.sendText(SUBSCRIBE);
			assertThat(client.closeCode()).isEqualTo(code);
		}
	}

	@Test
	void whenClientPingsAndReadsNothingThenLittleIsPending() throws IOException {
		ByteArrayOutputStream pings = new ByteArrayOutputStream();
		for (int i = 0; i < 10_000; i++) {
			pings.write(RawSocket.header(RawSocket.PING, 125));
			pings.write(new byte[125]);
		}
		ChannelGroup connections = (ChannelGroup) ReflectionTestUtils.getField(this.endpoint, "connections");
		await().atMost(Duration.ofSeconds(30)).until(connections::isEmpty);
		try (RawSocket client = new RawSocket(this.endpoint.getPort(), 4096)) {
			client.upgrade();
			client.sendText("CONNECT\naccept-version:1.2\npasscode:acme\nheart-beat:0,0\n\n\0");
			assertThat(client.receiveText()).startsWith("CONNECTED\n");
			Channel channel = connections.iterator().next();
			for (int i = 0; i < 20; i++) {
				client.write(pings.toByteArray());
			}
			client.sendText("DISCONNECT\n\n\0");
			await().atMost(Duration.ofSeconds(30)).until(() -> !channel.isWritable() || connections.isEmpty());
			assertThat(channel.bytesBeforeWritable()).isLessThan(1024 * 1024);
		}
	}

	private RawSocket connect() throws IOException {
		RawSocket client = RawSocket.upgraded(this.endpoint.getPort());
		client.sendText("CONNECT\naccept-version:1.2\npasscode:acme\nheart-beat:0,0\n\n\0");
		assertThat(client.receiveText()).startsWith("CONNECTED\n");
		return client;
	}

}
