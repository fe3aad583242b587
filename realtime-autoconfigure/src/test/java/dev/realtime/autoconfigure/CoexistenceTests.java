package dev.realtime.autoconfigure;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.broker.BrokerApplication;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.messaging.converter.StringMessageConverter;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Beside a STOMP endpoint, broker, controllers and security rules that the application
 * has of its own.
 */
@Timeout(60)
class CoexistenceTests {

	abstract static class Scenarios {

		@LocalServerPort
		private int port;

		@Autowired
		private Realtime realtime;

		@Autowired
		private SimpMessagingTemplate template;

		@Autowired
		private BrokerApplication.Seen seen;

		abstract boolean hasUserDestinations();

		@Test
		void whenClientUsesTheEndpointOfTheApplicationThenItWorksAsBefore() throws Exception {
			BlockingQueue<String> received = new LinkedBlockingQueue<>();
			WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient());
			client.setMessageConverter(new StringMessageConverter());
			WebSocketHttpHeaders headers = new WebSocketHttpHeaders();
			headers.setBasicAuth("alice", "password");
			StompSession session = client
				.connectAsync("ws://localhost:" + this.port + "/ws", headers, new StompSessionHandlerAdapter() {
				})
				.get(10, TimeUnit.SECONDS);
			try {
				session.subscribe("/api/greeting", into(received));
				assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("hello");
				session.subscribe("/topic/said", into(received));
				session.subscribe("/user/queue/whispers", into(received));
				session.send("/api/say", "hi");
				assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("said hi");
				if (hasUserDestinations()) {
					session.send("/api/whisper", "psst");
					assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("alice whispers psst");
				}
				for (int i = 0; i < 100; i++) {
					this.template.convertAndSend("/topic/said", Integer.toString(i));
				}
				for (int i = 0; i < 100; i++) {
					assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo(Integer.toString(i));
				}
			}
			finally {
				session.disconnect();
				client.stop();
			}
		}

