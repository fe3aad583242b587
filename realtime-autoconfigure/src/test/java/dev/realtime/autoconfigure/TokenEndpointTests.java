package dev.realtime.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import com.nimbusds.jwt.SignedJWT;
import dev.realtime.autoconfigure.tokens.TokenApplication;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoints that issue tokens, behind the security of an application.
 */
@SpringBootTest(classes = TokenApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", "realtime.token.secret=0123456789abcdef0123456789abcdef",
				"realtime.allowed-origins=https://app.example,https://*.shop.example" })
@Tag("endpoint")
@Timeout(120)
class TokenEndpointTests {

	private static final String CONNECTION = "/realtime/tokens/connection";

	private static final String SUBSCRIPTION = "/realtime/tokens/subscription";

	@LocalServerPort
	private int port;

	@Autowired
	private NettyEndpoint endpoint;

	@Test
	void whenUserHasASessionThenTokenIsForThisUserAndSession() throws Exception {
		Browser alice = Browser.loggedIn(this.port, "alice");
		Instant asked = Instant.now();
		HttpResponse<String> response = alice.connectionTokens();
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
		assertThat(JsonPath.<String>read(response.body(), "$.url"))
			.isEqualTo("ws://localhost:" + this.endpoint.getPort() + "/realtime");
		assertThat(Instant.parse(JsonPath.read(response.body(), "$.expiresAt"))).isBetween(asked.plusSeconds(55),
				asked.plusSeconds(70));
		SignedJWT token = SignedJWT.parse(JsonPath.read(response.body(), "$.token"));
		assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo("alice");
		assertThat(token.getJWTClaimsSet().getStringClaim("tenant")).isEqualTo("acme");
		assertThat(token.getJWTClaimsSet().getStringClaim("sid")).hasSize(43);
		assertThat(token.getJWTClaimsSet().toString()).doesNotContain("ROLE_", alice.cookie().split("=")[1]);
	}

	@ParameterizedTest
	@ValueSource(strings = { CONNECTION, SUBSCRIPTION })
	void whenCsrfTokenIsMissingOrWrongThenThereIsNoToken(String path) {
		Browser alice = Browser.loggedIn(this.port, "alice");
		assertThat(alice.send(json(alice.request(path))).statusCode()).isEqualTo(403);
		assertThat(alice.send(json(alice.request(path)).header("X-CSRF-TOKEN", "wrong")).statusCode()).isEqualTo(403);
	}

	@Test
	void whenUserHasABearerTokenThenOursEndsWithIt() throws Exception {
		HttpResponse<String> response = send(
				request(CONNECTION).header("Authorization", "Bearer dora").POST(BodyPublishers.noBody()));
		assertThat(response.statusCode()).isEqualTo(200);
		SignedJWT token = SignedJWT.parse(JsonPath.read(response.body(), "$.token"));
		assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo("dora");
		assertThat(token.getJWTClaimsSet().getStringClaim("tenant")).isEqualTo("globex");
		assertThat(token.getJWTClaimsSet().getClaim("sid")).isNull();
		Instant until = Instant.ofEpochSecond(token.getJWTClaimsSet().getLongClaim("until"));
		assertThat(until).isBetween(Instant.now().plusSeconds(20), Instant.now().plusSeconds(41));
		assertThat(token.getJWTClaimsSet().getExpirationTime().toInstant()).isEqualTo(until);
	}

	@ParameterizedTest
	@ValueSource(strings = { CONNECTION, SUBSCRIPTION })
	void whenNobodyIsLoggedInThenThereIsNoToken(String path) throws Exception {
		assertThat(send(json(request(path))).statusCode()).isIn(302, 401, 403);
		assertThat(send(json(request(path)).header("Authorization", "Bearer FORGED")).statusCode()).isEqualTo(401);
		assertThat(send(json(request(path)).header("Authorization", "Bearer FORGED")).body()).doesNotContain("token\"");
	}

	@Test
	void answersAreNotStored() {
		Browser alice = Browser.loggedIn(this.port, "alice");
		for (HttpResponse<String> response : List.of(alice.connectionTokens(), alice.subscriptionTokens(),
				alice.send(SUBSCRIPTION, "text/plain", "x"))) {
			assertThat(response.headers().allValues("Cache-Control")).hasSize(1)
				.allSatisfy((value) -> assertThat(value).contains("no-store"));
		}
	}

	@Test
	void whenManyAreAskedForThenEachIsAnsweredInItsPlace() {
		Browser bob = Browser.loggedIn(this.port, "bob");
		HttpResponse<String> response = bob.subscriptionTokens("{\"topic\":\"room.1\",\"filter\":{\"id\":[5,7]}}",
				"{\"topic\":\"admin.alert\"}", "{\"topic\":\"nowhere\",\"filter\":{\"id\":5}}",
				"{\"topic\":\"room.2\",\"filter\":{\"id\":{\"deep\":1}}}", "{\"topic\":\"room.2\"}",
				"{\"topic\":\"room.3\",\"filter\":null}", "{}", "5", "{\"topic\":\"room.{room}\"}", "{\"topic\":5}");
		assertThat(response.statusCode()).isEqualTo(200);
		List<Map<String, Object>> answers = JsonPath.read(response.body(), "$.subscriptions");
		assertThat(answers).extracting((answer) -> answer.get("code"))
			.containsExactly(null, "forbidden", "unknown-topic", "bad-filter", null, null, "unknown-topic",
					"unknown-topic", "unknown-topic", "unknown-topic");
		assertThat(JsonPath.<List<Object>>read(response.body(), "$.subscriptions[?(@.token)].topic"))
			.containsExactly("room.1", "room.2", "room.3");
		assertThat(JsonPath.<Object>read(response.body(), "$.subscriptions[0].filter.id[1]")).isEqualTo(7);
		assertThat(JsonPath.<String>read(response.body(), "$.subscriptions[1].detail")).isNotEmpty();
	}

