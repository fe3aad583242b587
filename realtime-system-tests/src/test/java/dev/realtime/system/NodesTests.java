package dev.realtime.system;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import dev.realtime.system.node.NodeApplication;
import io.lettuce.core.ClientListArgs;
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

	private static final int CROWD = 5000;

	private static Cluster cluster;

	@BeforeAll
	static void createCluster() throws Exception {
		cluster = new Cluster("nodes", 3,
				List.of("-cp", System.getProperty("java.class.path"), NodeApplication.class.getName(),
						"--realtime.limits.connections-per-user=0",
						"--realtime.limits.unauthenticated-connections-per-address=0", "--realtime.ws-port=0",
						"--realtime.tenant.required=true", "--realtime.shutdown.spread=3s"));
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

	/**
	 * Clients come and go while somebody publishes all the time. What Redis is asked for
	 * while they do neither shows what is not for them.
	 */
	@Test
	@Tag("T26")
	void whenAllClientsOfANodeComeBackAtOnceThenRedisIsAskedRarely() throws Exception {
		try (Audience audience = new Audience("acme", "storm", cluster::anyEndpoint)) {
			List<URI> endpoints = cluster.node(0).endpoints();
			audience.join(CROWD, endpoints);
			try (Publisher publisher = new Publisher("acme", "storm", cluster::anyNode, 10)) {
				audience.awaitDelivered(10);
				audience.leave();
				CommandCount control = CommandCount.during(cluster.redis(),
						() -> publisher.awaitPublished(publisher.published() + 100));
				CommandCount storm = CommandCount.during(cluster.redis(), () -> {
					audience.comeBack(endpoints);
					audience.awaitLive();
				});
				audience.awaitAll(publisher.stop());
				CommandCount commands = storm.minusExpected(control);
				logger.info("Commands in 10 seconds without clients: {}; while {} came back: {}; for them: {}", control,
						CROWD, storm, commands);
				// One for each client would be ten times this.
				assertThat(commands.calls().values()).allMatch((count) -> count < CROWD / 10);
				assertThat(commands.calls().getOrDefault("subscribe", 0)).isLessThan(10);
			}
		}
	}

	@Test
	void whenClientsComeAndGoThenANodeIsSubscribedToTheirChannelOnceAndOnlyWhileItHasSome() throws Exception {
		try (Audience audience = new Audience("acme", "interest", cluster::anyEndpoint)) {
			assertThat(subscribedTo("interest")).isZero();
			audience.join(10, cluster.node(0).endpoints());
			assertThat(subscribedTo("interest")).isEqualTo(1);
			audience.join(10, cluster.node(1).endpoints());
			assertThat(subscribedTo("interest")).isEqualTo(2);
			assertThat(
					cluster.redis().execute((redis) -> redis.clientList(ClientListArgs.Builder.typePubsub())).lines())
				.as("connections for pub/sub")
				.hasSize(cluster.nodes().size());
			audience.leave();
			Awaitility.await("nobody is subscribed")
				.atMost(Duration.ofSeconds(60))
				.until(() -> subscribedTo("interest") == 0);
			audience.comeBack(cluster.node(2).endpoints());
			audience.awaitLive();
			assertThat(subscribedTo("interest")).isEqualTo(1);
		}
	}

	/**
	 * How many nodes are subscribed to a room.
	 */
	private static long subscribedTo(String room) {
		String channel = "realtime:{acme::room." + room + "}";
		return cluster.redis().execute((redis) -> redis.pubsubNumsub(channel)).get(channel);
	}

}