		@Test
		void whenClientUsesOurEndpointThenDestinationsOfTheApplicationWorkThereToo() {
			String room = Rooms.fresh();
			try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
				alice.send("SUBSCRIBE\nid:g\ndestination:/api/greeting\n\n\0");
				assertThat(RawStompClient.body(alice.next())).isEqualTo("hello");
				alice.send("SUBSCRIBE\nid:t\ndestination:/topic/said\nreceipt:t\n\n\0");
				assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:t\n\n");
				alice.send("SUBSCRIBE\nid:w\ndestination:/user/queue/whispers\n\n\0");
				alice.send("SEND\ndestination:/api/say\ncontent-type:text/plain\n\nhi\0");
				String said = alice.next();
				assertThat(said).startsWith("MESSAGE\n");
				assertThat(RawStompClient.header(said, "subscription")).isEqualTo("t");
				assertThat(RawStompClient.body(said)).isEqualTo("said hi");
				if (hasUserDestinations()) {
					alice.send("SEND\ndestination:/api/whisper\ncontent-type:text/plain\n\npsst\0");
					String whispered = alice.next();
					assertThat(RawStompClient.body(whispered)).isEqualTo("alice whispers psst");
					assertThat(RawStompClient.header(whispered, "destination")).isEqualTo("/user/queue/whispers");
				}
				alice.subscribe("s1", "/realtime/room." + room);
				this.realtime.publish("room." + room, Map.of("n", 1)).join();
				assertThat(RawStompClient.body(alice.next())).isEqualTo("{\"n\":1}");
				for (int i = 0; i < 100; i++) {
					this.template.convertAndSend("/topic/said", Integer.toString(i));
				}
				for (int i = 0; i < 100; i++) {
					assertThat(RawStompClient.body(alice.next())).isEqualTo(Integer.toString(i));
				}
				alice.send("UNSUBSCRIBE\nid:t\nreceipt:u\n\n\0");
				assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:u\n\n");
				this.template.convertAndSend("/topic/said", "too late");
				alice.expectNothingElse();
			}
		}

		@Test
		void whenClientAsksForTopicsAtTheOtherEndpointThenItIsDenied() {
			String room = Rooms.fresh();
			try (RawStompClient alice = RawStompClient.handshake(this.port).path("/ws").basic("alice").open()) {
				alice.send("CONNECT\naccept-version:1.2\nheart-beat:0,0\n\n\0");
				assertThat(alice.next()).startsWith("CONNECTED\n");
				alice.send("SUBSCRIBE\nid:s1\ndestination:/realtime/room." + room + "\n\n\0");
				String denied = alice.next();
				assertThat(denied).startsWith("MESSAGE\n");
				assertThat(RawStompClient.header(denied, "subscription")).isEqualTo("s1");
				assertThat(RawStompClient.header(denied, "realtime-control")).isEqualTo("denied");
				assertThat(RawStompClient.code(denied)).isEqualTo("wrong-endpoint");
				alice.send("SEND\ndestination:/realtime/room." + room + "\n\nevil\0");
				alice.send("SUBSCRIBE\nid:g\ndestination:/api/greeting\n\n\0");
				assertThat(RawStompClient.body(alice.next())).isEqualTo("hello");
			}
			expectNotSeen("/realtime");
		}

		@Test
		@Tag("T4")
		void whenFramesAreForTopicsThenNoHandlerOfTheApplicationSeesThem() {
			String room = Rooms.fresh();
			try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
					RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
				bob.subscribe("s1", "/realtime/room." + room);
				alice.send("SEND\ndestination:/realtime/room." + room + "\n\nevil\0");
				alice.subscribeInVain("s2", "/realtime/no.such.topic");
				alice.subscribeInVain("s2", "/realtime/**");
				alice.send("SEND\ndestination:/realtime\nreceipt:r\n\nevil\0");
				assertThat(alice.next()).startsWith("RECEIPT\nreceipt-id:r\nrealtime-control:denied\n");
				this.template.convertAndSend("/realtime/room." + room, "evil");
				this.realtime.publish("room." + room, 1).join();
				assertThat(RawStompClient.body(bob.next())).isEqualTo("1");
				bob.expectNothingElse();
			}
			expectNotSeen("/realtime");
		}

		private void expectNotSeen(String destination) {
			assertThat(this.seen.frames()).isNotEmpty().noneMatch((frame) -> frame.contains(destination));
		}

		@Test
		void whenClientCallsAMethodThenTheValueIsItsReplyInsteadOfABroadcast() {
			try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
				alice.send("SUBSCRIBE\nid:t\ndestination:/topic/ask\nreceipt:t\n\n\0");
				assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:t\n\n");
				alice.send("SUBSCRIBE\nid:r\ndestination:/realtime/@replies\nreceipt:r\n\n\0");
				assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:r\n\n");
				alice.send("SEND\ndestination:/api/ask\nreply-to:r\ncorrelation-id:c\n\nme\0");
				String reply = alice.next();
				assertThat(RawStompClient.header(reply, "correlation-id")).isEqualTo("c");
				assertThat(RawStompClient.body(reply)).isEqualTo("\"asked me\"");
				alice.expectNothingElse();
				alice.send("SEND\ndestination:/api/ask\n\nall\0");
				String broadcast = alice.next();
				assertThat(RawStompClient.header(broadcast, "subscription")).isEqualTo("t");
				assertThat(RawStompClient.body(broadcast)).isEqualTo("asked all");
				alice.send("SEND\ndestination:/api/secret\nreply-to:r\ncorrelation-id:c\n\nx\0");
				assertThat(RawStompClient.code(alice.next())).isEqualTo("forbidden");
				for (String nowhere : List.of("/topic/ask", "/api/nothing", "/queue/x")) {
					alice.send("SEND\ndestination:" + nowhere + "\nreply-to:r\ncorrelation-id:c\n\nx\0");
					assertThat(RawStompClient.code(alice.next())).isEqualTo("unknown-destination");
				}
				alice.expectNothingElse();
			}
		}

		@Test
		void whenRulesOfTheApplicationDenyThenClientIsToldSo() {
			try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
				assertThat(alice.subscribeInVain("s1", "/topic/secret")).isEqualTo("forbidden");
				assertThat(alice.subscribeInVain("s2", "/realtime/secret")).isEqualTo("forbidden");
				alice.send("SEND\ndestination:/api/secret\nreceipt:r\n\nx\0");
				assertThat(alice.next())
					.isEqualTo("RECEIPT\nreceipt-id:r\nrealtime-control:denied\ncode:forbidden\n\n");
				alice.expectNothingElse();
			}
		}

		@Test
		void whenClientsComeAndGoThenBrokerHearsOfEachOnce() {
			String session;
			try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
				session = alice.session();
				alice.expectNothingElse();
			}
			await().untilAsserted(() -> assertThat(framesOf(session)).contains("DISCONNECT null " + session));
			long handlers = framesOf(session).stream().filter((frame) -> frame.startsWith("CONNECT ")).count();
			assertThat(handlers).isPositive();
			await().untilAsserted(() -> assertThat(framesOf(session)).hasSize((int) handlers * 2));
		}

		private List<String> framesOf(String session) {
			return this.seen.frames().stream().filter((frame) -> frame.endsWith(" " + session)).toList();
		}

		private static StompFrameHandler into(BlockingQueue<String> received) {
			return new StompFrameHandler() {

				@Override
				public Type getPayloadType(StompHeaders headers) {
					return String.class;
				}

				@Override
				public void handleFrame(StompHeaders headers, Object payload) {
					received.add((String) payload);
				}

			};
		}

	}

	@Nested
	@SpringBootTest(classes = BrokerApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
	class WithPrefixes extends Scenarios {

		@LocalServerPort
		private int port;

		@Override
		boolean hasUserDestinations() {
			return true;
		}

		@Test
		void whenBrokerDoesNotServeDestinationThenNothingComes() {
			try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
				alice.send("SUBSCRIBE\nid:x\ndestination:/elsewhere/x\n\n\0");
				alice.expectNothingElse();
			}
		}

	}

	@Nested
	@SpringBootTest(classes = BrokerApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
			properties = "broker.everything=true")
	class WithABrokerOfEverything extends Scenarios {

		/**
		 * Spring's simple broker then takes subscriptions to {@code /user/**} as they
		 * are, at any endpoint.
		 */
		@Override
		boolean hasUserDestinations() {
			return false;
		}

	}

}
