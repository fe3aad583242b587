package dev.realtime.system;

import java.net.URI;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nodes that come and go, and what their clients get meanwhile.
 */
@Timeout(300)
class NodesTests {

	private static Cluster cluster;

	@BeforeAll
	static void createCluster() throws Exception {
		cluster = new Cluster("nodes");
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
					assertThat(audience.endings().subList(before, audience.endings().size())).hasSize((int) told)
						.allSatisfy((ending) -> assertThat(endpoints).contains(ending.endpoint()))
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
			.doesNotContain("still running", "are lost"));
	}

}
