package dev.realtime.autoconfigure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.Messages;
import dev.realtime.autoconfigure.app.TestApplication.ContactUpdated;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dedicated port, frame by frame.
 */
@NettyTest
class NettyPortTests {

	private static final int PUBLICATIONS = 10_000;

	private static final int AT_ONCE = 1000;

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private Realtime realtime;

	@Autowired
	private SimpMessagingTemplate template;

	@Autowired
	private Messages messages;

	@Autowired
	private ConfigurableApplicationContext context;

	@Test
	void whenSomethingIsPublishedThenOnlySubscribersOfTheTenantGetIt() {
		try (RawStompClient acme = connect("acme"); RawStompClient globex = connect("globex")) {
			acme.subscribe("s1", "/realtime/contact.updated", "replay:none");
			globex.subscribe("s1", "/realtime/contact.updated", "replay:none");
			this.realtime.forTenant("acme").publish(new ContactUpdated(5, "acme"));
			this.realtime.forTenant("globex").publish(new ContactUpdated(6, "globex"));
			assertThat(RawStompClient.body(acme.next())).isEqualTo("{\"id\":5,\"by\":\"acme\"}");
			assertThat(RawStompClient.body(globex.next())).isEqualTo("{\"id\":6,\"by\":\"globex\"}");
			acme.expectNothingElse();
			globex.expectNothingElse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Authorization:Bearer wrong", "passcode:wrong", "login:acme",
			"Authorization:Basic YWxpY2U6cGFzc3dvcmQ=", "x:y" })
	void whenTokenIsMissingOrNoGoodThenConnectionIsRefused(String header) {
		try (RawStompClient client = RawStompClient.handshake(port()).basic("alice").open()) {
			client.send("CONNECT\naccept-version:1.2\n" + header
					+ "\n\n\0SUBSCRIBE\nid:s1\ndestination:/realtime/contact.updated\nreceipt:r\n\n\0");
			assertThat(client.expectFailure(4501)).isEqualTo("ERROR\nmessage:Authentication failed\n\n");
		}
	}

	@Test
	void whenTokenIsThePasscodeThenItIsTaken() {
		try (RawStompClient client = RawStompClient.handshake(port()).connect("passcode:acme")) {
			assertThat(client.connected()).contains("\nuser-name:user-acme\n");
		}
	}

	@Test
	@Tag("T4")
	void idsOfConnectionsCanNotBeGuessedFromOthers() {
		for (int i = 0; i < 8; i++) {
			try (RawStompClient client = connect("acme")) {
				assertThat(client.hasSecretId()).isTrue();
			}
		}
	}

