package dev.realtime.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import dev.realtime.autoconfigure.secured.SecuredApplication;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With {@code @EnableWebSocketSecurity}: its rules hold at our endpoint too, and so does
 * its CSRF token, which clients bring in a header of CONNECT.
 */
@SpringBootTest(classes = SecuredApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Timeout(60)
class MessageSecurityTests {

	@LocalServerPort
	private int port;

	@Test
	void whenConnectBringsTheCsrfTokenOfTheSessionThenItIsAccepted() throws Exception {
		HttpResponse<String> token = token();
		try (RawStompClient alice = handshake(token).connect(token.body())) {
			alice.subscribe("s1", "/realtime/room.open");
			assertThat(alice.subscribeInVain("s2", "/realtime/room.closed")).isEqualTo("forbidden");
			alice.send("SEND\ndestination:/app/x\nreceipt:r\n\nx\0");
			assertThat(alice.next()).isEqualTo("RECEIPT\nreceipt-id:r\nrealtime-control:denied\ncode:forbidden\n\n");
			alice.expectNothingElse();
		}
	}

	@Test
	@Tag("T22")
	void whenConnectBringsNoOrAnotherCsrfTokenThenConnectionIsRefused() throws Exception {
		HttpResponse<String> token = token();
		for (String header : new String[] { "x:y", "X-CSRF-TOKEN:x", token().body() }) {
			try (RawStompClient alice = handshake(token).open()) {
				alice.send("CONNECT\naccept-version:1.2\n" + header
						+ "\n\n\0SUBSCRIBE\nid:s1\ndestination:/realtime/room.open\nreceipt:r\n\n\0");
				assertThat(alice.expectFailure(4501)).isEqualTo("ERROR\nmessage:Authentication failed\n\n");
			}
		}
	}

	private RawStompClient.Handshake handshake(HttpResponse<String> token) {
		String cookie = token.headers().firstValue("Set-Cookie").orElseThrow();
		return RawStompClient.handshake(this.port)
			.basic("alice")
			.header("Cookie", cookie.substring(0, cookie.indexOf(';')));
	}

	private HttpResponse<String> token() throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/csrf"))
			.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString("alice:password".getBytes(StandardCharsets.UTF_8)))
			.build();
		return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
	}

}
