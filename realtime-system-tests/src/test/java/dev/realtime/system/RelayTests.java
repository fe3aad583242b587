package dev.realtime.system;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import dev.realtime.system.node.NodeApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that only publishes and issues tokens, and two relays that keep the
 * clients.
 */
@Timeout(300)
class RelayTests {

	private static final String PUBLIC_URL = "wss://live.example.org/realtime";

	private static Cluster cluster;

	private static Node application;

	private static List<Node> relays;

	private final HttpClient http = HttpClient.newHttpClient();

	@BeforeAll
	static void createCluster() throws Exception {
		cluster = new Cluster("relay");
		application = cluster.add("application", 1,
				List.of("-cp", System.getProperty("java.class.path"), NodeApplication.class.getName(),
						"--realtime.role=publisher", "--realtime.tenant.required=true",
						"--realtime.public-url=" + PUBLIC_URL))
			.get(0);
		relays = cluster.add("relay", 2, List.of("-jar", System.getProperty("relay.jar"), "--realtime.ws-port=0",
				"--realtime.shutdown.spread=3s"));
	}

	@BeforeEach
	void startNodes() throws Exception {
		cluster.start();
	}

	@AfterAll
	static void closeCluster() throws Exception {
		cluster.close();
	}

	@Test
	void whenApplicationIsAskedThenItSaysWhereTheRelaysAre() throws Exception {
		HttpResponse<String> response = application.post("/realtime/tokens/connection", "alice.acme", "");
		assertThat(JsonPath.<String>read(response.body(), "$.url")).isEqualTo(PUBLIC_URL);
		assertThat(application.log()).doesNotContain("Realtime serves WebSocket connections");
	}

	@Test
	void whenRuleForbidsThenThereIsNoTokenAndWithoutTokenNothing() throws Exception {
		assertThat(answer("alice.acme", "secret", "{}")).contains("forbidden").doesNotContain("token");
		String root = token("root.acme", "secret", "{}");
		for (Node relay : relays) {
			try (Frames alice = connect(relay, "alice.acme"); Frames other = connect(relay, "root.acme")) {
				assertThat(alice.subscribe("secret", "")).contains("denied", "token-required");
				assertThat(alice.subscribe("secret", root)).contains("denied", "token-invalid");
				assertThat(alice.subscribe("nowhere", "")).contains("denied", "token-required");
				assertThat(other.subscribe("secret", root)).startsWith("RECEIPT");
			}
		}
	}

	@Test
	void whenAClientSendsAnEventThenItIsToldThatRelaysTakeNone() throws Exception {
		try (Frames alice = connect(relays.get(0), "alice.acme")) {
			assertThat(alice.subscribe("room.1", token("alice.acme", "room.1", "{}"))).startsWith("RECEIPT");
			assertThat(alice.send("room.1", "typing", "{}")).startsWith("RECEIPT\nreceipt-id:r\n")
				.contains("\nrealtime-control:denied\n", "\ncode:forbidden\n", "\ndetail:This node is a relay");
		}
	}

	@Test
	void whenTokenIsForSomethingElseThenItIsUseless() throws Exception {
		String token = token("alice.acme", "room.1", "{\"number\":5}");
		try (Frames alice = connect(relays.get(0), "alice.acme");
				Frames bob = connect(relays.get(0), "bob.acme");
				Frames namesake = connect(relays.get(1), "alice.globex")) {
			String filter = "filter:{\"number\":5}\n";
			assertThat(alice.subscribe("room.2", filter + token)).contains("token-invalid");
			assertThat(alice.subscribe("room.1", token)).contains("token-invalid");
			assertThat(alice.subscribe("room.1", "filter:{\"number\":\"5\"}\n" + token)).contains("token-invalid");
			assertThat(alice.subscribe("room.1", "filter:{\"number\":[5,6]}\n" + token)).contains("token-invalid");
			assertThat(bob.subscribe("room.1", filter + token)).contains("token-invalid");
			assertThat(namesake.subscribe("room.1", filter + token)).contains("token-invalid");
			assertThat(alice.subscribe("room.1", "filter:{\"number\":5.0}\n" + token)).startsWith("RECEIPT");
		}
	}

	@Test
	void whenSomethingIsForAUserThenAConnectionTokenSufficesToGetIt() throws Exception {
		try (Frames phone = connect(relays.get(0), "ada.acme");
				Frames browser = connect(relays.get(1), "ada.acme");
				Frames namesake = connect(relays.get(1), "ada.globex")) {
			for (Frames each : List.of(phone, browser, namesake)) {
				assertThat(each.subscribe("@me", "")).startsWith("RECEIPT");
			}
			assertThat(phone.subscribe("@you", "")).contains("denied", "token-required");
			assertThat(application.post("/acme/users/ada?number=1")).isEqualTo(200);
			assertThat(application.post("/globex/users/ada?number=2")).isEqualTo(200);
			assertThat(phone.next()).contains("\ndestination:/realtime/@me\n")
				.endsWith("{\"number\":1,\"tenant\":\"acme\"}");
			assertThat(browser.next()).endsWith("{\"number\":1,\"tenant\":\"acme\"}");
			assertThat(namesake.next()).endsWith("{\"number\":2,\"tenant\":\"globex\"}");
		}
	}

