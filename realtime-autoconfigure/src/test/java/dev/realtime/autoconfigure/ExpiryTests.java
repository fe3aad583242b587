package dev.realtime.autoconfigure;

import java.time.Duration;
import java.time.Instant;

import dev.realtime.Decision;
import dev.realtime.Tenant;
import dev.realtime.autoconfigure.app.Gates;
import dev.realtime.autoconfigure.app.Permits;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.netty.NettyEndpoint;
import dev.realtime.token.UserTokens;
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
import org.springframework.core.annotation.Order;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.SecurityFilterChain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What ends by itself, with time, at both ports. A token names a user, a tenant and the
 * seconds it is valid for.
 */
@SpringBootTest(classes = { TestApplication.class, ExpiryTests.TokenConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", "realtime.token.secret=0123456789abcdef0123456789abcdef",
				"realtime.heartbeat=1s", "realtime.expiry-grace=500ms", "realtime.recheck-interval=1s",
				"realtime.limits.rule-timeout=1s" })
@Tag("endpoint")
@Timeout(120)
@Tag("T8")
class ExpiryTests {

	@LocalServerPort
	private int port;

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private Permits permits;

	@Autowired
	private Gates gates;

	@Autowired
	private UserTokens tokens;

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenATokenExpiresThenTheConnectionEnds(boolean netty) {
		try (RawStompClient client = connect(netty, "alice.acme.2")) {
			assertThat(Long.parseLong(RawStompClient.header(client.connected(), "expires-in"))).isBetween(1L, 2000L);
			client.subscribe("s1", "/realtime/room." + Rooms.fresh());
			assertThat(client.closeCode()).isEqualTo(4007);
			assertThat(client.hasNext()).isFalse();
		}
	}

	@Test
	void whenATokenOfTheHandshakeExpiresThenTheConnectionEndsUnlessThereIsAFreshOne() {
		try (RawStompClient client = handshake("alice.acme.2"); RawStompClient refreshed = handshake("alice.acme.2")) {
			assertThat(client.connected()).contains("\nuser-name:alice\n");
			assertThat(Long.parseLong(RawStompClient.header(client.connected(), "expires-in"))).isBetween(1L, 2000L);
			refreshed.send("SEND\ndestination:/realtime/@auth\nAuthorization:Bearer alice.acme.60\nreceipt:r\n\n\0");
			assertThat(refreshed.next()).startsWith("RECEIPT\nreceipt-id:r\n");
			client.subscribe("s1", "/realtime/room." + Rooms.fresh());
			assertThat(client.closeCode()).isEqualTo(4007);
			assertThat(client.hasNext()).isFalse();
			refreshed.expectNothingElse();
		}
	}

