package dev.realtime.autoconfigure;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.autoconfigure.app.TestApplication.ContactUpdated;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dedicated port, frame by frame.
 */
@SpringBootTest(classes = { TestApplication.class, NettyPortTests.TokenConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = "realtime.ws-port=0")
@Timeout(60)
class NettyPortTests {

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private Realtime realtime;

	@BeforeAll
	static void detectLeaks() {
		System.setProperty("io.netty.leakDetection.level", "paranoid");
	}

	@Test
	void whenSomethingIsPublishedThenOnlySubscribersOfTheTenantGetIt() {
		try (RawStompClient acme = connect("acme"); RawStompClient globex = connect("globex")) {
			acme.subscribe("s1", "/realtime/contact.updated", "replay:none");
			globex.subscribe("s1", "/realtime/contact.updated", "replay:none");
			this.realtime.forTenant("acme").publish(new ContactUpdated(5, "acme"));
			this.realtime.forTenant("globex").publish(new ContactUpdated(6, "globex"));
			assertThat(RawStompClient.body(acme.next())).isEqualTo("{\"id\":5,\"by\":\"acme\"}");
			assertThat(RawStompClient.body(globex.next())).isEqualTo("{\"id\":6,\"by\":\"globex\"}");
		}
	}

	@Test
	void whenTokenIsNoGoodThenConnectionIsRefused() {
		try (RawStompClient client = open()) {
			client.send("CONNECT\naccept-version:1.2\nAuthorization:Bearer wrong\n\n\0");
			assertThat(client.next()).startsWith("ERROR\nmessage:Authentication failed\n");
			assertThat(client.closeCode()).isEqualTo(4501);
		}
	}

	private RawStompClient open() {
		return RawStompClient.handshake(this.endpoint.getPort()).open();
	}

	private RawStompClient connect(String tenant) {
		RawStompClient client = open();
		client.send("CONNECT\naccept-version:1.2\nAuthorization:Bearer " + tenant + "\nheart-beat:0,0\n\n\0");
		assertThat(client.next()).startsWith("CONNECTED\nversion:1.2\n");
		return client;
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class TokenConfiguration {

		@Bean
		JwtDecoder jwtDecoder() {
			return (token) -> {
				if (token.equals("wrong")) {
					throw new BadJwtException("wrong");
				}
				return Jwt.withTokenValue(token)
					.header("alg", "none")
					.subject("user")
					.claim("tenant_id", token)
					.build();
			};
		}

	}

}
