package dev.realtime.autoconfigure;

import java.security.Principal;
import java.time.Instant;
import java.util.Map;

import dev.realtime.Realtime;
import dev.realtime.TenantAware;
import dev.realtime.autoconfigure.app.Gates;
import dev.realtime.autoconfigure.app.TestApplication;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Who may connect, and from where.
 */
@Timeout(60)
class AuthenticationTests {

	private static final String REFUSED = "ERROR\nmessage:Authentication failed\n\n";

	/**
	 * By the handshake, as in an application that configures nothing.
	 */
	@Nested
	@EndpointTest
	class ByHandshake {

		@LocalServerPort
		private int port;

		@Test
		void whenHandshakeIsAnonymousThenItIsRefused() {
			assertThat(RawStompClient.handshake(this.port).status()).isEqualTo(401);
			assertThat(RawStompClient.handshake(this.port).header("Authorization", "Bearer x").status()).isEqualTo(401);
			assertThat(RawStompClient.handshake(this.port).path("/realtime?user=alice&token=x").status())
				.isEqualTo(401);
		}

		@Test
		void whenPasswordIsWrongThenHandshakeIsRefused() {
			assertThat(RawStompClient.handshake(this.port).header("Authorization", "Basic YWxpY2U6eA==").status())
				.isEqualTo(401);
		}

		@Test
		void whenUserIsKnownByTheHandshakeThenConnectedNamesThem() {
			try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
				assertThat(alice.connected()).matches(
						"CONNECTED\nversion:1.2\nsession:[0-9a-f-]+\n" + "heart-beat:10000,10000\nuser-name:alice\n\n");
			}
		}

		@Test
		void whenConnectNamesSomebodyElseThenTheHandshakeCounts() {
			try (RawStompClient alice = RawStompClient.handshake(this.port)
				.basic("alice")
				.connect("login:carol", "passcode:password", "Authorization:Bearer carol", "user-name:carol")) {
				assertThat(alice.connected()).contains("\nuser-name:alice\n");
			}
		}

		@Test
		@Tag("T22")
		void whenOriginIsTheApplicationOrMissingThenHandshakeIsAccepted() {
			assertThat(RawStompClient.handshake(this.port).basic("alice").status()).isEqualTo(101);
			assertThat(withOrigin("http://localhost:" + this.port)).isEqualTo(101);
		}

		@ParameterizedTest
		@ValueSource(strings = { "http://evil.example", "https://evil.example", "null", "http://localhost",
				"http://localhost:1", "https://localhost:{port}", "ws://localhost:{port}",
				"http://sub.localhost:{port}", "http://localhost.evil.example:{port}", "http://127.0.0.1:{port}",
				"http://evil.example/http://localhost:{port}", "localhost:{port}", "file://", "*",
				"http://LOCALHOST.:{port}" })
		@Tag("T22")
		void whenOriginIsForeignThenHandshakeIsRefused(String origin) {
			assertThat(withOrigin(origin.replace("{port}", Integer.toString(this.port)))).isEqualTo(403);
		}

