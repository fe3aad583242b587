package dev.realtime.autoconfigure;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.Messages;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

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

	@Autowired
	private Messages messages;

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
	@ValueSource(
			ints = { 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999 })
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

	@ParameterizedTest
	@MethodSource("dev.realtime.autoconfigure.Rfc6455#violations")
	@Tag("T14")
	@Tag("T20")
	void whenClientBreaksTheWebSocketProtocolThenItIsToldSo(Rfc6455 violation) throws IOException {
		try (RawSocket client = connect()) {
			assertThat(violation.answer(client, SUBSCRIBE)).isEqualTo(violation.code());
		}
	}

	@Test
	void whenClientGoesOnAfterItsCloseFrameThenNothingHasAnEffect() throws IOException {
		this.messages.handled().clear();
		try (RawSocket client = connect()) {
			byte[] late = "SEND\ndestination:/app/note\n\nlate\0".getBytes(StandardCharsets.UTF_8);
			ByteArrayOutputStream frames = new ByteArrayOutputStream();
			frames.writeBytes(RawSocket.header(RawSocket.CLOSE, 2));
			frames.writeBytes(new byte[] { 0x03, (byte) 0xe8 });
			frames.writeBytes(RawSocket.header(RawSocket.TEXT, late.length));
			frames.writeBytes(late);
			frames.writeBytes(RawSocket.header(RawSocket.PING, 0));
			// At once: the server does not wait for more before it closes.
			client.write(frames.toByteArray());
			assertThat(client.closeCode()).isEqualTo(1000);
			assertThat(client.rest()).isEmpty();
		}
		try (RawSocket client = connect()) {
			client.sendText(SUBSCRIBE);
			expectDenied(client, 0);
		}
		assertThat(this.messages.handled()).isEmpty();
	}

	private RawSocket connect() throws IOException {
		RawSocket client = RawSocket.upgraded(this.endpoint.getPort());
		client.sendText("CONNECT\naccept-version:1.2\npasscode:acme\nheart-beat:0,0\n\n\0");
		assertThat(client.receiveText()).startsWith("CONNECTED\n");
		return client;
	}

}
