package dev.realtime.presence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import dev.realtime.core.Ending;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nodes and clients that come and go in any way there is, in any order; in the end all
 * agree with the truth.
 */
@Timeout(180)
class PresenceSimulationTests {

	private static final Logger logger = LoggerFactory.getLogger(PresenceSimulationTests.class);

	private final Cluster cluster = new Cluster();

	private final List<Client> clients = new ArrayList<>();

	private int nextNode;

	private int nextConnection;

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 })
	void whateverHappensThenAllAreRightInTheEnd(int seed) {
		Random random = new Random(seed);
		startNodes();
		for (int round = 0; round < 4; round++) {
			for (int step = 0; step < 150; step++) {
				step(random, 12, 40);
				this.cluster.pass(Duration.ofMillis(random.nextInt(2000)));
			}
			this.cluster.heal();
			this.cluster.nodes.forEach((node) -> node.deaf = false);
			assertTruth();
		}
	}

	@Test
	void whenNodesDieAndTwoThousandComeBackThenAllAreRightInTheEnd() {
		Random random = new Random(42);
		startNodes();
		for (int i = 0; i < 2000; i++) {
			Client client = new Client("user" + i);
			this.clients.add(client);
			client.connect(this.cluster.nodes.get(i % 3));
			if (i % 20 == 0) {
				this.cluster.pass(Duration.ofMillis(10));
			}
		}
		assertTruth();
		long frames = this.clients.stream().mapToLong((client) -> client.viewer.frames).sum() / 2000;
		long bytes = this.clients.stream().mapToLong((client) -> client.viewer.bytes).sum() / 2000;
		logger.info(
				"2000 members in a second: {} frames and {} bytes per member, {} messages and {} bytes between nodes",
				frames, bytes, this.cluster.messages, this.cluster.bytes);
		assertThat(frames).isLessThan(40);
		for (int round = 0; round < 3; round++) {
			kill(this.cluster.nodes.get(random.nextInt(3)));
			start();
			for (int step = 0; step < 200; step++) {
				step(random, 2000, 2000);
				this.cluster.pass(Duration.ofMillis(random.nextInt(50)));
			}
			reconnectAll(random);
			assertTruth();
		}
		assertThat(this.clients).hasSizeGreaterThanOrEqualTo(1900);
	}

	private void startNodes() {
		for (int i = 0; i < 3; i++) {
			start();
		}
	}

	private void start() {
		this.cluster.start("n" + this.nextNode++);
	}

	private void kill(Cluster.Node node) {
		this.clients.forEach((client) -> {
			if (client.node == node) {
				client.node = null;
			}
		});
		node.kill();
	}

	private void step(Random random, int users, int most) {
		Cluster.Node node = this.cluster.nodes.get(random.nextInt(this.cluster.nodes.size()));
		Client client = this.clients.isEmpty() ? null : this.clients.get(random.nextInt(this.clients.size()));
		int what = random.nextInt(100);
		if (what < 35 && this.clients.size() < most) {
			Client fresh = new Client("user" + random.nextInt(users));
			this.clients.add(fresh);
			fresh.connect(node);
		}
		else if (client != null && what < 50) {
			client.disconnect(Ending.LEFT);
			this.clients.remove(client);
		}
		else if (client != null && what < 70) {
			client.disconnect(Ending.LOST);
		}
		else if (client != null && what < 92) {
			if (client.node == null) {
				client.connect(node);
			}
			else {
				client.node.own.say(client.connection, Cluster.ROOM,
						new PresenceState(null, true, Integer.toString(random.nextInt(10))));
			}
		}
		else if (what < 94) {
			node.deaf = !node.deaf;
		}
		else if (what < 96) {
			this.cluster.cut();
		}
		else if (what < 98) {
			this.cluster.heal();
		}
		else if (most < 1000) {
			if (random.nextBoolean()) {
				this.clients.stream()
					.filter((other) -> other.node == node)
					.toList()
					.forEach((other) -> other.disconnect(Ending.LOST));
				node.replication.bye();
			}
			kill(node);
			start();
		}
	}

	private void reconnectAll(Random random) {
		this.cluster.heal();
		this.cluster.nodes.forEach((node) -> node.deaf = false);
		this.clients.stream()
			.filter((client) -> client.node == null)
			.forEach((client) -> client.connect(this.cluster.nodes.get(random.nextInt(3))));
	}

	/**
	 * After leases and graces have run out everybody knows who is there.
	 */
	private void assertTruth() {
		this.cluster.pass(TestPresence.OPTIONS.lease().multipliedBy(4));
		Map<String, Integer> truth = new TreeMap<>();
		for (Client client : this.clients) {
			if (client.node != null) {
				truth.merge(client.user, 1, Integer::sum);
			}
		}
		for (Cluster.Node node : this.cluster.nodes) {
			assertThat(node.members()).as("node %s", node.name).isEqualTo(truth);
		}
		for (Client client : this.clients) {
			if (client.node != null) {
				assertThat(client.viewer.members).isEqualTo(truth);
				assertThat(client.viewer.count).isEqualTo(truth.size());
			}
		}
	}

	/**
	 * A client with one connection at a time.
	 */
	private final class Client {

		private final String user;

		private TestViewer viewer = new TestViewer();

		private Cluster.Node node;

		private String connection;

		private Runnable leave;

		Client(String user) {
			this.user = user;
		}

		void connect(Cluster.Node node) {
			this.node = node;
			this.connection = "c" + PresenceSimulationTests.this.nextConnection++;
			this.viewer = new TestViewer();
			this.leave = node.view(false, null, this.viewer);
			node.join(this.connection, this.user);
		}

		void disconnect(Ending ending) {
			if (this.node != null) {
				this.leave.run();
				this.node.leave(this.connection, ending);
				this.node = null;
			}
		}

	}

}