	@Test
	void whenTheApplicationSubscribesAUserThenRelaysDoSoWithoutToken() throws Exception {
		try (Frames client = connect(relays.get(0), "eve.acme")) {
			assertThat(application.post("/acme/users/eve/subscriptions?topic=room.served")).isEqualTo(200);
			assertThat(client.next()).contains("\nsubscription:@room.served?", "\nrealtime-control:subscribed\n")
				.endsWith("{\"topic\":\"room.served\",\"filter\":{\"tenant\":[\"acme\"]}}");
			assertThat(application.post("/acme/rooms/served?number=1")).isEqualTo(200);
			assertThat(client.next()).endsWith("{\"number\":1,\"tenant\":\"acme\"}");
		}
		try (Frames client = connect(relays.get(1), "eve.acme")) {
			assertThat(client.next()).contains("\nrealtime-control:subscribed\n");
			assertThat(client.next()).contains("\nreplay:true\n");
			assertThat(application.post("/acme/users/eve/revocations")).isEqualTo(200);
			assertThat(client.next()).contains("\nrealtime-control:revoked\n");
		}
	}

	@Test
	@Tag("T8")
	void whenRightsAreWithdrawnThenSubscriptionsAtRelaysEndAndOldTokensAreOfNoUse() throws Exception {
		String old = token("kim.acme", "room.kim", "{}");
		try (Frames kim = connect(relays.get(0), "kim.acme");
				Frames again = connect(relays.get(1), "kim.acme");
				Frames namesake = connect(relays.get(1), "kim.globex")) {
			assertThat(namesake.subscribe("room.kim", token("kim.globex", "room.kim", "{}"))).startsWith("RECEIPT");
			Map<String, String> codes = Map.of("revocations", "access-revoked", "rechecks", "token-required");
			for (String action : codes.keySet()) {
				for (Frames each : List.of(kim, again)) {
					assertThat(each.subscribe("room.kim", token("kim.acme", "room.kim", "{}"))).startsWith("RECEIPT");
				}
				assertThat(application.post("/acme/users/kim/" + action)).isEqualTo(200);
				for (Frames each : List.of(kim, again)) {
					assertThat(each.next()).contains("\nrealtime-control:revoked\n", "\nsubscription:s-room.kim\n",
							"{\"code\":\"" + codes.get(action) + "\"");
					assertThat(each.subscribe("room.kim", old)).contains("denied", "token-invalid");
				}
			}
			assertThat(application.post("/acme/rooms/kim?number=1")).isEqualTo(200);
			assertThat(application.post("/globex/rooms/kim?number=2")).isEqualTo(200);
			assertThat(namesake.next()).endsWith("{\"number\":2,\"tenant\":\"globex\"}");
			assertThat(application.post("/acme/users/kim/disconnections")).isEqualTo(200);
			assertThat(kim.next()).isEqualTo("closed 4504");
			assertThat(again.next()).isEqualTo("closed 4504");
			assertThat(namesake.subscribe("nowhere", "")).contains("denied", "token-required");
		}
	}

	@Test
	void whenUsersJoinAtRelaysThenTheySeeEachOtherAsTheTopicSays() throws Exception {
		try (Frames ada = connect(relays.get(0), "ada.acme"); Frames ben = connect(relays.get(1), "ben.acme")) {
			String ticket = "presence:join\n" + token("ada.acme", "hall.relay", "{}");
			assertThat(ada.subscribe("hall.relay", ticket)).startsWith("RECEIPT");
			assertThat(ada.next()).contains("\nrealtime-control:presence\n",
					"\"members\":[{\"id\":\"ada\",\"info\":{\"name\":\"ADA\"},");
			ticket = "presence:join\n" + token("ben.acme", "hall.relay", "{}");
			assertThat(ben.subscribe("hall.relay", ticket)).startsWith("RECEIPT");
			assertThat(ada.next()).contains("\"joined\":[{\"id\":\"ben\",\"info\":{\"name\":\"BEN\"},");
			String seen = ben.next();
			while (!seen.contains("\"ADA\"")) {
				seen = ben.next();
			}
			ticket = "presence:join\n" + token("ada.acme", "chamber", "{}");
			assertThat(ada.subscribe("chamber", ticket)).startsWith("RECEIPT");
			assertThat(ada.next()).as("nobody here can tell who may see whom")
				.contains("\nrealtime-control:presence\n", "\"count\":1")
				.doesNotContain("members", "\"id\"");
			ticket = "presence:join\n" + token("ada.acme", "room.relay", "{}");
			assertThat(ada.subscribe("room.relay", ticket)).contains("denied", "bad-request");
		}
	}