	private RawStompClient handshake(String token) {
		return RawStompClient.handshake(this.port).header("Authorization", "Bearer " + token).connect();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheClientSendsAFreshTokenThenTheConnectionGoesOn(boolean netty) {
		try (RawStompClient client = connect(netty, "alice.acme.2")) {
			client.subscribe("s1", "/realtime/room." + Rooms.fresh());
			client.send("SEND\ndestination:/realtime/@auth\nAuthorization:Bearer alice.acme.60\nreceipt:r\n\n\0");
			String receipt = client.next();
			assertThat(receipt).startsWith("RECEIPT\nreceipt-id:r\n");
			assertThat(Long.parseLong(RawStompClient.header(receipt, "expires-in"))).isBetween(50_000L, 60_000L);
			await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(10)).until(() -> !client.isClosed());
			client.expectNothingElse();
			client.send("SEND\ndestination:/realtime/@auth\nAuthorization:Bearer alice.acme.1\n\n\0");
			assertThat(client.closeCode()).isEqualTo(4007);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheFreshTokenIsNoGoodThenTheOldOneCounts(boolean netty) {
		try (RawStompClient client = connect(netty, "alice.acme.60")) {
			for (String header : new String[] { "Authorization:Bearer alice.acme.0", "Authorization:Bearer forged",
					"passcode:alice.acme.60", "x:y" }) {
				client.send("SEND\ndestination:/realtime/@auth\n" + header + "\nreceipt:r\n\n\0");
				assertThat(client.next())
					.isEqualTo("RECEIPT\nreceipt-id:r\nrealtime-control:denied\ncode:token-invalid\n\n");
			}
			client.expectNothingElse();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheFreshTokenHasNoAuthoritiesThenTheOldOneCounts(boolean netty) {
		String token = this.tokens.connection(new TestingAuthenticationToken("alice", ""), new Tenant("acme")).value();
		try (RawStompClient client = connect(netty, "alice.acme.60");
				RawStompClient without = RawStompClient.handshake(netty ? this.endpoint.getPort() : this.port)
					.connect("passcode:" + token)) {
			client.send("SEND\ndestination:/realtime/@auth\nAuthorization:Bearer " + token + "\nreceipt:r\n\n\0");
			assertThat(client.next())
				.isEqualTo("RECEIPT\nreceipt-id:r\nrealtime-control:denied\ncode:token-invalid\n\n");
			client.expectNothingElse();
			for (String fresh : new String[] { token, "alice.acme.60" }) {
				without.send("SEND\ndestination:/realtime/@auth\nAuthorization:Bearer " + fresh + "\nreceipt:r\n\n\0");
				assertThat(without.next()).doesNotContain("denied");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "bob.acme.60", "alice.globex.60" })
	void whenTheFreshTokenIsSomebodyElsesThenTheConnectionEnds(String token) {
		for (boolean netty : new boolean[] { false, true }) {
			try (RawStompClient client = connect(netty, "alice.acme.60")) {
				client.send("SEND\ndestination:/realtime/@auth\nAuthorization:Bearer " + token + "\nreceipt:r\n\n\0");
				assertThat(client.expectFailure(4501)).isEqualTo("ERROR\nmessage:Authentication failed\n\n");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenAnIntervalIsSetThenAWithdrawnRightIsNoticedWithoutAWord(boolean netty) {
		String room = Rooms.fresh();
		this.permits.set("alice", room, Decision.allow());
		try (RawStompClient client = connect(netty, "alice.acme.60")) {
			client.subscribe("s1", "/realtime/permitted." + room);
			this.permits.set("alice", room, Decision.deny());
			String revoked = client.next();
			assertThat(RawStompClient.header(revoked, "realtime-control")).isEqualTo("revoked");
			client.expectNothingElse();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@Tag("T9")
	void whenARuleIsTooSlowThenTheSubscriptionIsDenied(boolean netty) {
		String room = Rooms.fresh();
		try (RawStompClient client = connect(netty, "alice.acme.60")) {
			client.sendSubscribe("s1", "/realtime/gated." + room);
			String denied = client.next();
			assertThat(RawStompClient.header(denied, "realtime-control")).isEqualTo("denied");
			assertThat(RawStompClient.code(denied)).isEqualTo("unavailable");
			this.gates.open(room);
			client.expectNothingElse();
		}
	}

	private RawStompClient connect(boolean netty, String token) {
		return RawStompClient.handshake(netty ? this.endpoint.getPort() : this.port).connect("passcode:" + token);
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class TokenConfiguration {

		@Bean
		@Order(0)
		SecurityFilterChain bearers(HttpSecurity http) {
			return http
				.securityMatcher((request) -> String.valueOf(request.getHeader("Authorization")).startsWith("Bearer "))
				.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.oauth2ResourceServer((server) -> server.jwt(Customizer.withDefaults()))
				.build();
		}

		@Bean
		JwtDecoder jwtDecoder() {
			return (token) -> {
				String[] parts = token.split("\\.");
				if (parts.length != 3 || parts[2].equals("0")) {
					throw new BadJwtException("no good");
				}
				return Jwt.withTokenValue(token)
					.header("alg", "none")
					.subject(parts[0])
					.claim("tenant_id", parts[1])
					.expiresAt(Instant.now().plusSeconds(Long.parseLong(parts[2])))
					.build();
			};
		}

	}

}
