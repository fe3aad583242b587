package dev.realtime.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication.Visits;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Who is there, as those see it that ask over HTTP, and those who come by HTTP.
 */
@EndpointTest
class PresenceHttpTests {

	private static final Duration SOON = Duration.ofSeconds(5);

	private final HttpClient http = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Autowired
	private Visits visits;

	@Test
	void whenSomebodyAsksThenItGetsAPageOfThoseWhoAreThere() throws Exception {
		String room = Rooms.fresh();
		List<RawStompClient> clients = new ArrayList<>();
		try {
			for (int i = 0; i < 5; i++) {
				RawStompClient client = RawStompClient.connect(this.port, "user" + i + "@acme");
				clients.add(client);
				client.subscribe("s1", "/realtime/lobby." + room, "presence:join");
				client.next();
			}
			JsonNode all = get("alice", "/realtime/presence/lobby." + room, 200);
			assertThat(all.path("count").asInt()).isEqualTo(5);
			assertThat(all.path("page").asInt()).isZero();
			assertThat(all.path("size").asInt()).isEqualTo(50);
			assertThat(ids(all)).containsExactly("user0", "user1", "user2", "user3", "user4");
			JsonNode member = all.path("members").path(0);
			assertThat(member.path("info").path("name").asString()).isEqualTo("User0");
			assertThat(member.path("sessions").asInt()).isEqualTo(1);
			assertThat(member.path("status").asString()).isEqualTo("online");
			assertThat(member.path("since").asLong()).isPositive();
			JsonNode page = get("alice", "/realtime/presence/lobby." + room + "?page=1&size=2", 200);
			assertThat(ids(page)).containsExactly("user2", "user3");
			assertThat(page.path("count").asInt()).isEqualTo(5);
			assertThat(ids(get("alice", "/realtime/presence/lobby." + room + "?page=9", 200))).isEmpty();
			assertThat(get("carol", "/realtime/presence/lobby." + room, 200).path("count").asInt()).as("another tenant")
				.isZero();
		}
		finally {
			clients.forEach(RawStompClient::close);
		}
	}

	@Test
	@Tag("T28")
	void whenSomebodyMayNotSeeMembersThenTheyAreNotShown() throws Exception {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			for (String topic : List.of("crowd.", "discreet.")) {
				alice.subscribe(topic, "/realtime/" + topic + room, "presence:join");
				alice.next();
			}
			bob.subscribe("s1", "/realtime/discreet." + room, "presence:join");
			bob.next();
			JsonNode crowd = get("bob", "/realtime/presence/crowd." + room, 200);
			assertThat(crowd.path("count").asInt()).isEqualTo(1);
			assertThat(crowd.path("members")).isEmpty();
			JsonNode discreet = get("bob", "/realtime/presence/discreet." + room, 200);
			assertThat(ids(discreet)).containsExactly("bob");
			assertThat(discreet.path("count").asInt()).isEqualTo(1);
			assertThat(ids(get("alice", "/realtime/presence/discreet." + room, 200))).containsExactly("alice", "bob");
		}
	}

	@Test
	void whenAQuestionIsInVainThenTheReasonIsTold() throws Exception {
		assertThat(get("alice", "/realtime/presence/no.such.topic", 404).path("detail").asString()).isNotEmpty();
		assertThat(get("alice", "/realtime/presence/room.1", 404).path("detail").asString())
			.isEqualTo("There is no such topic with presence");
		assertThat(get(null, "/realtime/presence/lobby.1", 401).path("detail").asString()).isNotEmpty();
		assertThat(get("alice", "/realtime/presence/secluded.1", 403).path("detail").asString()).isNotEmpty();
		for (String query : List.of("page=-1", "page=x", "size=0", "size=1001", "size=99999999999")) {
			assertThat(get("alice", "/realtime/presence/lobby.1?" + query, 400).path("detail").asString())
				.startsWith("The parameter '");
		}
	}

	@Test
	void whenARequestIsTrackedThenTheUserIsAMember() throws Exception {
		String desk = Rooms.fresh();
		Realtime acme = this.realtime.forTenant("acme");
		get("alice", "/desks/" + desk, 200);
		await().atMost(SOON).until(() -> acme.presence("lobby." + desk).contains("alice"));
		assertThat(acme.presence("lobby." + desk).members().get(0).info()).containsEntry("name", "Alice");
		assertThat(acme.whereIs("alice")).contains("lobby." + desk);
		get("alice", "/desks/" + desk, 200);
		get(null, "/desks/" + desk, 200);
		get("bob", "/desks/none" + desk, 404);
		get("bob", "/desks/a%20b" + desk, 200);
		get("bob", "/desks/%7Bdesk%7D", 200);
		get("bob", "/desks/" + desk + ".staff", 200);
		get("bob", "/desks/" + desk + "2", 200);
		await().atMost(SOON).until(() -> acme.presence("lobby." + desk + "2").contains("bob"));
		assertThat(acme.presence("lobby." + desk).count()).isEqualTo(1);
		assertThat(acme.presence("lobby." + desk).members().get(0).sessions()).isEqualTo(1);
		assertThat(acme.presence("lobby.none" + desk).count()).isZero();
		assertThat(acme.presence("lobby." + desk + ".staff").count()).as("another topic, by a path").isZero();
		assertThat(get("alice", "/nowhere", 500)).isNotNull();
	}

	@Test
	void whenMembersComeAndGoThenTheApplicationIsTold() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/lobby." + room, "presence:join");
			try (RawStompClient tab = RawStompClient.connect(this.port, "alice")) {
				tab.subscribe("s1", "/realtime/lobby." + room, "presence:join");
				tab.next();
				tab.unsubscribe("s1");
			}
			await().atMost(SOON).until(() -> this.visits.of("lobby." + room).size() == 1);
			alice.next();
			alice.send("UNSUBSCRIBE\nid:s1\n\n\0");
			await().atMost(SOON)
				.untilAsserted(() -> assertThat(this.visits.of("lobby." + room)).containsExactly("acme +alice",
						"acme -alice"));
		}
	}

	private static List<String> ids(JsonNode answer) {
		return answer.path("members").valueStream().map((member) -> member.path("id").asString()).toList();
	}

	private JsonNode get(String user, String path, int status) throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path));
		if (user != null) {
			byte[] credentials = (user + ":password").getBytes(StandardCharsets.UTF_8);
			request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
		}
		HttpResponse<String> response = this.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		String body = response.body();
		return body.startsWith("{") ? JsonMapper.shared().readTree(body) : JsonMapper.shared().createObjectNode();
	}

}