	@Test
	void whenPublicationsAndUserMessagesAreMixedThenEachKindComesInOrder() {
		String room = Rooms.fresh();
		try (RawStompClient client = connect("acme"); RawStompClient other = connect("globex")) {
			client.send("SUBSCRIBE\nid:news\ndestination:/user/queue/news\nreceipt:r\n\n\0");
			assertThat(client.next()).startsWith("RECEIPT\n");
			client.subscribe("s1", "/realtime/room." + room);
			List<String> published = new ArrayList<>();
			List<String> news = new ArrayList<>();
			for (int i = 1; i <= PUBLICATIONS; i++) {
				this.realtime.forTenant("acme").publish("room." + room, i);
				if (i % 10 == 0) {
					this.template.convertAndSendToUser("user-acme", "/queue/news", Integer.toString(i));
				}
				if (i % AT_ONCE == 0) {
					// No more than may be pending.
					take(client.next(AT_ONCE + AT_ONCE / 10), published, news);
				}
			}
			assertThat(published).containsExactlyElementsOf(numbers(1));
			assertThat(news).containsExactlyElementsOf(numbers(10));
			client.expectNothingElse();
			other.expectNothingElse();
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
	void whenClientSendsToTheApplicationThenTheAnswerComesToItAlone() {
		try (RawStompClient acme = connect("acme"); RawStompClient same = connect("acme")) {
			for (RawStompClient client : List.of(acme, same)) {
				client.send("SUBSCRIBE\nid:who\ndestination:/user/queue/whoami\n\n\0");
			}
			acme.send("SUBSCRIBE\nid:hi\ndestination:/app/greeting\n\n\0");
			assertThat(RawStompClient.body(acme.next())).isEqualTo("hello user-acme");
			acme.send("SEND\ndestination:/app/whoami\n\nx\0");
			assertThat(RawStompClient.body(acme.next())).isEqualTo("user-acme");
			same.expectNothingElse();
		}
	}

	@Test
	void whenManyFramesArePipelinedThenTheyAreHandledInOrder() {
		this.messages.handled().clear();
		try (RawStompClient client = connect("acme")) {
			for (int i = 0; i < 1500; i++) {
				client.send("SEND\ndestination:/app/note\n\n" + i + "\0");
			}
			client.expectNothingElse();
			assertThat(this.messages.handled())
				.containsExactlyElementsOf(IntStream.range(0, 1500).mapToObj(Integer::toString).toList());
		}
	}

	@Test
	void whenInterceptorOfTheApplicationDeniesThenClientIsTold() {
		try (RawStompClient client = connect("acme")) {
			assertThat(client.subscribeInVain("s1", "/realtime/contact.updated", "ticket:deny")).isEqualTo("forbidden");
		}
	}

	@Test
	void whenRuleDeniesThenClientIsTold() {
		try (RawStompClient client = connect("acme")) {
			assertThat(client.subscribeInVain("s1", "/realtime/admin.alert")).isEqualTo("forbidden");
			assertThat(client.subscribeInVain("s2", "/realtime/no.such.topic")).isEqualTo("unknown-topic");
		}
	}

	@Test
	void whenClientBreaksTheProtocolThenItReadsWhyThoughItGoesOnSending() throws IOException {
		for (int i = 0; i < 20; i++) {
			try (RawSocket client = connectRaw()) {
				client.sendText("FOO\n\n\0");
				client.sendText("x".repeat(50_000));
				client.sendText("SUBSCRIBE\nid:s1\ndestination:/realtime/contact.updated\nreceipt:r\n\n\0");
				assertThat(client.receiveText()).startsWith("ERROR\n");
				assertThat(client.closeCode()).isEqualTo(4500);
			}
		}
	}

	@Test
	void whenServerEndsTheConnectionThenTheApplicationHearsWithWhichCode() {
		CompletableFuture<Integer> code = new CompletableFuture<>();
		ApplicationListener<SessionDisconnectEvent> listener = (event) -> code
			.complete(event.getCloseStatus().getCode());
		try (RawStompClient client = connect("acme")) {
			this.context.addApplicationListener(listener);
			client.send("MESSAGE\n\n\0");
			assertThat(client.expectFailure(4500)).isNotEmpty();
			assertThat(code).succeedsWithin(RawStompClient.TIMEOUT).isEqualTo(4500);
		}
		finally {
			this.context.removeApplicationListener(listener);
		}
	}

	@Test
	void whenNativeTransportIsThereThenItIsUsed() {
		boolean linux = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
		boolean library = getClass().getResource("/META-INF/native/libnetty_transport_native_epoll_x86_64.so") != null;
		boolean amd64 = System.getProperty("os.arch").equals("amd64");
		Object server = ReflectionTestUtils.getField(this.endpoint, "server");
		assertThat(server.getClass().getSimpleName())
			.isEqualTo((linux && amd64 && library) ? "EpollServerSocketChannel" : "NioServerSocketChannel");
	}

	private int port() {
		return this.endpoint.getPort();
	}

	private RawStompClient connect(String tenant) {
		return RawStompClient.handshake(port()).connect("Authorization:Bearer " + tenant);
	}

	private RawSocket connectRaw() throws IOException {
		RawSocket client = RawSocket.upgraded(port());
		client.sendText("CONNECT\naccept-version:1.2\npasscode:acme\nheart-beat:0,0\n\n\0");
		assertThat(client.receiveText()).startsWith("CONNECTED\n");
		return client;
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class TokenConfiguration {

		@Bean
		JwtDecoder jwtDecoder() {
			return (token) -> {
				int dot = token.indexOf('.');
				String tenant = token.substring(dot + 1);
				if (token.equals("wrong") || tenant.isBlank() || tenant.length() > 255
						|| tenant.chars().anyMatch(Character::isISOControl)) {
					throw new BadJwtException("wrong");
				}
				return Jwt.withTokenValue(token)
					.header("alg", "none")
					.subject((dot > 0) ? token.substring(0, dot) : "user-" + token)
					.claim("tenant_id", tenant)
					.build();
			};
		}

		@Bean
		WebSocketMessageBrokerConfigurer denyConfigurer() {
			return new WebSocketMessageBrokerConfigurer() {

				@Override
				public void configureClientInboundChannel(ChannelRegistration registration) {
					registration.interceptors(new DenyInterceptor());
				}

			};
		}

	}

	private static final class DenyInterceptor implements ChannelInterceptor {

		@Override
		public Message<?> preSend(Message<?> message, MessageChannel channel) {
			if ("deny".equals(StompHeaderAccessor.wrap(message).getFirstNativeHeader("ticket"))) {
				throw new AccessDeniedException("not you");
			}
			return message;
		}

	}

}