		private int withOrigin(String origin) {
			return RawStompClient.handshake(this.port).basic("alice").header("Origin", origin).status();
		}

	}

	/**
	 * With origins of its own.
	 */
	@Nested
	@SpringBootTest(classes = TestApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
			properties = { "realtime.allowed-origins=https://app.example,https://*.shop.example",
					"realtime.allow-anonymous=true", "realtime.path=/live" })
	class WithAllowedOriginsAndAnonymousUsers {

		@LocalServerPort
		private int port;

		@ParameterizedTest
		@ValueSource(strings = { "https://app.example", "https://a.shop.example", "http://localhost:{port}" })
		@Tag("T22")
		void whenOriginIsAllowedThenHandshakeIsAccepted(String origin) {
			assertThat(withOrigin(origin)).isEqualTo(101);
		}

		@ParameterizedTest
		@ValueSource(strings = { "http://app.example", "https://app.example:444", "https://app.example.evil.example",
				"https://evil.example", "https://shop.example", "https://evil-shop.example", "null" })
		@Tag("T22")
		void whenOriginIsNotAllowedThenHandshakeIsRefused(String origin) {
			assertThat(withOrigin(origin)).isEqualTo(403);
		}

		private int withOrigin(String origin) {
			return RawStompClient.handshake(this.port)
				.path("/live")
				.header("Origin", origin.replace("{port}", Integer.toString(this.port)))
				.status();
		}

		@Test
		void whenPathIsAnotherThenTheDefaultIsNotServed() {
			assertThat(RawStompClient.handshake(this.port).basic("alice").status()).isEqualTo(404);
		}

		@Test
		void whenAnonymousUsersMayConnectThenRulesStillDecide() {
			try (RawStompClient anonymous = RawStompClient.handshake(this.port).path("/live").connect()) {
				assertThat(anonymous.connected()).contains("\nuser-name:anonymousUser\n");
				anonymous.sendSubscribe("s1", "/realtime/contact.updated");
				assertThat(RawStompClient.code(anonymous.next())).isEqualTo("forbidden");
				anonymous.subscribe("s2", "/realtime/document.42");
			}
		}

		@Test
		void whenUserIsKnownThenItIsNotAnonymous() {
			try (RawStompClient alice = RawStompClient.handshake(this.port).path("/live").basic("alice").connect()) {
				alice.subscribe("s1", "/realtime/contact.updated");
			}
		}

		@Test
		void whenTokenIsGivenThatNobodyCanCheckThenTheClientIsAnonymous() {
			try (RawStompClient anonymous = RawStompClient.handshake(this.port)
				.path("/live")
				.connect("Authorization:Bearer x")) {
				assertThat(anonymous.connected()).contains("\nuser-name:anonymousUser\n");
			}
		}

	}

	/**
	 * By a token in CONNECT, or by what interceptors of the application make of it.
	 */
	@Nested
	@SpringBootTest(classes = { TestApplication.class, TokenConfiguration.class },
			webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
			properties = { "realtime.tenant.claim=org", "realtime.limits.connect-timeout=2s" })
	class ByConnect {

		@LocalServerPort
		private int port;

		@Autowired
		private Realtime realtime;

		@Autowired
		private Gates gates;

		@Autowired
		private SimpUserRegistry users;

		@Autowired
		private SimpleBrokerMessageHandler simpleBroker;

		@ParameterizedTest
		@ValueSource(strings = { "Authorization:Bearer dora", "Authorization:bearer   dora ", "passcode:dora" })
		void whenConnectBringsAValidTokenThenItSaysWhoAndOfWhichTenant(String header) {
			String room = Rooms.fresh();
			try (RawStompClient dora = RawStompClient.handshake(this.port).connect(header, "org:globex")) {
				assertThat(dora.connected()).contains("\nuser-name:dora\n");
				dora.subscribe("s1", "/realtime/room." + room);
				this.realtime.forTenant("globex").publish("room." + room, Map.of("n", 1)).join();
				this.realtime.forTenant("initech").publish("room." + room, Map.of("n", 2)).join();
				assertThat(RawStompClient.body(dora.next())).isEqualTo("{\"n\":2}");
			}
		}

		@ParameterizedTest
		@ValueSource(strings = { "Authorization:Bearer forged", "passcode:forged", "Authorization:Bearer ",
				"Authorization:Basic ZG9yYTpkb3Jh", "Authorization:dora", "login:dora", "x:y", "passcode:",
				"Authorization:Bearer homeless", "Authorization:Bearer forged\npasscode:dora" })
		void whenConnectBringsNoValidTokenThenConnectionIsRefused(String header) {
			try (RawStompClient client = RawStompClient.handshake(this.port).open()) {
				client.send("CONNECT\naccept-version:1.2\n" + header
						+ "\n\n\0SUBSCRIBE\nid:s1\ndestination:/realtime/contact.updated\nreceipt:r\n\n\0");
				assertThat(client.expectFailure(4501)).isEqualTo(REFUSED);
			}
		}

		@Test
		void whenInterceptorOfTheApplicationSetsTheUserThenItIsHonoured() {
			try (RawStompClient eve = RawStompClient.handshake(this.port).connect("ticket:eve")) {
				assertThat(eve.connected()).contains("\nuser-name:eve\n");
				eve.subscribe("s1", "/realtime/mail." + Rooms.fresh());
				assertThat(eve.subscribeInVain("s2", "/realtime/admin.alert")).isEqualTo("forbidden");
				eve.send("SUBSCRIBE\nid:s3\ndestination:/user/queue/whoami\n\n\0SEND\ndestination:/app/whoami\n\nx\0");
				assertThat(RawStompClient.body(eve.next())).isEqualTo("eve");
			}
		}

		@Test
		void whenInterceptorSetsAPlainPrincipalWithoutTenantThenConnectionIsRefused() {
			try (RawStompClient plain = RawStompClient.handshake(this.port).open()) {
				plain.send("CONNECT\naccept-version:1.2\nticket:plain\n\n\0");
				assertThat(plain.expectFailure(4501)).isEqualTo(REFUSED);
			}
		}

		@ParameterizedTest
		@ValueSource(strings = { "swallow", "deny", "bad-credentials" })
		void whenInterceptorRefusesConnectThenConnectionIsRefused(String ticket) {
			try (RawStompClient client = RawStompClient.handshake(this.port).open()) {
				client.send("CONNECT\naccept-version:1.2\nAuthorization:Bearer dora\nticket:" + ticket
						+ "\n\n\0SUBSCRIBE\nid:s1\ndestination:/realtime/contact.updated\nreceipt:r\n\n\0");
				assertThat(client.expectFailure(4501)).isEqualTo(REFUSED);
			}
		}

		@Test
		void whenInterceptorFailsThenClientMayTryAgain() {
			try (RawStompClient client = RawStompClient.handshake(this.port).open()) {
				client.send("CONNECT\naccept-version:1.2\nAuthorization:Bearer dora\nticket:fail\n\n\0");
				assertThat(client.expectFailure(4004)).isEqualTo("ERROR\nmessage:Internal error\n\n");
			}
		}

		@Test
		void whenInterceptorDeniesOrFailsAtSubscribeThenClientIsToldAndConnectionIsUnharmed() {
			try (RawStompClient dora = RawStompClient.handshake(this.port).connect("Authorization:Bearer dora")) {
				assertThat(dora.subscribeInVain("s1", "/realtime/contact.updated", "ticket:deny"))
					.isEqualTo("forbidden");
				assertThat(dora.subscribeInVain("s1", "/user/queue/echo", "ticket:deny")).isEqualTo("forbidden");
				assertThat(dora.subscribeInVain("s1", "/realtime/contact.updated", "ticket:fail"))
					.isEqualTo("unavailable");
				dora.send("SEND\ndestination:/app/echo\nticket:deny\nreceipt:r\n\nx\0");
				assertThat(dora.next()).isEqualTo("RECEIPT\nreceipt-id:r\nrealtime-control:denied\ncode:forbidden\n\n");
				dora.expectNothingElse();
			}
		}

		@Test
		void whenInterceptorFailsAtManySendsThenTheClientIsNotToBlame() {
			try (RawStompClient dora = RawStompClient.handshake(this.port).connect("Authorization:Bearer dora")) {
				dora.send("SEND\ndestination:/app/echo\nticket:fail\nreceipt:r\n\nx\0".repeat(101));
				assertThat(dora.next(101))
					.containsOnly("RECEIPT\nreceipt-id:r\nrealtime-control:denied\ncode:unavailable\n\n");
				dora.expectNothingElse();
			}
		}

		@Test
		void whenConnectionEndsWhileTheTokenIsCheckedThenNothingStaysBehind() {
			try (RawStompClient slow = RawStompClient.handshake(this.port).open();
					RawStompClient dora = RawStompClient.handshake(this.port).connect("passcode:dora")) {
				slow.send("CONNECT\naccept-version:1.2\nAuthorization:Bearer slow\n\n\0");
				this.gates.awaitReached("slow");
				assertThat(slow.closeCode()).isEqualTo(4003);
				assertThat(slow.hasNext()).isFalse();
				this.gates.open("slow");
				dora.expectNothingElse();
				await().untilAsserted(() -> assertThat(this.users.getUser("slow")).isNull());
				dora.send("DISCONNECT\n\n\0");
				assertThat(dora.closeCode()).isEqualTo(1000);
			}
			await().untilAsserted(() -> {
				assertThat(this.users.getUserCount()).isZero();
				assertThat((Map<?, ?>) ReflectionTestUtils.getField(this.simpleBroker, "sessions")).isEmpty();
			});
		}

		@Test
		void whenUserOfTheHandshakeHasNoTenantThenConnectionIsRefused() {
			try (RawStompClient nobody = RawStompClient.open(this.port, "nobody")) {
				nobody.send("CONNECT\naccept-version:1.2\nAuthorization:Bearer dora\n\n\0");
				assertThat(nobody.expectFailure(4501)).isEqualTo(REFUSED);
			}
		}

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class TokenConfiguration {

		@Bean
		JwtDecoder jwtDecoder(Gates gates) {
			return (token) -> switch (token) {
				case "slow" -> {
					gates.pass("slow");
					yield jwt(token).claim("org", "initech").build();
				}
				case "dora" -> jwt(token).claim("org", "initech").build();
				case "homeless" -> jwt(token).build();
				default -> throw new BadJwtException("forged");
			};
		}

		private static Jwt.Builder jwt(String user) {
			return Jwt.withTokenValue(user)
				.header("alg", "none")
				.subject(user)
				.issuedAt(Instant.now())
				.expiresAt(Instant.now().plusSeconds(60));
		}

		@Bean
		WebSocketMessageBrokerConfigurer ticketConfigurer() {
			return new WebSocketMessageBrokerConfigurer() {

				@Override
				public void configureClientInboundChannel(ChannelRegistration registration) {
					registration.interceptors(new TicketInterceptor());
				}

			};
		}

	}

	/**
	 * What applications write to authenticate STOMP clients.
	 */
	private static final class TicketInterceptor implements ChannelInterceptor {

		@Override
		public Message<?> preSend(Message<?> message, MessageChannel channel) {
			StompHeaderAccessor frame = MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class);
			if (frame == null || frame.getFirstNativeHeader("ticket") == null) {
				return message;
			}
			return switch (frame.getFirstNativeHeader("ticket")) {
				case "deny" -> throw new AccessDeniedException("org.example.Secret says no");
				case "bad-credentials" -> throw new BadCredentialsException("org.example.Secret says no");
				case "fail" -> throw new IllegalStateException("org.example.Secret is broken");
				case "swallow" -> null;
				default -> {
					if (frame.getCommand() == StompCommand.CONNECT) {
						frame.setUser(user(frame.getFirstNativeHeader("ticket")));
					}
					yield message;
				}
			};
		}

		private static Principal user(String name) {
			if (name.equals("plain")) {
				return () -> name;
			}
			TestingAuthenticationToken user = new TestingAuthenticationToken(new Member(name, "initech"), "",
					"ROLE_USER");
			user.setAuthenticated(true);
			return user;
		}

	}

	private record Member(String name, String tenant) implements TenantAware, Principal {

		@Override
		public String getName() {
			return this.name;
		}

		@Override
		public String getTenantId() {
			return this.tenant;
		}

	}

}
