package dev.realtime.system;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

import dev.realtime.system.Guests.Guest;
import dev.realtime.system.node.NodeApplication;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
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
 * Members on nodes that die, with a real Redis between them.
 */
@Timeout(400)
class PresenceNodesTests {

	private static final int MEMBERS = 2000;

	private static final Logger logger = LoggerFactory.getLogger(PresenceNodesTests.class);

	private static Cluster cluster;

	@BeforeAll
	static void createCluster() throws Exception {
		cluster = new Cluster("presence", 3,
				List.of("-cp", System.getProperty("java.class.path"), NodeApplication.class.getName(),
						"--realtime.ws-port=0", "--realtime.tenant.required=true", "--realtime.shutdown.spread=2s",
						"--realtime.presence.lease=4s", "--realtime.presence.leave-grace=2s"));
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
	@Tag("T28")
	void whenNodesDieAndClientsComeAndGoThenInTheEndEverybodyKnowsExactlyWhoIsThere() throws Exception {
		Random random = new Random(7);
		try (Guests guests = new Guests("chaos", MEMBERS, 4, cluster::anyEndpoint)) {
			for (List<Guest> step : steps(guests)) {
				step.forEach((guest) -> guest.come(true));
				await("connected").until(() -> step.stream().allMatch(Guest::isConnected));
			}
			awaitTruth(guests);
			for (int round = 0; round < 3; round++) {
				Node victim = cluster.node(random.nextInt(3));
				if (round == 1) {
					victim.stop();
				}
				else {
					victim.kill();
				}
				List<Guest> shuffled = new ArrayList<>(guests.all());
				Collections.shuffle(shuffled, random);
				shuffled.subList(0, 200).forEach(Guest::leave);
				shuffled.subList(200, 400).forEach((guest) -> guest.drop(true));
				shuffled.subList(400, 450).forEach((guest) -> guest.drop(false));
				cluster.start();
				shuffled.subList(50, 150).forEach((guest) -> guest.come(true));
				awaitTruth(guests);
			}
			assertThat(guests.faults()).isEmpty();
		}
	}

	@Test
	void whenAllJoinARoomAtOnceThenMessagesAreFewAndEverybodyKnowsAll() throws Exception {
		Node node = cluster.node(0);
		Supplier<URI> endpoint = node::dedicatedEndpoint;
		try (Guests guests = new Guests("storm", MEMBERS, 1, endpoint)) {
			for (List<Guest> step : steps(guests)) {
				step.forEach((guest) -> guest.come(false));
				await("connected").until(() -> step.stream().allMatch(Guest::isConnected));
			}
			Duration cpu = node.cpu();
			long start = System.nanoTime();
			guests.all().forEach(Guest::join);
			awaitTruth(guests);
			Duration took = Duration.ofNanos(System.nanoTime() - start);
			Duration used = node.cpu().minus(cpu);
			double frames = guests.all().stream().mapToInt((guest) -> guest.frames).average().orElse(0);
			double bytes = guests.all().stream().mapToLong((guest) -> guest.bytes).average().orElse(0);
			logger.info(
					"{} joined at once: {} ms until all knew, {} ms of CPU of the node, per member {} frames and {} bytes",
					MEMBERS, took.toMillis(), used.toMillis(), Math.round(frames), Math.round(bytes));
			assertThat(frames).isLessThan(MEMBERS / 10);
			assertThat(guests.faults()).isEmpty();
		}
	}

	private static List<List<Guest>> steps(Guests guests) {
		List<List<Guest>> steps = new ArrayList<>();
		for (int from = 0; from < MEMBERS; from += 100) {
			steps.add(guests.all().subList(from, from + 100));
		}
		return steps;
	}

	private static void awaitTruth(Guests guests) {
		await("all know the truth").failFast(() -> assertThat(guests.faults()).isEmpty())
			.untilAsserted(() -> assertThat(guests.mistaken()).isEmpty());
	}

	private static ConditionFactory await(String what) {
		return Awaitility.await(what).atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(100));
	}

}
