package dev.realtime.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;

import com.jayway.jsonpath.JsonPath;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tokens for those who are not logged in.
 */
@Timeout(60)
class AnonymousTokenTests {

	private static HttpResponse<String> post(int port, String kind, String body) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/realtime/tokens/" + kind))
				.header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString(body))
				.build(), BodyHandlers.ofString());
	}

	/**
	 * As it is by default, also if the application's security lets everybody ask.
	 */
	@Nested
	@EndpointTest
	class ByDefault {

		@LocalServerPort
		private int port;

		@Test
		void thereAreNone() throws Exception {
			for (String kind : new String[] { "connection", "subscription" }) {
				HttpResponse<String> response = post(this.port, kind, "{\"subscriptions\":[]}");
				assertThat(response.statusCode()).isEqualTo(401);
				assertThat(response.body()).isEqualTo("{\"detail\":\"This is for users that are logged in\"}");
				assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
			}
		}

	}

	/**
	 * With {@code realtime.allow-anonymous}.
	 */
	@Nested
	@SpringBootTest(classes = TestApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
			properties = { "realtime.ws-port=0", TestApplication.SECRET, "realtime.allow-anonymous=true" })
	class WhereTheyMayConnect {

		@LocalServerPort
		private int port;

		@Autowired
		private NettyEndpoint endpoint;

		@Test
		void rulesStillDecide() throws Exception {
			String token = JsonPath.read(post(this.port, "connection", "").body(), "$.token");
			String answer = post(this.port, "subscription",
					"{\"subscriptions\":[{\"topic\":\"document.42\"},{\"topic\":\"contact.updated\"}]}")
				.body();
			assertThat(JsonPath.<String>read(answer, "$.subscriptions[1].code")).isEqualTo("forbidden");
			try (RawStompClient client = RawStompClient.handshake(this.endpoint.getPort())
				.connect("passcode:" + token)) {
				assertThat(client.connected()).contains("\nuser-name:anonymousUser\n");
				client.subscribe("s1", "/realtime/document.42",
						"token:" + JsonPath.read(answer, "$.subscriptions[0].token"));
				client.sendSubscribe("s2", "/realtime/contact.updated");
				assertThat(RawStompClient.code(client.next())).isEqualTo("token-required");
				client.sendSubscribe("mine", "/realtime/@me");
				assertThat(RawStompClient.code(client.next())).isEqualTo("forbidden");
			}
		}

		@Test
		void nobodyInParticularHasNoChannelOfTheirOwn() {
			try (RawStompClient client = RawStompClient.handshake(this.port).connect()) {
				client.sendSubscribe("mine", "/realtime/@me");
				assertThat(RawStompClient.code(client.next())).isEqualTo("forbidden");
			}
		}

	}

}
