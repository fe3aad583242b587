package dev.realtime.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.Gates;
import dev.realtime.autoconfigure.app.Messages;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that break the protocol: one ERROR that tells nothing of the server, the end of
 * the connection, and no effect of anything that follows.
 */
@EndpointTest
class ProtocolViolationTests {

	private static final String CONNECT = "CONNECT\naccept-version:1.2\nheart-beat:0,0\n\n\0";

	/** Everything a client might still want to do once it is to go. */
	private static final String LATE = "SUBSCRIBE\nid:late\ndestination:/realtime/room.late\nreceipt:late\n\n\0"
			+ "SEND\ndestination:/app/note\nreceipt:late\n\nlate\0SEND\ndestination:/realtime/room.late\nreceipt:late\n\n\0"
			+ "UNSUBSCRIBE\nid:s1\nreceipt:late\n\n\0CONNECT\naccept-version:1.2\n\n\0"
			+ "DISCONNECT\nreceipt:late\n\n\0";

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Autowired
	private Messages messages;

	@Autowired
	private Gates gates;

	@BeforeEach
	void forget() {
		this.messages.handled().clear();
	}

	@ParameterizedTest
	@CsvSource(nullValues = "none", value = { "none,1.0", "1.0,1.0", "1.1,1.1", "1.2,1.2", "'1.0,1.1,1.2',1.2",
			"'1.2,1.1',1.2", "'1.1,1.0',1.1", "'2.0,1.1',1.1", "'1.2, 1.1',1.2", "'9.9, 1.2',1.2" })
	void whenVersionsAreOfferedThenTheHighestCommonOneIsTaken(String offered, String agreed) {
		try (RawStompClient alice = RawStompClient.open(this.port, "alice")) {
			alice.send("CONNECT\n" + ((offered != null) ? "accept-version:" + offered + "\n" : "") + "host:x\n\n\0");
			assertThat(alice.next()).startsWith("CONNECTED\nversion:" + agreed + "\nsession:");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "v10.stomp", "v11.stomp", "v12.stomp" })
	void whenSubProtocolIsStompThenItIsAccepted(String protocol) {
		try (RawStompClient alice = RawStompClient.handshake(this.port).basic("alice").protocol(protocol).connect()) {
			alice.expectNothingElse();
		}
	}

