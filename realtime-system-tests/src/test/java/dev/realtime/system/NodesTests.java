package dev.realtime.system;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;

import com.jayway.jsonpath.JsonPath;
import dev.realtime.system.node.NodeApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nodes that come and go, and what their clients get meanwhile.
 */
@Timeout(300)
class NodesTests {

	private static final Logger logger = LoggerFactory.getLogger(NodesTests.class);

	private static Cluster cluster;

	@BeforeAll
	static void createCluster() throws Exception {
		cluster = new Cluster("nodes", 3,
				List.of("-cp", System.getProperty("java.class.path"), NodeApplication.class.getName(),
						"--realtime.limits.connections-per-user=0",
						"--realtime.limits.unauthenticated-connections-per-address=0", "--realtime.ws-port=0",
						"--realtime.tenant.required=true", "--realtime.shutdown.spread=3s",
						"--management.endpoint.health.show-details=always"));
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
	void whenAnyNodePublishesThenClientsOfItsTenantGetItOnAllNodesInOrder() throws Exception {
		try (Audience acme = new Audience("acme", "any", cluster::anyEndpoint);
				Audience globex = new Audience("globex", "any", cluster::anyEndpoint)) {
			acme.join(12, cluster.endpoints());
			globex.join(12, cluster.endpoints());
			try (Publisher first = new Publisher("acme", "any", cluster::anyNode, 200);
					Publisher second = new Publisher("globex", "any", cluster::anyNode, 200)) {
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
	void whenNodeIsKilledThenItsClientsGoOnElsewhereWithoutLossOrDuplicate() throws Exception {
		Node victim = cluster.node(0);
		try (Audience audience = new Audience("acme", "killed", cluster::anyEndpoint)) {
			audience.join(1000, victim.endpoints());
			audience.join(150, cluster.node(1).endpoints());
			audience.join(150, cluster.node(2).endpoints());
			try (Publisher publisher = new Publisher("acme", "killed", () -> cluster.anyNodeBut(victim), 20)) {
				audience.awaitDelivered(60);
				victim.kill();
				audience.awaitEndings(1000);
				audience.awaitLive();
				int meanwhile = audience.delivered();
				audience.awaitDelivered(meanwhile + 60);
				audience.awaitAll(publisher.stop());
			}
			assertThat(audience.endings()).hasSize(1000)
				.allSatisfy((ending) -> assertThat(victim.endpoints()).contains(ending.endpoint()));
		}
	}

	@Test
	@Tag("T26")
	@Tag("T32")
	void whenNodesRestartInTurnThenClientsAreToldWhenToComeBackAndNothingIsLost() throws Exception {
		try (Audience audience = new Audience("acme", "rolling", cluster::anyEndpoint)) {
			audience.join(300, cluster.endpoints());
			try (Publisher publisher = new Publisher("acme", "rolling", cluster::anyNode, 50)) {
				for (Node node : cluster.nodes()) {
					audience.awaitLive();
					List<URI> endpoints = node.endpoints();
					long told = audience.countAt(node);
					int before = audience.endings().size();
					node.stop();
					audience.awaitLive();
					List<Client.Ending> endings = audience.endings().subList(before, audience.endings().size());
					assertThat(endings).hasSize((int) told)
						.allSatisfy((ending) -> assertThat(endpoints).contains(ending.endpoint()));
					assertThat(endings)
						.allSatisfy((ending) -> assertThat(Audience.reconnectAfter(ending)).isBetween(0, 3000))
						.extracting(Audience::reconnectAfter)
						.doesNotHaveDuplicates();
					cluster.start();
				}
				audience.awaitDelivered(audience.delivered() + 50);
				audience.awaitAll(publisher.stop());
			}
		}
		assertThat(cluster.nodes()).allSatisfy((node) -> assertThat(node.log()).contains("Graceful shutdown complete")
			.doesNotContain("still running", "are lost", "already closed"));
	}

	@Test
	void whenAllNodesRestartThenTheLastMessageOfEachKeyIsStillReplayed() throws Exception {
		for (int id = 0; id < cluster.nodes().size(); id++) {
			publishItem(cluster.node(id), id, "old");
			publishItem(cluster.node(id), id, "new" + id);
		}
		for (int id = 100; id < 130; id++) {
			publishItem(cluster.anyNode(), id, "other");
		}
		assertReplay();
		for (Node node : cluster.nodes()) {
			node.stop();
		}
		cluster.start();
		assertReplay();
	}

	private static void publishItem(Node node, long id, String text) throws Exception {
		assertThat(node.post("/acme/items/" + id + "?text=" + text)).isEqualTo(200);
	}

	private static void assertReplay() throws Exception {
		for (URI endpoint : cluster.endpoints()) {
			for (int id = 0; id < cluster.nodes().size(); id++) {
				assertThat(Items.last(endpoint, id)).isEqualTo("{\"id\":" + id + ",\"text\":\"new" + id + "\"}");
			}
		}
	}

	@Test
	@Tag("T24")
	void whenRedisIsAwayThenRequestsAreNotSlowedAndEverythingArrivesOnceItIsBack() throws Exception {
		try (Audience audience = new Audience("acme", "outage", cluster::anyEndpoint)) {
			audience.join(30, cluster.endpoints());
			Requests up = Requests.publish(cluster.node(0), "/acme/rooms/outage", 0, 500);
			Requests unnoticed;
			Requests down;
			cluster.redis().stop();
			try {
				unnoticed = Requests.publish(cluster.node(0), "/acme/rooms/outage", 500, 1000);
				for (Node node : cluster.nodes()) {
					awaitHealth(node, 503, "DOWN");
				}
				down = Requests.publish(cluster.node(0), "/acme/rooms/outage", 1000, 1500);
			}
			finally {
				cluster.redis().start();
			}
			assertThat(audience.awaitAll(1500)).isSorted();
			for (Node node : cluster.nodes()) {
				awaitHealth(node, 200, "UP");
			}
			assertThat(audience.endings()).isEmpty();
			logger.info("Requests that publish, Redis up: {}, just stopped: {}, down: {}", up, unnoticed, down);
			assertThat(List.of(up, unnoticed, down))
				.allSatisfy((requests) -> assertThat(requests.percentile(99)).isLessThan(Duration.ofSeconds(1)));
		}
	}

	private static void awaitHealth(Node node, int code, String status) {
		Awaitility.await(node + " is " + status).atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
			HttpResponse<String> health = node.health();
			assertThat(JsonPath.<String>read(health.body(), "$.components.realtime.status")).isEqualTo(status);
			assertThat(health.statusCode()).isEqualTo(code);
		});
	}

	@Test
	@Tag("T26")
	void whenAllClientsOfANodeComeBackAtOnceThenRedisIsAskedRarely() throws Exception {
		try (Audience audience = new Audience("acme", "storm", cluster::anyEndpoint)) {
			List<URI> endpoints = cluster.node(0).endpoints();
			audience.join(2000, endpoints);
			try (Publisher publisher = new Publisher("acme", "storm", cluster::anyNode, 10)) {
				audience.awaitDelivered(10);
				audience.leave();
				publisher.awaitPublished(110);
				int published = publisher.stop();
				CommandCount before = CommandCount.of(cluster.redis());
				audience.comeBack(endpoints);
				audience.awaitAll(published);
				CommandCount commands = CommandCount.of(cluster.redis()).minus(before);
				logger.info("Commands for 2000 clients: {}", commands);
				assertThat(commands.reads()).isBetween(1, 10);
			}
		}
	}

}
