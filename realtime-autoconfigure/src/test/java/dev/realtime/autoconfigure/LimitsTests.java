package dev.realtime.autoconfigure;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.Messages;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.limit.Limit;
import dev.realtime.limit.Limiter;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/**
 * Clients that want more than they may, on both ports. A token is {@code user@tenant}.
 */
@SpringBootTest(classes = { TestApplication.class, LimitsTests.TokenConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", TestApplication.SECRET, "realtime.trusted-proxies=127.0.0.8/29",
				"server.forward-headers-strategy=native", "server.tomcat.remoteip.internal-proxies=127[.]0[.]0[.]9",
				"realtime.limits.connections=10", "realtime.limits.connections-per-user=3",
				"realtime.limits.connections-per-tenant=5", "realtime.limits.unauthenticated-connections-per-address=4",
				"realtime.limits.subscriptions-per-user=8", "realtime.limits.subscriptions-per-tenant=12",
				"realtime.limits.subscribes-per-second=3", "realtime.limits.frames-per-second=20",
				"realtime.limits.frames-per-second-per-tenant=25", "realtime.limits.bytes-per-second=10KB",
				"realtime.limits.headers-per-frame=10", "realtime.limits.header-size=1KB" })
@ExtendWith(NoLeaks.class)
@Tag("endpoint")
@Timeout(120)
class LimitsTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(40);

	private static final String NOTE = "SEND\ndestination:/app/note\nreceipt:n\n\nx\0";

	@LocalServerPort
	private int port;

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private Limiter limiter;

	@Autowired
	private RealtimeEngine engine;

	@Autowired
	private Realtime realtime;

	@Autowired
	private Messages messages;

	@BeforeEach
	@AfterEach
	void nothingIsLeft() {
		await().atMost(TIMEOUT).until(() -> ReflectionTestUtils.<Boolean>invokeMethod(this.limiter, "isEmpty"));
		assertThat(this.engine.statistics().channels()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	@Tag("T18")
	void whenAddressOpensConnectionsAndSaysNothingThenOthersStillConnect(String transport) throws IOException {
		List<RawSocket> silent = new ArrayList<>();
		try (RawSocket more = new RawSocket(port(transport));
				RawSocket again = new RawSocket(port(transport));
				RawSocket elsewhere = new RawSocket(port(transport), 0, "127.0.0.2")) {
			for (int i = 0; i < 4; i++) {
				silent.add(RawSocket.upgraded(port(transport)));
			}
			// On Jetty the response comes before the connection counts.
			await().atMost(TIMEOUT).until(() -> this.limiter.handshake("127.0.0.1") != null);
			long before = this.limiter.refusedSoFar(Limit.UNAUTHENTICATED_CONNECTIONS_PER_ADDRESS);
			more.write(more.handshake("/realtime"));
			assertThat(more.response()).startsWith("HTTP/1.1 429").containsPattern("(?i)retry-after: ?[0-9]+\r\n");
			assertThat(this.limiter.refusedSoFar(Limit.UNAUTHENTICATED_CONNECTIONS_PER_ADDRESS) - before).isEqualTo(1);
			elsewhere.upgrade();
			connect(silent.get(0), "alice@acme");
			again.upgrade();
		}
		finally {
			for (RawSocket each : silent) {
				each.close();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	@Tag("T18")
	void whenAProxySaysWhereClientsAreThenTheyCountByThat(String transport) throws IOException {
		assumeFalse(transport.equals("servlet") && isJetty(), "Jetty believes everybody");
		List<RawSocket> silent = new ArrayList<>();
		try (RawSocket more = new RawSocket(port(transport), 0, "127.0.0.9");
				RawSocket other = new RawSocket(port(transport), 0, "127.0.0.9");
				RawSocket liar = new RawSocket(port(transport), 0, "127.0.0.2")) {
			for (int i = 0; i < 4; i++) {
				RawSocket socket = new RawSocket(port(transport), 0, "127.0.0.9");
				silent.add(socket);
				socket.upgrade("X-Forwarded-For: 198.51.100." + i + ", 203.0.113.7");
			}
			await().atMost(TIMEOUT).until(() -> this.limiter.handshake("203.0.113.7") != null);
			more.write(more.handshake("/realtime", "X-Forwarded-For: 203.0.113.7"));
			assertThat(more.response()).startsWith("HTTP/1.1 429");
			other.upgrade("X-Forwarded-For: 203.0.113.7, 203.0.113.8");
			liar.upgrade("X-Forwarded-For: 203.0.113.7");
		}
		finally {
			for (RawSocket each : silent) {
				each.close();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	@Tag("T18")
	void whenNodeIsFullThenHandshakesAreRefusedWithWhenToTryAgain(String transport) throws IOException {
		List<RawStompClient> clients = new ArrayList<>();
		try (RawSocket more = new RawSocket(port(transport)); RawSocket again = new RawSocket(port(transport))) {
			for (int i = 0; i < 10; i++) {
				clients.add(connect(transport, "u" + i + "@t" + i % 3));
			}
			more.write(more.handshake("/realtime"));
			assertThat(more.response()).startsWith("HTTP/1.1 503").containsPattern("(?i)retry-after: ?[0-9]+\r\n");
			clients.get(0).close();
			await().atMost(TIMEOUT).until(() -> this.limiter.handshake(null) == null);
			again.upgrade();
		}
		finally {
			clients.forEach(RawStompClient::close);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	@Tag("T18")
	void whenUserOrTenantHasTooManyConnectionsThenTheNextIsToldWhenToComeBack(String transport) {
		List<RawStompClient> clients = new ArrayList<>();
		try {
			for (String user : List.of("alice@acme", "alice@acme", "alice@acme", "bob@acme", "alice@globex")) {
				clients.add(connect(transport, user));
			}
			expectNoPlace(transport, "alice@acme");
			clients.add(connect(transport, "carol@acme"));
			expectNoPlace(transport, "dave@acme");
			clients.get(0).closeNormally();
			await().atMost(TIMEOUT)
				.untilAsserted(() -> assertThat(this.engine.statistics()
					.transports()
					.stream()
					.mapToLong((statistics) -> statistics.connections())
					.sum()).isEqualTo(5));
			clients.add(connect(transport, "dave@acme"));
		}
		finally {
			clients.forEach(RawStompClient::close);
		}
	}

	private void expectNoPlace(String transport, String user) {
		try (RawStompClient client = RawStompClient.handshake(port(transport)).open()) {
			client.send("CONNECT\naccept-version:1.2\npasscode:" + user
					+ "\n\n\0SUBSCRIBE\nid:s1\ndestination:/realtime/room.x\nreceipt:r\n\n\0");
			assertThat(client.expectFailure(4006)).isEqualTo("ERROR\nmessage:Too many connections\n\n");
			assertThat(client.closeReason()).matches("too many connections, reconnect-after=[0-9]{4,5}");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	@Tag("T17")
	void whenUserOrTenantHasTooManySubscriptionsThenMoreAreDenied(String transport) {
		String room = "/realtime/room." + Rooms.fresh();
		try (RawStompClient alice = connect(transport, "alice@acme");
				RawStompClient again = connect(transport, "alice@acme");
				RawStompClient bob = connect(transport, "bob@acme");
				RawStompClient other = connect(transport, "alice@globex")) {
			for (int i = 0; i < 5; i++) {
				alice.subscribe("s" + i, room);
			}
			for (int i = 0; i < 3; i++) {
				again.subscribe("s" + i, room);
			}
			expectDenied(again, room, "too-many-subscriptions");
			expectDenied(alice, room, "too-many-subscriptions");
			for (int i = 0; i < 4; i++) {
				bob.subscribe("s" + i, room);
			}
			expectDenied(bob, room, "too-many-subscriptions");
			other.subscribe("s1", room);
			alice.unsubscribe("s0");
			bob.subscribe("more", room);
			again.closeNormally();
			await().atMost(TIMEOUT)
				.untilAsserted(() -> assertThat(this.engine.statistics()
					.transports()
					.stream()
					.mapToLong((statistics) -> statistics.subscriptions())
					.sum()).isEqualTo(10));
			alice.subscribe("again", room);
		}
	}

	private static String expectDenied(RawStompClient client, String destination, String code) {
		client.sendSubscribe("denied", destination);
		String denied = client.next();
		assertThat(RawStompClient.header(denied, "realtime-control")).isEqualTo("denied");
		assertThat(RawStompClient.code(denied)).isEqualTo(code);
		return denied;
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	@Tag("T16")
	void whenClientSubscribesTooOftenThenItIsDeniedForAWhile(String transport) {
		String room = "/realtime/room." + Rooms.fresh();
		try (RawStompClient alice = connect(transport, "alice@acme")) {
			String denied = null;
			for (int i = 0; i < 1000 && denied == null; i++) {
				alice.send("SUBSCRIBE\nid:s\ndestination:" + room + "\n\n\0UNSUBSCRIBE\nid:s\nreceipt:u\n\n\0");
				String answer = alice.next();
				denied = answer.startsWith("MESSAGE") ? answer : null;
			}
			assertThat(denied).contains("\nrealtime-control:denied\n").contains("\"rate-limited\"");
			assertThat(Long.parseLong(RawStompClient.header(denied, "retry-after"))).isBetween(1L, 1000L);
			await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(200)).until(() -> {
				alice.sendSubscribe("late", room);
				return alice.next().startsWith("RECEIPT\nreceipt-id:r-late");
			});
			assertThat(alice.isClosed()).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	@Tag("T16")
	void whenClientSendsTooMuchThenItIsRefusedFirstAndClosedIfItGoesOn(String transport) {
		this.messages.handled().clear();
		String room = Rooms.fresh();
		long before = this.limiter.refusedSoFar(Limit.FRAMES_PER_SECOND);
		try (RawStompClient healthy = connect(transport, "bob@globex");
				RawStompClient alice = connect(transport, "alice@acme")) {
			healthy.subscribe("s1", "/realtime/room." + room);
			alice.send(NOTE.repeat(230));
			List<String> answers = alice.next(230);
			assertThat(answers.subList(0, 190)).containsOnly("RECEIPT\nreceipt-id:n\n\n");
			String refused = answers.get(229);
			assertThat(refused)
				.matches("RECEIPT\nreceipt-id:n\nrealtime-control:denied\ncode:rate-limited\nretry-after:[0-9]+\n\n");
			assertThat(this.messages.handled())
				.hasSize((int) answers.stream().filter((answer) -> !answer.contains("denied")).count());
			alice.send(NOTE.repeat(200));
			assertThat(alice.closeCode()).isEqualTo(4005);
			assertThat(alice.closeReason()).matches("rate limited, reconnect-after=[0-9]+");
			assertThat(this.limiter.refusedSoFar(Limit.FRAMES_PER_SECOND) - before).isGreaterThan(100);
			this.realtime.forTenant("globex").publish("room." + room, 1).join();
			assertThat(RawStompClient.body(healthy.next())).isEqualTo("1");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	@Tag("T16")
	void whenTenantSendsTooMuchThenItIsRefusedAndOthersAreNot(String transport) {
		try (RawStompClient alice = connect(transport, "alice@acme");
				RawStompClient bob = connect(transport, "bob@acme");
				RawStompClient other = connect(transport, "alice@globex")) {
			alice.send(NOTE.repeat(150));
			assertThat(alice.next(150)).noneMatch((answer) -> answer.contains("denied"));
			bob.send(NOTE.repeat(150));
			assertThat(bob.next(150)).anyMatch((answer) -> answer.contains("rate-limited"));
			other.send(NOTE.repeat(150));
			assertThat(other.next(150)).noneMatch((answer) -> answer.contains("denied"));
			assertThat(bob.isClosed()).isFalse();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	@Tag("T16")
	void whenClientSendsTooManyBytesThenItIsRefused(String transport) {
		String large = "SEND\ndestination:/app/note\nreceipt:n\n\n" + "x".repeat(30 * 1024) + "\0";
		try (RawStompClient alice = connect(transport, "alice@acme")) {
			alice.send(large);
			assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:n\n\n");
			// What the server reads of a frame in parts may be too much by itself.
			int sent = 1;
			while (sent++ < 20 && !alice.isClosed()) {
				alice.send(large);
			}
			await().atMost(TIMEOUT)
				.until(() -> alice.isClosed() || (alice.hasNext() && alice.next().contains("code:rate-limited")));
			assertThat(alice.isClosed() ? alice.closeCode() : 4005).isEqualTo(4005);
		}
	}

	/**
	 * Tomcat answers pings itself, so there they do not count.
	 */
	@ParameterizedTest
	@CsvSource({ "servlet,81,0a", "servlet,01,", "servlet,01,0a", "servlet,8a,", "servlet,89,70", "netty,81,0a",
			"netty,01,", "netty,01,0a", "netty,8a,", "netty,89,70" })
	@Tag("T16")
	void whenClientFloodsWithWhatIsNoFrameOfStompThenItIsClosed(String transport, String opcode, String payload)
			throws IOException {
		int first = Integer.parseInt(opcode, 16);
		byte[] bytes = (payload != null) ? new byte[] { Byte.parseByte(payload, 16) } : new byte[0];
		boolean counted = transport.equals("netty") || first != RawSocket.PING || isJetty();
		try (RawSocket client = RawSocket.upgraded(port(transport))) {
			connect(client, "alice@acme");
			client.send(first, bytes);
			int next = (first == RawSocket.FIRST_OF_TEXT) ? RawSocket.CONTINUATION : first;
			int sent = 1;
			try {
				int code = 0;
				while (sent < 2000 && code == 0) {
					client.send(next, bytes);
					sent++;
					code = closeFrame(client);
				}
				while (counted && code == 0) {
					code = closeFrame(client);
				}
				assertThat(code).isEqualTo(counted ? 4005 : 0);
			}
			catch (SocketException ex) {
				assertThat(ex).as("closed in the client's face").hasMessageMatching("Broken pipe|Connection reset.*");
				assertThat(counted).isTrue();
				assertThat(transport).isEqualTo("servlet");
			}
			assertThat(sent).isGreaterThan(200);
		}
	}

	@Test
	@Tag("T16")
	void whenClientOfThePortIsClosedInTheMiddleOfAWriteThenItReadsWhyAndAnOrderlyEnd() throws IOException {
		try (RawSocket client = RawSocket.upgraded(this.endpoint.getPort())) {
			connect(client, "alice@acme");
			byte[] header = RawSocket.header(RawSocket.TEXT, 1000);
			byte[] frame = Arrays.copyOf(header, header.length + 1000);
			Arrays.fill(frame, header.length, frame.length, (byte) '\n');
			for (int i = 0; i < 300; i++) {
				client.write(frame);
			}
			RawSocket.Frame last = client.receive();
			while (last.opcode() != RawSocket.CLOSE) {
				last = client.receive();
			}
			client.send(RawSocket.CLOSE, Arrays.copyOf(last.payload(), 2));
			assertThat(last.payload()).startsWith(4005 >> 8, 4005 & 0xff);
			assertThat(client.rest()).isEmpty();
		}
	}

	/**
	 * Reads what there is.
	 * @return the code of a close frame, or zero
	 */
	private static int closeFrame(RawSocket client) throws IOException {
		while (client.hasInput()) {
			RawSocket.Frame frame = client.receive();
			if (frame.opcode() == RawSocket.CLOSE) {
				return (frame.payload()[0] & 0xff) << 8 | frame.payload()[1] & 0xff;
			}
		}
		return 0;
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	@Tag("T11")
	void whenFrameHasTooManyOrTooLongHeadersThenConnectionEnds(String transport) {
		String ten = "SEND\ndestination:/app/note\nreceipt:n\n" + "a:b\n".repeat(8) + "\n\0";
		try (RawStompClient alice = connect(transport, "alice@acme");
				RawStompClient bob = connect(transport, "bob@acme");
				RawStompClient carol = connect(transport, "carol@acme")) {
			alice.send(ten);
			assertThat(alice.next()).startsWith("RECEIPT\n");
			alice.send(ten.replace("a:b\n\n", "a:b\nc:d\n\n"));
			alice.expectFailure(4500);
			bob.send("SEND\ndestination:/app/note\nlong:" + "x".repeat(1024 - 4) + "\nreceipt:n\n\n\0");
			assertThat(bob.next()).startsWith("RECEIPT\n");
			bob.send("SEND\ndestination:/app/note\nlong:" + "x".repeat(1024 - 3) + "\n\n\0");
			bob.expectFailure(4500);
			carol.send("SEND\ndestination:/app/note\n" + "x:y\n".repeat(10_000) + "\n\0");
			assertThat(carol.expectFailure(4500))
				.isEqualTo("ERROR\nmessage:Too many headers in a frame, or one too long\n\n");
		}
	}

	private int port(String transport) {
		return transport.equals("netty") ? this.endpoint.getPort() : this.port;
	}

	private static boolean isJetty() {
		return !ClassUtils.isPresent("org.apache.catalina.startup.Tomcat", LimitsTests.class.getClassLoader());
	}

	private RawStompClient connect(String transport, String user) {
		return RawStompClient.handshake(port(transport)).connect("passcode:" + user);
	}

	private static void connect(RawSocket client, String user) throws IOException {
		client.send(RawSocket.TEXT, ("CONNECT\naccept-version:1.2\npasscode:" + user + "\nheart-beat:0,0\n\n\0")
			.getBytes(StandardCharsets.UTF_8));
		assertThat(client.receiveText()).startsWith("CONNECTED\n");
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class TokenConfiguration {

		@Bean
		JwtDecoder jwtDecoder() {
			return (token) -> Jwt.withTokenValue(token)
				.header("alg", "none")
				.subject(token.substring(0, token.indexOf('@')))
				.claims((claims) -> claims.putAll(Map.of("tenant_id", token.substring(token.indexOf('@') + 1))))
				.build();
		}

	}

}