	@Test
	void whenRequestIsNoGoodThenItIsRefusedWithASentence() {
		Browser alice = Browser.loggedIn(this.port, "alice");
		String one = "{\"topic\":\"room.1\"}";
		assertThat(alice.subscriptionTokens(Collections.nCopies(128, one).toArray(String[]::new)).statusCode())
			.isEqualTo(200);
		assertRefused(alice.subscriptionTokens(Collections.nCopies(129, one).toArray(String[]::new)), 400,
				"More than 128");
		assertRefused(alice.send(SUBSCRIPTION, "application/json", "{"), 400, "Not valid JSON");
		assertRefused(alice.send(SUBSCRIPTION, "application/json", ""), 400, "Expected");
		assertRefused(alice.send(SUBSCRIPTION, "application/json", "[]"), 400, "Expected");
		assertRefused(alice.send(SUBSCRIPTION, "application/json", "{\"subscriptions\":{}}"), 400, "Expected");
		assertRefused(alice.send(SUBSCRIPTION, "application/json", "[".repeat(5000)), 400, "Not valid JSON");
		assertRefused(
				alice.send(SUBSCRIPTION, "application/json",
						"{\"subscriptions\":[{\"topic\":\"room.1\"," + "\"filter\":{\"id\":1,\"id\":2}}]}"),
				400, "Not valid JSON");
		assertRefused(alice.send(SUBSCRIPTION, "application/json", " ".repeat(300_000)), 413, "More than");
		assertRefused(alice.send(SUBSCRIPTION, "text/plain", "{\"subscriptions\":[]}"), 415, "application/json");
		assertRefused(alice.send(SUBSCRIPTION, "nonsense", "{\"subscriptions\":[]}"), 415, "application/json");
		HttpResponse<String> get = alice.send(alice.request(CONNECTION).GET());
		assertRefused(get, 405, "POST");
		assertThat(get.headers().firstValue("Allow")).hasValue("POST");
		assertThat(alice.send("/realtime/tokens/other", "application/json", "").statusCode()).isEqualTo(404);
	}

	private static void assertRefused(HttpResponse<String> response, int status, String detail) {
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(JsonPath.<String>read(response.body(), "$.detail")).contains(detail);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://app.example", "https://a.shop.example" })
	void whenPageIsOfAnAllowedOriginThenItMayAsk(String origin) throws Exception {
		HttpResponse<String> preflight = preflight(origin, CONNECTION);
		assertThat(preflight.statusCode()).isEqualTo(200);
		assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin")).hasValue(origin);
		assertThat(preflight.headers().firstValue("Access-Control-Allow-Credentials")).hasValue("true");
		assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods")).hasValue("POST");
		assertThat(preflight.headers().firstValue("Access-Control-Allow-Headers"))
			.hasValue("authorization, content-type, x-csrf-token");
		HttpResponse<String> response = send(request(CONNECTION).header("Authorization", "Bearer dora")
			.header("Origin", origin)
			.POST(BodyPublishers.noBody()));
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().allValues("Access-Control-Allow-Origin")).containsExactly(origin);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://evil.example", "http://app.example", "https://app.example.evil.example", "null" })
	void whenPageIsOfAnotherOriginThenItMayNotAsk(String origin) throws Exception {
		assertThat(preflight(origin, SUBSCRIPTION).statusCode()).isEqualTo(403);
		HttpResponse<String> response = send(request(CONNECTION).header("Authorization", "Bearer dora")
			.header("Origin", origin)
			.POST(BodyPublishers.noBody()));
		assertThat(response.statusCode()).isEqualTo(403);
		assertThat(response.body()).doesNotContain("token\"");
		assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
	}

	@Test
	void otherPathsOfTheApplicationAreLeftAlone() throws Exception {
		assertThat(preflight("https://app.example", "/csp").headers().firstValue("Access-Control-Allow-Origin"))
			.isEmpty();
	}

	@Test
	void contentSecurityPolicyOfAPageAllowsThePort() {
		Browser alice = Browser.loggedIn(this.port, "alice");
		assertThat(alice.send(alice.request("/csp")).body())
			.isEqualTo("'self' ws://localhost:" + this.endpoint.getPort());
	}

	private HttpResponse<String> preflight(String origin, String path) throws Exception {
		return send(request(path).header("Origin", origin)
			.header("Access-Control-Request-Method", "POST")
			.header("Access-Control-Request-Headers", "authorization, content-type, x-csrf-token")
			.method("OPTIONS", BodyPublishers.noBody()));
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.timeout(Duration.ofSeconds(30));
	}

	private static HttpRequest.Builder json(HttpRequest.Builder request) {
		return request.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString("{\"subscriptions\":[{\"topic\":\"room.1\"}]}"));
	}

	private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
		return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
	}

}
