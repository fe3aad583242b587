package dev.realtime.system;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.jayway.jsonpath.JsonPath;
import dev.realtime.system.node.NodeApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Redis is away, or hangs, and what the users of an application notice.
 */
@Timeout(300)
@Tag("T24")
class RedisOutageTests {

	private static final Logger logger = LoggerFactory.getLogger(RedisOutageTests.class);

	private static Cluster cluster;

	@BeforeAll
	static void startNodes() throws Exception {
		cluster = new Cluster("outage", 2,
				List.of("-cp", System.getProperty("java.class.path"), NodeApplication.class.getName(),
						"--realtime.limits.connections-per-user=0",
						"--realtime.limits.unauthenticated-connections-per-address=0", "--realtime.ws-port=0",
						"--realtime.tenant.required=true", "--management.endpoint.health.show-details=always",
						"--management.endpoint.health.show-components=always"));
		cluster.start();
	}

	@AfterAll
	static void closeCluster() throws Exception {
		cluster.close();
	}

	@Test
	void whenRedisIsAwayThenRequestsAreNotSlowedAndEverythingArrivesOnceItIsBack() throws Exception {
		assertRequestsAreNotSlowed("away", cluster.redis()::stop, cluster.redis()::start);
	}

	@Test
	void whenRedisHangsThenRequestsAreNotSlowedAndEverythingArrivesOnceItGoesOn() throws Exception {
		assertRequestsAreNotSlowed("hanging", cluster.redis()::pause, cluster.redis()::resume);
	}

	private static void assertRequestsAreNotSlowed(String room, Runnable outage, Runnable end) throws Exception {
		String path = "/acme/rooms/" + room;
		try (Audience audience = new Audience("acme", room, cluster::anyEndpoint)) {
			audience.join(30, cluster.endpoints());
			Requests.publish(cluster.node(0), path, 0, 500);
			Requests up = Requests.publish(cluster.node(0), path, 500, 1000);
			Requests unnoticed;
			Requests down;
			outage.run();
			try {
				unnoticed = Requests.publish(cluster.node(0), path, 1000, 1500);
				for (Node node : cluster.nodes()) {
					awaitHealth(node, 503, "DOWN");
				}
				down = Requests.publish(cluster.node(0), path, 1500, 2000);
			}
			finally {
				end.run();
			}
			assertThat(audience.awaitAll(2000)).isSorted();
			for (Node node : cluster.nodes()) {
				awaitHealth(node, 200, "UP");
			}
			assertThat(audience.endings()).isEmpty();
			logger.info("Requests, Redis up: {}; just {}: {}; noticed: {}", up, room, unnoticed, down);
			unnoticed.assertNotSlowerThan(up);
			down.assertNotSlowerThan(up);
		}
	}

	private static void awaitHealth(Node node, int code, String status) {
		Awaitility.await(node + " is " + status).atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
			HttpResponse<String> health = node.get("/actuator/health/realtime");
			assertThat(JsonPath.<String>read(health.body(), "$.status")).isEqualTo(status);
			assertThat(health.statusCode()).isEqualTo(code);
		});
	}

	@Test
	void whenRedisIsAwayThenNewSubscriptionsWaitForItAndAreDeniedAfterAWhile() throws Exception {
		List<Frames> early = new ArrayList<>();
		List<Frames> late = new ArrayList<>();
		try {
			cluster.redis().stop();
			try {
				connect(early);
				early.forEach((client) -> client.ask("room.early", "replay:none\n"));
				for (Frames client : early) {
					assertThat(client.next()).contains("\nrealtime-control:denied\n", "\"code\":\"unavailable\"");
				}
				connect(late);
				late.forEach((client) -> client.ask("room.late", "replay:none\n"));
				assertThat(late.get(0).isSilentFor(Duration.ofMillis(500))).isTrue();
				assertThat(late).allMatch(Frames::isSilent);
			}
			finally {
				cluster.redis().start();
			}
			for (Frames client : late) {
				assertThat(client.next()).startsWith("RECEIPT\n");
			}
			for (Frames client : early) {
				assertThat(client.subscribe("room.early", "replay:none\n")).startsWith("RECEIPT\n");
			}
			assertReceived(late, "late");
			assertReceived(early, "early");
		}
		finally {
			early.forEach(Frames::close);
			late.forEach(Frames::close);
		}
	}

	private static void connect(List<Frames> clients) throws InterruptedException {
		for (URI endpoint : cluster.endpoints()) {
			Frames client = new Frames(HttpClient.newHttpClient(), endpoint);
			clients.add(client);
			assertThat(client.connect("Authorization:Bearer acme\n")).startsWith("CONNECTED\n");
		}
	}

	private static void assertReceived(List<Frames> clients, String room) throws Exception {
		assertThat(cluster.node(1).post("/acme/rooms/" + room + "?number=1")).isEqualTo(200);
		for (Frames client : clients) {
			assertThat(client.next()).startsWith("MESSAGE\n").endsWith("{\"number\":1,\"tenant\":\"acme\"}");
		}
	}

}
