package dev.realtime.autoconfigure;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;

import com.jayway.jsonpath.JsonPath;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a page of the application asks over HTTP, with the cookies of one user.
 */
final class Browser {

	private final CookieManager cookies = new CookieManager();

	private final HttpClient http = HttpClient.newBuilder().cookieHandler(this.cookies).build();

	private final String origin;

	private String[] csrf = {};

	Browser(int port) {
		this.origin = "http://localhost:" + port;
	}

	static Browser loggedIn(int port, String user) {
		Browser browser = new Browser(port);
		browser.readCsrf();
		browser.send("/login", "application/x-www-form-urlencoded", "username=" + user + "&password=password");
		browser.readCsrf();
		return browser;
	}

	void readCsrf() {
		this.csrf = send(request("/csrf")).body().split(":", 2);
	}

	/**
	 * The cookies, for a handshake.
	 */
	String cookie() {
		return String.join("; ",
				this.cookies.getCookieStore().getCookies().stream().map((cookie) -> cookie.toString()).toList());
	}

	HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create(this.origin + path)).timeout(Duration.ofSeconds(30));
	}

	HttpResponse<String> send(HttpRequest.Builder request) {
		try {
			return this.http.send(request.build(), BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(ex);
		}
	}

	/**
	 * Posts with the CSRF token of the session.
	 */
	HttpResponse<String> send(String path, String contentType, String body) {
		return send(request(path).header("Content-Type", contentType)
			.header(this.csrf[0], this.csrf[1])
			.POST(BodyPublishers.ofString(body)));
	}

	/**
	 * Answers to a batch.
	 */
	HttpResponse<String> subscriptionTokens(String... subscriptions) {
		return send("/realtime/tokens/subscription", "application/json",
				"{\"subscriptions\":[" + String.join(",", subscriptions) + "]}");
	}

	String subscriptionToken(String topic, String filter) {
		HttpResponse<String> response = subscriptionTokens("{\"topic\":\"" + topic + "\",\"filter\":" + filter + "}");
		assertThat(response.statusCode()).isEqualTo(200);
		List<String> tokens = JsonPath.read(response.body(), "$.subscriptions[*].token");
		assertThat(tokens).as(response.body()).hasSize(1);
		return tokens.get(0);
	}

	HttpResponse<String> connectionTokens() {
		return send("/realtime/tokens/connection", "application/json", "");
	}

	String connectionToken() {
		HttpResponse<String> response = connectionTokens();
		assertThat(response.statusCode()).isEqualTo(200);
		return JsonPath.read(response.body(), "$.token");
	}

}
