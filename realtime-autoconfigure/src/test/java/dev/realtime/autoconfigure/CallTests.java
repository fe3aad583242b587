package dev.realtime.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls at the servlet endpoint, and the same methods by HTTP.
 */
@EndpointTest
class CallTests extends CallScenarios {

	@LocalServerPort
	private int port;

	@Override
	RawStompClient connect() {
		return RawStompClient.connect(this.port, "sam@acme");
	}

	@Override
	RawStompClient connectToOtherTenant() {
		return RawStompClient.connect(this.port, "sam@globex");
	}

	@Override
	String user() {
		return "sam";
	}

	@Test
	void whenMethodServesHttpAndCallsThenBothGetTheSame() throws Exception {
		try (RawStompClient client = caller()) {
			assertThat(get("/contacts/5").body()).isEqualTo(RawStompClient.body(call(client, "contacts.get.5", "")))
				.isEqualTo("{\"id\":5,\"name\":\"Ada\",\"by\":\"sam\"}");
			assertThat(get("/contacts/101")).returns(404, HttpResponse::statusCode)
				.returns(RawStompClient.body(call(client, "contacts.get.101", "")), HttpResponse::body);
			assertThat(post("/contacts", "{\"name\":\"Bob\"}").body())
				.isEqualTo(RawStompClient.body(call(client, "contacts.save", "{\"name\":\"Bob\"}")))
				.isEqualTo("{\"id\":7,\"name\":\"Bob\",\"by\":\"sam\"}");
			assertThat(post("/contacts", "{\"name\":\"\"}").statusCode()).isEqualTo(400);
		}
	}

	@Test
	void whenUserMayThenMethodSecurityLetsTheCallPass() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.send("SUBSCRIBE\nid:replies\ndestination:/realtime/@replies\n\n\0");
			assertThat(RawStompClient.body(call(alice, "contacts.delete", ""))).isEqualTo("\"deleted\"");
		}
	}

	private HttpResponse<String> get(String path) throws Exception {
		return send(request(path).GET());
	}

	private HttpResponse<String> post(String path, String body) throws Exception {
		return send(request(path).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body)));
	}

	private HttpRequest.Builder request(String path) {
		String credentials = Base64.getEncoder().encodeToString("sam@acme:password".getBytes(StandardCharsets.UTF_8));
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.header("Authorization", "Basic " + credentials);
	}

	private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

}
