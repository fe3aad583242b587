package dev.realtime.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections end with the HTTP session they were opened in.
 */
@EndpointTest
class HttpSessionTests {

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Test
	void whenTheUserLogsOutThenTheConnectionsOfTheSessionEnd() throws Exception {
		String session = login(null);
		try (RawStompClient client = connect(session);
				RawStompClient second = connect(session);
				RawStompClient elsewhere = connect(login(null));
				RawStompClient basic = RawStompClient.connect(this.port, "alice")) {
			client.subscribe("s1", "/realtime/room." + Rooms.fresh());
			assertThat(post("/logout", session, "").statusCode()).isEqualTo(204);
			assertThat(client.closeCode()).isEqualTo(4503);
			assertThat(client.closeReason()).isEqualTo("session ended");
			assertThat(second.closeCode()).isEqualTo(4503);
			elsewhere.expectNothingElse();
			basic.expectNothingElse();
		}
	}

	@Test
	void whenTheSessionEndsThenItsConnectionsDo() throws Exception {
		String session = login(null);
		try (RawStompClient client = connect(session)) {
			assertThat(post("/session/end", session, "").statusCode()).isEqualTo(200);
			assertThat(client.closeCode()).isEqualTo(4503);
		}
	}

	@Test
	void whenTheUserLogsInAgainAndTheSessionGetsAnotherIdThenTheConnectionStaysWithIt() throws Exception {
		String session = login(null);
		try (RawStompClient client = connect(session)) {
			String renamed = login(session);
			assertThat(renamed).isNotEqualTo(session);
			client.expectNothingElse();
			assertThat(post("/logout", session, "").statusCode()).isEqualTo(204);
			client.expectNothingElse();
			post("/logout", renamed, "");
			assertThat(client.closeCode()).isEqualTo(4503);
		}
	}

	@Test
	void whenTheSessionEndsBeforeConnectThenTheClientDoesNotSlipThrough() throws Exception {
		String session = login(null);
		try (RawStompClient client = RawStompClient.handshake(this.port).header("Cookie", session).open()) {
			post("/logout", session, "");
			client.send("CONNECT\naccept-version:1.2\nheart-beat:0,0\n\n\0");
			assertThat(client.closeCode()).isEqualTo(4503);
			assertThat(client.hasNext()).isFalse();
		}
	}

	@Test
	void whenServerCodeSubscribesASessionThenItsConnectionsAreAlsoUnderItsNextIdUntilItEnds() throws Exception {
		String room = Rooms.fresh();
		String session = login(null);
		try (RawStompClient client = connect(session); RawStompClient elsewhere = connect(login(null))) {
			assertThat(post("/session/subscriptions", session, "topic=room." + room).statusCode()).isEqualTo(200);
			assertThat(RawStompClient.header(client.next(), "subscription")).isEqualTo("@room." + room);
			String renamed = login(session);
			try (RawStompClient later = connect(renamed)) {
				assertThat(RawStompClient.header(later.next(), "subscription")).isEqualTo("@room." + room);
				post("/session/subscriptions", renamed, "topic=item." + room);
				assertThat(RawStompClient.header(later.next(), "subscription")).isEqualTo("@item." + room);
				assertThat(RawStompClient.header(client.next(), "subscription")).isEqualTo("@item." + room);
			}
			elsewhere.expectNothingElse();
			post("/logout", renamed, "");
			assertThat(client.closeCode()).isEqualTo(4503);
			try (RawStompClient after = connect(login(null))) {
				after.expectNothingElse();
			}
		}
	}

	private RawStompClient connect(String session) {
		RawStompClient client = RawStompClient.handshake(this.port).header("Cookie", session).connect();
		assertThat(client.connected()).contains("\nuser-name:alice\n");
		return client;
	}

	/**
	 * Logs in.
	 * @return the cookie of the session
	 */
	private String login(String session) throws Exception {
		HttpResponse<String> response = post("/login", session, "username=alice&password=password");
		assertThat(response.statusCode()).isEqualTo(302);
		String cookie = response.headers().firstValue("Set-Cookie").orElseThrow();
		return cookie.substring(0, cookie.indexOf(';'));
	}

	private HttpResponse<String> post(String path, String session, String form)
			throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(HttpRequest.BodyPublishers.ofString(form));
		if (session != null) {
			request.header("Cookie", session);
		}
		return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

}
