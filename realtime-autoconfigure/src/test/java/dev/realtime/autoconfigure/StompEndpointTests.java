package dev.realtime.autoconfigure;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.Messages;
import dev.realtime.autoconfigure.app.TestApplication.ContactUpdated;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * STOMP as a client sees it, frame by frame, on a real server.
 */
@EndpointTest
class StompEndpointTests {

	private static final int PUBLICATIONS = 10_000;

	private static final int AT_ONCE = 1000;

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Autowired
	private SimpMessagingTemplate template;

	@Autowired
	private Messages messages;

	@Test
	void whenSomethingIsPublishedThenTheSubscriberGetsIt() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/contact.updated", "replay:none");
			String position = this.realtime.forTenant("acme").publish(new ContactUpdated(5, "bob")).join().toString();
			String message = alice.next();
			assertThat(message).startsWith("MESSAGE\nsubscription:s1\nmessage-id:" + position
					+ "\ndestination:/realtime/contact.updated\ncontent-type:application/json\ntimestamp:");
			assertThat(RawStompClient.body(message)).isEqualTo("{\"id\":5,\"by\":\"bob\"}");
		}
	}

	@Test
	@Tag("T4")
	void idsOfConnectionsCanNotBeGuessedFromOthers() {
		for (int i = 0; i < 8; i++) {
			try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
				assertThat(alice.hasSecretId()).isTrue();
			}
		}
	}

	@Test
	void whenPublicationsAndUserMessagesAreMixedThenEachKindComesInOrder() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:news\ndestination:/user/queue/news\nreceipt:r\n\n\0");
			assertThat(alice.next()).startsWith("RECEIPT\n");
			alice.subscribe("s1", "/realtime/room." + room);
			List<String> published = new ArrayList<>();
			List<String> news = new ArrayList<>();
			for (int i = 1; i <= PUBLICATIONS; i++) {
				this.realtime.forTenant("acme").publish("room." + room, i);
				if (i % 10 == 0) {
					this.template.convertAndSendToUser("alice", "/queue/news", Integer.toString(i));
				}
				if (i % AT_ONCE == 0) {
					// No more than may be pending.
					take(alice.next(AT_ONCE + AT_ONCE / 10), published, news);
				}
			}
			assertThat(published).containsExactlyElementsOf(numbers(1));
			assertThat(news).containsExactlyElementsOf(numbers(10));
			alice.expectNothingElse();
		}
	}

	private static void take(List<String> frames, List<String> published, List<String> news) {
		for (String frame : frames) {
			boolean fanOut = RawStompClient.header(frame, "subscription").equals("s1");
			(fanOut ? published : news).add(RawStompClient.body(frame));
		}
	}

	private static List<String> numbers(int step) {
		return IntStream.rangeClosed(1, PUBLICATIONS / step).mapToObj((i) -> Integer.toString(i * step)).toList();
	}

	@Test
	void whenWebSocketMessageIsLargerThanAFrameMayBeThenItsFramesAreHandled() {
		this.messages.handled().clear();
		String text = "\u00e4\ud83d\ude00" + "x".repeat(10_000);
		StringBuilder frames = new StringBuilder();
		for (int i = 0; i < 30; i++) {
			frames.append("SEND\ndestination:/app/note\n\n" + i + text + "\0");
		}
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send(frames.toString());
			alice.expectNothingElse();
			assertThat(this.messages.handled())
				.containsExactlyElementsOf(IntStream.range(0, 30).mapToObj((i) -> i + text).toList());
		}
	}

	@Test
	void whenMessageComesInFragmentsThenItIsOne() throws IOException {
		try (RawSocket alice = RawSocket.upgraded(this.port, "Authorization: Basic YWxpY2U6cGFzc3dvcmQ=")) {
			alice.sendText("CONNECT\naccept-version:1.2\nheart-beat:0,0\n\n\0");
			assertThat(alice.receiveText()).startsWith("CONNECTED\n");
			alice.send(RawSocket.FIRST_OF_TEXT, "SUBSCRIBE\nid:s1\ndest".getBytes(StandardCharsets.UTF_8));
			alice.send(RawSocket.PING, (byte) 'p');
			alice.send(RawSocket.CONTINUATION);
			alice.send(RawSocket.CONTINUATION,
					"ination:/realtime/room.r\u00f6\u00f6m".getBytes(StandardCharsets.UTF_8));
			assertThat(alice.receive(RawSocket.PONG)).containsExactly('p');
			alice.send(RawSocket.LAST | RawSocket.CONTINUATION, "\nreceipt:r\n\n\0".getBytes(StandardCharsets.UTF_8));
			assertThat(alice.receiveText()).contains("denied").contains("unknown-topic");
			alice.send(RawSocket.CLOSE, (byte) 0x03, (byte) 0xe8);
			assertThat(alice.closeCode()).isEqualTo(1000);
			assertThat(alice.rest()).isEmpty();
		}
	}

	@ParameterizedTest
	@MethodSource("dev.realtime.autoconfigure.Rfc6455#violations")
	void whenClientBreaksTheWebSocketProtocolThenItIsToldSo(Rfc6455 violation) throws IOException {
		assumeFalse(violation.servers().contains(isJetty() ? "Jetty" : "Tomcat"), "The server does otherwise");
		for (int attempt = 1; !isAnswered(violation); attempt++) {
			// Tomcat has no close frame, or another, if it is not quite done with a frame
			// before.
			assertThat(attempt).isLessThan(10);
		}
	}

	private boolean isAnswered(Rfc6455 violation) throws IOException {
		try (RawSocket alice = RawSocket.upgraded(this.port, "Authorization: Basic YWxpY2U6cGFzc3dvcmQ=")) {
			alice.sendText("CONNECT\naccept-version:1.2\nheart-beat:0,0\n\n\0");
			assertThat(alice.receiveText()).startsWith("CONNECTED\n");
			return violation.answer(alice, "SEND\ndestination:/app/note\n\nlate\0") == violation.code();
		}
		catch (EOFException | SocketException ex) {
			return false;
		}
	}

	private static boolean isJetty() {
		return !ClassUtils.isPresent("org.apache.catalina.startup.Tomcat", StompEndpointTests.class.getClassLoader());
	}

	@Test
	@Tag("T20")
	@Tag("T21")
	void whenClientAsksForCompressionThenItIsNotGranted() throws IOException {
		try (RawSocket alice = new RawSocket(this.port)) {
			String response = alice.upgrade("Authorization: Basic YWxpY2U6cGFzc3dvcmQ=",
					"Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");
			assertThat(response).doesNotContainIgnoringCase("Sec-WebSocket-Extensions");
		}
	}

}