	@Test
	void whenClientCallsAMethodThenRelayHasNone() throws Exception {
		try (Frames client = connect(relays.get(0), "alice.acme")) {
			assertThat(client.call("/app/contacts.get")).contains("\nsubscription:replies\n", "\ncorrelation-id:1\n",
					"\nrealtime-control:error\n", "{\"code\":\"unknown-destination\"");
		}
	}

	@Test
	void whenConnectionTokenIsMissingOrOfAnotherKindThenConnectionIsRefused() throws Exception {
		String subscription = token("alice.acme", "room.1", "{}").replace("token:", "passcode:");
		for (String credentials : List.of("", "Authorization:Bearer alice.acme\n", subscription)) {
			try (Frames client = new Frames(this.http, relays.get(0).dedicatedEndpoint())) {
				assertThat(client.connect(credentials)).startsWith("ERROR\nmessage:Authentication failed");
				assertThat(client.next()).isEqualTo("closed 4501");
			}
		}
	}

	@Test
	void whenRelayIsUpThenItsHealthSaysSoAndNothingElseIsServed() throws Exception {
		for (Node relay : relays) {
			assertThat(relay.health().statusCode()).isEqualTo(200);
			assertThat(relay.get("/actuator/health/readiness").statusCode()).isEqualTo(200);
			assertThat(relay.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
			for (String path : List.of("/", "/realtime", "/realtime/tokens/connection", "/actuator", "/actuator/env")) {
				assertThat(relay.get(path).statusCode()).as(path).isEqualTo(403);
			}
			assertThat(relay.log()).doesNotContain("Using generated security password");
		}
	}

	@Test
	void whenApplicationPublishesThenClientsOfTheTenantGetItAtBothRelaysInOrder() throws Exception {
		try (Audience acme = audience("acme", "both"); Audience globex = audience("globex", "both")) {
			acme.join(12, List.of(relays.get(0).dedicatedEndpoint(), relays.get(1).dedicatedEndpoint()));
			globex.join(12, List.of(relays.get(0).dedicatedEndpoint(), relays.get(1).dedicatedEndpoint()));
			try (Publisher first = new Publisher("acme", "both", () -> application, 200);
					Publisher second = new Publisher("globex", "both", () -> application, 200)) {
				acme.awaitDelivered(300);
				globex.awaitDelivered(300);
				acme.awaitAll(first.stop());
				globex.awaitAll(second.stop());
			}
			assertThat(acme.endings()).isEmpty();
			assertThat(globex.endings()).isEmpty();
		}
	}

	@Test
	void whenRelaysRestartOrAreKilledThenNothingIsLostOrDuplicated() throws Exception {
		try (Audience audience = audience("acme", "restart")) {
			audience.join(200, List.of(relays.get(0).dedicatedEndpoint(), relays.get(1).dedicatedEndpoint()));
			try (Publisher publisher = new Publisher("acme", "restart", () -> application, 50)) {
				for (Node relay : relays) {
					audience.awaitLive();
					long away = audience.countAt(relay);
					assertThat(away).isPositive();
					int before = audience.endings().size();
					if (relay == relays.get(0)) {
						relay.stop();
					}
					else {
						relay.kill();
					}
					audience.awaitEndings(before + (int) away);
					audience.awaitLive();
					cluster.start();
				}
				audience.awaitDelivered(audience.delivered() + 50);
				audience.awaitAll(publisher.stop());
			}
		}
	}

	private static Audience audience(String tenant, String room) {
		return new Audience(tenant, room, RelayTests::anyRelay, Credentials.tokens(application, "user." + tenant));
	}

	private static URI anyRelay() {
		return (relays.get(0).isUp() ? relays.get(0) : relays.get(1)).dedicatedEndpoint();
	}

	private Frames connect(Node relay, String user) throws Exception {
		Frames client = new Frames(this.http, relay.dedicatedEndpoint());
		assertThat(client.connect(Credentials.tokens(application, user).connect())).startsWith("CONNECTED")
			.contains("\nuser-name:" + user.substring(0, user.indexOf('.')) + "\n");
		return client;
	}

	private static String token(String user, String topic, String filter) throws Exception {
		return "token:" + JsonPath.read(answer(user, topic, filter), "$.subscriptions[0].token") + "\n";
	}

	private static String answer(String user, String topic, String filter) throws Exception {
		return application
			.post("/realtime/tokens/subscription", user,
					"{\"subscriptions\":[{\"topic\":\"" + topic + "\",\"filter\":" + filter + "}]}")
			.body();
	}

}
