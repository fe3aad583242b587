package dev.realtime.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.Gates;
import dev.realtime.autoconfigure.app.Messages;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.web.socket.messaging.AbstractSubProtocolEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * {@code @MessageMapping} methods of an application that configures no broker, and the
 * order in which frames are handled.
 */
@EndpointTest
class MessageMappingTests {

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Autowired
	private Messages messages;

	@Autowired
	private Gates gates;

	@Autowired
	private SimpUserRegistry users;

	@Autowired
	private SimpMessagingTemplate template;

	@Autowired
	private ConfigurableApplicationContext context;

	@BeforeEach
	void forget() {
		this.messages.handled().clear();
	}

	@Test
	void whenClientSendsToTheApplicationThenTheAnswerComesToItAlone() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient sameUser = RawStompClient.connect(this.port, "alice");
				RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			for (RawStompClient client : List.of(alice, sameUser, bob)) {
				client.send("SUBSCRIBE\nid:echo\ndestination:/user/queue/echo\n\n\0");
			}
			alice.send("SEND\ndestination:/app/echo\ncontent-type:text/plain\n\nhello\0");
			String answer = alice.next();
			assertThat(answer).startsWith("MESSAGE\n");
			assertThat(RawStompClient.header(answer, "subscription")).isEqualTo("echo");
			assertThat(RawStompClient.header(answer, "destination")).isEqualTo("/user/queue/echo");
			assertThat(RawStompClient.body(answer)).isEqualTo("echo hello");
			alice.expectNothingElse();
			sameUser.expectNothingElse();
			bob.expectNothingElse();
		}
	}

	@Test
	void whenClientSubscribesToAMappingThenItAnswers() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:g\ndestination:/app/greeting\n\n\0");
			String answer = alice.next();
			assertThat(RawStompClient.header(answer, "subscription")).isEqualTo("g");
			assertThat(RawStompClient.body(answer)).isEqualTo("hello alice");
		}
	}

	@Test
	void whenHandlerThrowsThenItsExceptionHandlerAnswersAndConnectionIsUnharmed() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:e\ndestination:/user/queue/errors\n\n\0");
			alice.send("SEND\ndestination:/app/broken\n\nx\0");
			assertThat(RawStompClient.body(alice.next())).isEqualTo("failed");
			alice.send("SEND\ndestination:/app/no.such.mapping\n\nx\0");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenApplicationSendsToAUserThenOnlyThatUserGetsIt() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			alice.send("SUBSCRIBE\nid:n\ndestination:/user/queue/news\n\n\0");
			bob.send("SUBSCRIBE\nid:n\ndestination:/user/queue/news\n\n\0");
			alice.expectNothingElse();
			bob.expectNothingElse();
			this.template.convertAndSendToUser("bob", "/queue/news", "for bob");
			assertThat(RawStompClient.body(bob.next())).isEqualTo("for bob");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenClientUnsubscribesFromTheApplicationThenNothingMoreComes() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:echo\ndestination:/user/queue/echo\n\n\0");
			alice.send("SEND\ndestination:/app/echo\ncontent-type:text/plain\n\n1\0");
			assertThat(RawStompClient.body(alice.next())).isEqualTo("echo 1");
			alice.send("UNSUBSCRIBE\nid:echo\n\n\0SEND\ndestination:/app/echo\ncontent-type:text/plain\n\n2\0"
					+ "SUBSCRIBE\nid:again\ndestination:/user/queue/echo\n\n\0"
					+ "SEND\ndestination:/app/echo\ncontent-type:text/plain\n\n3\0");
			assertThat(RawStompClient.body(alice.next())).isEqualTo("echo 3");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenFrameOfTheApplicationIsAskedForAReceiptThenItComesOnceHandled() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:echo\ndestination:/user/queue/echo\nreceipt:1\n\n\0");
			assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:1\n\n");
			alice.send("SEND\ndestination:/app/note\nreceipt:2\n\nnoted\0");
			assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:2\n\n");
			assertThat(this.messages.handled()).containsExactly("noted");
			alice.send("UNSUBSCRIBE\nid:echo\nreceipt:3\n\n\0");
			assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:3\n\n");
			alice.send("UNSUBSCRIBE\nid:nothing\nreceipt:4\n\n\0");
			assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:4\n\n");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenManyFramesArePipelinedThenTheyAreHandledInOrder() {
		StringBuilder frames = new StringBuilder();
		for (int i = 0; i < 500; i++) {
			frames.append("SEND\ndestination:/app/note\n\n" + i + "\0");
		}
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send(frames.toString());
			alice.expectNothingElse();
			assertThat(this.messages.handled())
				.containsExactlyElementsOf(IntStream.range(0, 500).mapToObj(Integer::toString).toList());
		}
	}

	@Test
	void whenHandlerIsSlowThenLaterFramesWaitForIt() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			alice.send("SUBSCRIBE\nid:before\ndestination:/realtime/room." + room
					+ "\nreceipt:1\n\n\0SEND\ndestination:/app/gated." + room
					+ "\n\nslow\0UNSUBSCRIBE\nid:before\nreceipt:2\n\n\0SUBSCRIBE\nid:after\ndestination:/realtime/room."
					+ room + "\nreplay:none\nreceipt:3\n\n\0SEND\ndestination:/app/note\n\nlast\0");
			assertThat(alice.next()).startsWith("RECEIPT\nreceipt-id:1\n");
			this.gates.awaitReached(room);
			bob.expectNothingElse();
			this.realtime.forTenant("acme").publish("room." + room, Map.of("n", 1)).join();
			assertThat(alice.next()).startsWith("MESSAGE\nsubscription:before\n");
			assertThat(alice.hasNext()).isFalse();
			assertThat(this.messages.handled()).isEmpty();
			this.gates.open(room);
			assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:2\n\n");
			assertThat(alice.next()).startsWith("RECEIPT\nreceipt-id:3\nposition:").endsWith("-1\n\n");
			alice.expectNothingElse();
			assertThat(this.messages.handled()).containsExactly("slow", "last");
		}
	}

	@Test
	void whenClientsComeAndGoThenUserRegistryAndSessionEventsSeeThem() {
		List<String> events = new CopyOnWriteArrayList<>();
		ApplicationListener<AbstractSubProtocolEvent> listener = (event) -> {
			if (event.getUser() != null && event.getUser().getName().equals("guest")) {
				events.add(event.getClass().getSimpleName());
			}
		};
		this.context.addApplicationListener(listener);
		try {
			for (int i = 0; i < 50; i++) {
				try (RawStompClient guest = RawStompClient.connect(this.port, "guest@acme")) {
					assertThat(this.users.getUser("guest")).isNotNull();
					assertThat(this.users.getUser("guest").getSession(guest.session())).isNotNull();
				}
				await().until(() -> this.users.getUser("guest") == null);
			}
			await().untilAsserted(() -> assertThat(events).hasSize(150)
				.startsWith("SessionConnectEvent", "SessionConnectedEvent", "SessionDisconnectEvent"));
		}
		finally {
			this.context.removeApplicationListener(listener);
		}
	}

	@Test
	@Tag("T28")
	void whenTenantsHaveUsersOfTheSameNameThenAnswersDoNotCross() {
		try (RawStompClient acme = RawStompClient.connect(this.port, "sam@acme");
				RawStompClient globex = RawStompClient.connect(this.port, "sam@globex")) {
			acme.send("SUBSCRIBE\nid:echo\ndestination:/user/queue/echo\n\n\0");
			globex.send("SUBSCRIBE\nid:echo\ndestination:/user/queue/echo\n\n\0");
			globex.expectNothingElse();
			acme.send("SEND\ndestination:/app/echo\ncontent-type:text/plain\n\nsecret\0");
			assertThat(RawStompClient.body(acme.next())).isEqualTo("echo secret");
			globex.expectNothingElse();
		}
	}

}