	@Test
	void whenClientAsksForNoSubProtocolOrSendsStompInsteadOfConnectThenItIsServed() {
		try (RawStompClient alice = RawStompClient.handshake(this.port).basic("alice").protocol(null).open()) {
			alice.send("STOMP\naccept-version:1.2\nheart-beat:0,0\n\n\0");
			assertThat(alice.next()).startsWith("CONNECTED\nversion:1.2\n");
			alice.expectNothingElse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "2.0", "1.3", "x", "1.20", "" })
	void whenNoVersionIsSharedThenConnectionEnds(String offered) {
		try (RawStompClient alice = RawStompClient.open(this.port, "alice")) {
			alice.send("CONNECT\naccept-version:" + offered + "\n\n\0" + LATE);
			assertThat(alice.expectFailure(4500))
				.isEqualTo("ERROR\nmessage:Supported STOMP versions are 1.2, 1.1 and 1.0\n\n");
			expectNoEffect();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "SEND\ndestination:/app/note\n\nlate\0",
			"SUBSCRIBE\nid:s1\ndestination:/realtime/room.late\n\n\0", "UNSUBSCRIBE\nid:s1\n\n\0", "ACK\nid:1\n\n\0",
			"NACK\nid:1\n\n\0", "BEGIN\ntransaction:t\n\n\0", "COMMIT\ntransaction:t\n\n\0",
			"ABORT\ntransaction:t\n\n\0", "DISCONNECT\nreceipt:r\n\n\0", "CONNECTED\nversion:1.2\n\n\0",
			"MESSAGE\ndestination:/app/note\n\nlate\0", "RECEIPT\nreceipt-id:1\n\n\0", "ERROR\n\n\0" })
	@Tag("T10")
	void whenFrameComesBeforeConnectThenConnectionEnds(String frame) {
		try (RawStompClient alice = RawStompClient.open(this.port, "alice")) {
			alice.send(frame + CONNECT + LATE);
			alice.expectFailure(4500);
			expectNoEffect();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { CONNECT, "STOMP\naccept-version:1.2\n\n\0", "CONNECTED\nversion:1.2\n\n\0",
			"MESSAGE\nsubscription:s1\nmessage-id:1\ndestination:/realtime/room.late\n\nlate\0",
			"RECEIPT\nreceipt-id:1\n\n\0", "ERROR\nmessage:x\n\n\0" })
	@Tag("T10")
	void whenFrameIsNoneOfAConnectedClientThenConnectionEnds(String frame) {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send(frame + LATE);
			alice.expectFailure(4500);
			expectNoEffect();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "ACK\nid:1\n\n\0", "NACK\nid:1\n\n\0", "BEGIN\ntransaction:t\n\n\0",
			"COMMIT\ntransaction:t\n\n\0", "ABORT\ntransaction:t\n\n\0" })
	void whenFrameIsOfAPartOfStompThatIsNotServedThenItIsIgnored(String frame) {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send(frame);
			alice.expectNothingElse();
		}
	}

	@Test
	@Tag("T10")
	void whenClientDisconnectsThenTheReceiptIsItsLastFrameAndNothingLaterHasAnEffect() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + Rooms.fresh());
			alice.send("DISCONNECT\nreceipt:bye\\c1\n\n\0" + LATE);
			assertThat(alice.closeCode()).isEqualTo(1000);
			assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:bye\\c1\n\n");
			assertThat(alice.hasNext()).isFalse();
			expectNoEffect();
		}
	}

	@Test
	void whenClientDisconnectsWithoutReceiptThenConnectionIsClosed() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("DISCONNECT\n\n\0");
			assertThat(alice.closeCode()).isEqualTo(1000);
			assertThat(alice.hasNext()).isFalse();
		}
	}

	@Test
	void whenEverythingBeforeTheDisconnectIsAnsweredThenTheReceiptComesLast() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:s1\ndestination:/realtime/room." + room + "\nreceipt:1\n\n\0"
					+ "UNSUBSCRIBE\nid:s1\nreceipt:2\n\n\0SEND\ndestination:/realtime/room." + room
					+ "\nreceipt:3\n\n\0DISCONNECT\nreceipt:4\n\n\0");
			assertThat(alice.closeCode()).isEqualTo(1000);
			assertThat(alice.next(4)).extracting((frame) -> RawStompClient.header(frame, "receipt-id"))
				.containsExactly("1", "2", "3", "4");
		}
	}

	@ParameterizedTest
	@MethodSource
	@Tag("T10")
	@Tag("T14")
	@Tag("T15")
	@Tag("T35")
	void whenFrameIsMalformedThenItIsTheLastOfTheConnection(String frame) {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send(frame + LATE);
			alice.expectFailure(4500);
			expectNoEffect();
		}
	}

	static Stream<String> whenFrameIsMalformedThenItIsTheLastOfTheConnection() {
		return Stream.of("FOO\n\n\0", "send\ndestination:/app/note\n\nx\0", "SEND \ndestination:/app/note\n\nx\0",
				" SEND\ndestination:/app/note\n\nx\0", "org.springframework.Foo\n\n\0", "\0", "\0\0", "x\0",
				"\ufeffSEND\ndestination:/app/note\n\nx\0", "GET / HTTP/1.1\nHost: x\n\n\0",
				"SEND\nno colon\ndestination:/app/note\n\nx\0", "SEND\n:no-name\n\nx\0",
				"SEND\ndestination:/app/note\nfoo:a\\tb\n\nx\0", "SEND\ndestination:/app/note\nfoo:a\\\n\nx\0",
				"SEND\ndestination:/app/note\nfoo:a\\Nb\n\nx\0", "SEND\ndestination:/app/note\nfoo:a\u0000b\n\nx\0",
				"SEND\ndestination:/app/note\nf\u0000oo:b\n\nx\0",
				"SUBSCRIBE\nid:s1\ndestination:/realtime/room.a\u0000b\n\n\0",
				"UNSUBSCRIBE\nid:s1\nreceipt:a\u0000b\n\n\0", "DISCONNECT\nreceipt:a\u0000b\n\n\0",
				"SEND\ndestination:/realtime/room.a\nreceipt:a\u0000b\n\n\0",
				"SEND\ndestination:/app/note\ncontent-length:-1\n\nx\0",
				"SEND\ndestination:/app/note\ncontent-length:x\n\nx\0",
				"SEND\ndestination:/app/note\ncontent-length:\n\nx\0",
				"SEND\ndestination:/app/note\ncontent-length:+1\n\nx\0",
				"SEND\ndestination:/app/note\ncontent-length:1 \n\nx\0",
				"SEND\ndestination:/app/note\ncontent-length:0x1\n\nx\0",
				"SEND\ndestination:/app/note\ncontent-length:1.0\n\nx\0",
				"SEND\ndestination:/app/note\ncontent-length:2147483648\n\nx\0",
				"SEND\ndestination:/app/note\ncontent-length:4294967297\n\nx\0",
				"SEND\ndestination:/app/note\ncontent-length:99999999999999999999\n\nx\0",
				"SEND\ndestination:/app/note\ncontent-type:x\n\nlate\0",
				"SEND\ndestination:/app/note\ncontent-type:text/plain;charset=none\n\nlate\0",
				"UNSUBSCRIBE\nreceipt:late\n\n\0", "SUBSCRIBE\ndestination:/user/queue/echo\n\n\0",
				"SEND\ndestination:/app/note\ncontent-length:0\n\nlate\0",
				"SEND\ndestination:/app/note\ncontent-length:2\n\nlate\0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "65537", "100000000", "2147483647" })
	@Tag("T15")
	void whenContentLengthIsLargerThanAFrameMayBeThenTheNextByteEndsTheConnection(String length) {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SEND\ndestination:/app/note\ncontent-length:" + length + "\n\nlate");
			alice.send("\n");
			alice.expectFailure(4500);
			expectNoEffect();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "heart-beat:x", "heart-beat:1", "heart-beat:-1,-1", "heart-beat:1,x", "heart-beat:",
			"heart-beat:9999999999999999,9999999999999999", "heart-beat:99999999999999999999,0", "content-length:-1" })
	@Tag("T15")
	@Tag("T35")
	void whenConnectIsMalformedThenConnectionEnds(String header) {
		try (RawStompClient alice = RawStompClient.open(this.port, "alice")) {
			alice.send("CONNECT\naccept-version:1.2\n" + header + "\n\n\0" + LATE);
			alice.expectFailure(4500);
			expectNoEffect();
		}
	}

	@Test
	void whenFrameComesByteByByteThenItIsOneFrame() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.open(this.port, "alice")) {
			for (char character : CONNECT.toCharArray()) {
				alice.send(String.valueOf(character));
			}
			assertThat(alice.next()).startsWith("CONNECTED\n");
			for (char character : ("\n\nSUBSCRIBE\r\nid:s1\r\ndestination:/realtime/room." + room
					+ "\r\nreceipt:r\r\n\r\n\0\n\r\n")
				.toCharArray()) {
				alice.send(String.valueOf(character));
			}
			assertThat(alice.next()).startsWith("RECEIPT\n");
			alice.expectNothingElse();
		}
	}

	@Test
	@Tag("T14")
	void whenHeaderIsRepeatedThenTheFirstCounts() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:first\nid:second\ndestination:/realtime/room." + room
					+ "\ndestination:/realtime/room.other\nreceipt:r1\nreceipt:r2\n\n\0");
			assertThat(alice.next()).startsWith("RECEIPT\nreceipt-id:r1\n");
			this.realtime.forTenant("acme").publish("room." + room, Map.of("n", 1)).join();
			assertThat(alice.next()).startsWith("MESSAGE\nsubscription:first\n");
		}
	}

	@Test
	void whenContentLengthIsRightThenTheBodyMayHoldNul() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:s1\ndestination:/user/queue/echo\n\n\0");
			alice.send("SEND\ndestination:/app/echo\ncontent-type:text/plain\ncontent-length:3\n\na\0b\0");
			assertThat(RawStompClient.body(alice.next())).isEqualTo("echo a");
		}
	}

	@Test
	void whenFrameComesInBinaryThenItIsServed() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send(("SUBSCRIBE\nid:s1\ndestination:/realtime/room." + room + "\nreceipt:r\n\n\0")
				.getBytes(StandardCharsets.UTF_8));
			assertThat(alice.next()).startsWith("RECEIPT\nreceipt-id:r\n");
		}
	}

	@Test
	void whenBinaryFrameIsSplitThenItIsOneFrame() {
		String room = Rooms.fresh();
		byte[] frame = ("SUBSCRIBE\r\nid:\u00fc\r\ndestination:/realtime/room." + room + "\r\nreceipt:r\r\n\r\n\0\n")
			.getBytes(StandardCharsets.UTF_8);
		for (int split = 1; split < frame.length; split++) {
			try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
				alice.send(Arrays.copyOfRange(frame, 0, split)).send(Arrays.copyOfRange(frame, split, frame.length));
				assertThat(alice.next()).startsWith("RECEIPT\nreceipt-id:r\n");
				alice.send("UNSUBSCRIBE\nid:\u00fc\nreceipt:u\n\n\0");
				assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:u\n\n");
			}
		}
	}

	@Test
	void whenHeaderIsNotUtf8ThenItMeansNothingElse() {
		byte[] frame = "SUBSCRIBE\nid:s1\ndestination:/realtime/room.x?\nreceipt:r\n\n\0"
			.getBytes(StandardCharsets.UTF_8);
		frame[frame.length - "?\nreceipt:r\n\n\0".length()] = (byte) 0xff;
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send(frame);
			assertThat(RawStompClient.code(alice.next())).isEqualTo("unknown-topic");
			alice.expectNothingElse();
		}
	}

	@Test
	@Tag("T14")
	void whenTextIsNotUtf8ThenWebSocketEnds() throws IOException {
		try (RawSocket socket = RawSocket.upgraded(this.port, "Authorization: Basic YWxpY2U6cGFzc3dvcmQ=")) {
			socket.sendText(CONNECT);
			assertThat(socket.receiveText()).startsWith("CONNECTED\n");
			socket.send(RawSocket.TEXT, (byte) 'S', (byte) 0xc0, (byte) 0xaf, (byte) 0);
			assertThat(socket.closeCode()).isEqualTo(1007);
		}
	}

	@Test
	@Tag("T15")
	@Tag("T18")
	void whenFrameIsLargerThanItMayBeThenConnectionEnds() {
		String frame = "SEND\ndestination:/app/note\n\n" + "x".repeat(64 * 1024) + "\0";
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send(frame + LATE);
			alice.expectFailure(4500);
		}
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			sendInPieces(alice, frame + LATE);
			alice.expectFailure(4500);
		}
		try (RawStompClient anonymous = RawStompClient.open(this.port, "alice")) {
			sendInPieces(anonymous, "CONNECT\nfoo:" + "x".repeat(80 * 1024));
			anonymous.expectFailure(4500);
		}
		expectNoEffect();
	}

	private static void sendInPieces(RawStompClient client, String text) {
		for (int from = 0; from < text.length() && !client.isClosed(); from += 4000) {
			try {
				client.send(text.substring(from, Math.min(text.length(), from + 4000)));
			}
			catch (RuntimeException ex) {
				// The server closed meanwhile.
				return;
			}
		}
	}

	@Test
	void whenFrameIsAsLargeAsItMayBeThenItIsServed() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:s1\ndestination:/user/queue/echo\n\n\0");
			alice.send("SEND\ndestination:/app/echo\ncontent-type:text/plain\n\n" + "x".repeat(60_000) + "\0");
			assertThat(RawStompClient.body(alice.next())).isEqualTo("echo " + "x".repeat(60_000));
		}
	}

	@Test
	@Tag("T16")
	void whenManyFramesAreAheadOfTheApplicationThenConnectionEnds() {
		StringBuilder flood = new StringBuilder("SEND\ndestination:/app/gated.flood\n\nfirst\0");
		for (int i = 0; i < 1100; i++) {
			flood.append("SEND\ndestination:/app/note\n\nlate\0");
		}
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send(flood.toString());
			assertThat(alice.expectFailure(4502)).isEqualTo("ERROR\nmessage:Too many frames at once\n\n");
			this.gates.awaitReached("flood");
			expectNoEffect();
		}
		finally {
			this.gates.open("flood");
		}
	}

	@Test
	@Tag("T4")
	void whenClientSendsToTopicsThenItIsToldSoAndSubscribersSeeNothing() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			bob.subscribe("s1", "/realtime/room." + room);
			alice.send("SEND\ndestination:/realtime/room." + room
					+ "\nevent:x\nreceipt:r1\nmessage-id:evil\nsubscription:s1\n\n{\"evil\":1}\0");
			assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:r1\nrealtime-control:denied\ncode:forbidden\n\n");
			alice.send("SEND\ndestination:/realtime/room." + room + "\nevent:x\n\n{\"evil\":2}\0");
			alice.send("SEND\ndestination:/realtime/no.such.topic\nevent:x\nreceipt:r2\n\n{\"evil\":3}\0");
			assertThat(alice.next())
				.isEqualTo("RECEIPT\nreceipt-id:r2\nrealtime-control:denied\ncode:unknown-topic\n\n");
			for (String destination : List.of("/topic/x", "/queue/x", "/user/bob/queue/echo", "/realtimex", "x",
					"/user/queue/echo")) {
				alice.send("SEND\ndestination:" + destination + "\nreceipt:r3\n\n{\"evil\":4}\0");
				assertThat(alice.next())
					.isEqualTo("RECEIPT\nreceipt-id:r3\nrealtime-control:denied\ncode:unknown-destination\n\n");
			}
			alice.send("SEND\nreceipt:r4\n\n{\"evil\":5}\0");
			assertThat(alice.next())
				.isEqualTo("RECEIPT\nreceipt-id:r4\nrealtime-control:denied\ncode:unknown-destination\n\n");
			alice.expectNothingElse();
			this.realtime.forTenant("acme").publish("room." + room, Map.of("n", 1)).join();
			assertThat(RawStompClient.body(bob.next())).isEqualTo("{\"n\":1}");
			bob.expectNothingElse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "receipt:r\n" })
	@Tag("T4")
	void whenClientGoesOnSendingToTopicsThenConnectionEnds(String receipt) {
		String refused = "SEND\ndestination:/realtime/room.x\n" + receipt + "\nevil\0";
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send(refused.repeat(100));
			alice.next(receipt.isEmpty() ? 0 : 100);
			alice.expectNothingElse();
			alice.send(refused + LATE);
			assertThat(alice.closeCode()).isEqualTo(4502);
			assertThat(alice.next(receipt.isEmpty() ? 1 : 2)).last()
				.isEqualTo("ERROR\nmessage:Too many refused frames\n\n");
			assertThat(alice.hasNext()).isFalse();
			expectNoEffect();
		}
	}

	/**
	 * Nothing of what was pipelined was handled. The order of frames makes a later one of
	 * another connection no proof, so this relies on the closed connection: what came
	 * before the close frame was handled before it.
	 */
	private void expectNoEffect() {
		assertThat(this.messages.handled()).noneMatch((text) -> text.startsWith("late"));
	}

}
