package dev.realtime.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.realtime.StreamPosition;
import dev.realtime.core.BackplaneListener;
import dev.realtime.core.ChannelId;
import dev.realtime.core.Ephemeral;
import dev.realtime.core.NodeChannel;
import dev.realtime.core.Publication;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.Sender;
import io.lettuce.core.KillArgs;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A cluster of three masters, with sharded pub/sub.
 */
@Timeout(300)
class ClusterTests {

	private static final int SLOTS = 16384;

	private final Nodes nodes = new Nodes();

	private final List<RedisServer> servers = new ArrayList<>();

	@BeforeEach
	void start() {
		Installed.require("redis-server");
		for (int i = 0; i < 3; i++) {
			this.servers.add(RedisServer.installed("--cluster-enabled", "yes"));
		}
		for (int i = 0; i < 3; i++) {
			int[] slots = IntStream.range(i * SLOTS / 3, (i + 1) * SLOTS / 3).toArray();
			RedisServer first = this.servers.get(0);
			this.servers.get(i).execute((redis) -> {
				redis.clusterAddSlots(slots);
				return redis.clusterMeet("127.0.0.1", first.port());
			});
		}
		this.servers.forEach((server) -> Nodes.await()
			.until(() -> server.execute((redis) -> redis.clusterInfo())
				.contains("cluster_state:ok\r\ncluster_slots_assigned:16384")
					&& server.execute((redis) -> redis.clusterNodes()).lines().count() == 3));
	}

	@AfterEach
	void close() throws Exception {
		this.nodes.close();
		this.servers.forEach(RedisServer::close);
	}

	@Test
	void whenChannelsLiveOnSeveralMastersThenAllAreDeliveredOnce() throws Exception {
		List<String> received = new ArrayList<>();
		RedisBackplane subscriber = node();
		subscriber.start((channel, publication) -> {
			synchronized (received) {
				received.add(channel.name() + " " + publication.position().offset());
			}
		});
		RedisBackplane publisher = node();
		publisher.start((channel, publication) -> {
		});
		List<ChannelId> channels = IntStream.range(0, 30)
			.mapToObj((i) -> new ChannelId("acme", null, "document." + i))
			.toList();
		for (ChannelId channel : channels) {
			subscriber.subscribe(channel).get(60, TimeUnit.SECONDS);
		}
		List<CompletableFuture<StreamPosition>> published = new ArrayList<>();
		List<String> expected = new ArrayList<>();
		for (int offset = 1; offset <= 20; offset++) {
			for (ChannelId channel : channels) {
				published.add(publisher.append(channel, Nodes.request(offset)));
				expected.add(channel.name() + " " + offset);
			}
		}
		for (CompletableFuture<StreamPosition> future : published) {
			future.get(60, TimeUnit.SECONDS);
		}
		Nodes.await().untilAsserted(() -> {
			synchronized (received) {
				assertThat(received).hasSameSizeAs(expected);
			}
		});
		assertThat(received).containsExactlyInAnyOrderElementsOf(expected);
		assertThat(shardChannels()).as("each master has some").allMatch((count) -> count > 0);
	}

	@Test
	void whenConnectionsAreKilledThenWhatWasMissedIsRead() throws Exception {
		Collector collector = this.nodes.collector(node());
		RedisBackplane publisher = node();
		publisher.start((channel, publication) -> {
		});
		Nodes.publishAll(publisher, 20_000, (i) -> {
			if (i % 4000 == 2000) {
				this.servers
					.forEach((server) -> server.execute((redis) -> redis.clientKill(KillArgs.Builder.typePubsub())));
			}
		});
		Nodes.await().until(() -> collector.count() == 20_000);
		assertThat(collector.received()).isEqualTo(Nodes.numbers(0, 20_000));
		assertThat(collector.interruptions()).isPositive();
	}

	@Test
	void whenSomethingPassesByThenNodesWithInterestGetItOnceWhicheverMasterItGoesTo() throws Exception {
		List<String> received = new CopyOnWriteArrayList<>();
		RedisBackplane subscriber = node();
		subscriber.start(passing(received));
		List<String> strangers = new CopyOnWriteArrayList<>();
		RedisBackplane publisher = node();
		publisher.start(passing(strangers));
		List<ChannelId> channels = IntStream.range(0, 30)
			.mapToObj((i) -> new ChannelId("acme", null, "document." + i))
			.toList();
		for (ChannelId channel : channels) {
			subscriber.subscribe(channel).get(60, TimeUnit.SECONDS);
		}
		List<String> expected = new ArrayList<>();
		for (int i = 1; i <= 20; i++) {
			for (ChannelId channel : channels) {
				publisher.broadcast(channel, ephemeral(i));
				expected.add(channel.name() + " " + i);
			}
		}
		Nodes.await().untilAsserted(() -> assertThat(received).hasSameSizeAs(expected));
		assertThat(received).containsExactlyInAnyOrderElementsOf(expected);
		for (ChannelId channel : channels) {
			assertThat(received.stream().filter((text) -> text.startsWith(channel.name() + " "))).as("in order")
				.containsExactlyElementsOf(
						expected.stream().filter((text) -> text.startsWith(channel.name() + " ")).toList());
		}
		assertThat(strangers).isEmpty();
		assertThat(shardChannels()).as("each master has some").allMatch((count) -> count > 0);
		assertThat(this.servers).as("nothing goes to all masters")
			.allMatch((server) -> server.execute((redis) -> redis.pubsubChannels("realtime:*")).isEmpty());
	}

	@Test
	void whenConnectionsAreKilledThenNodesStillHearEachOther() throws Exception {
		List<String> heard = new CopyOnWriteArrayList<>();
		AtomicInteger gaps = new AtomicInteger();
		NodeChannel listening = nodeChannel(heard, gaps);
		NodeChannel telling = nodeChannel(new CopyOnWriteArrayList<>(), new AtomicInteger());
		listening.listen();
		// Whoever listens first hears all of this, or that something was missed.
		Nodes.await().until(() -> {
			telling.send(new byte[] { '0' });
			return heard.contains("0");
		});
		heard.clear();
		gaps.set(0);
		List<CompletableFuture<Void>> told = new ArrayList<>();
		for (int i = 1; i <= 500; i++) {
			told.add(telling.send(Integer.toString(i).getBytes(StandardCharsets.UTF_8)));
			if (i % 100 == 50) {
				this.servers
					.forEach((server) -> server.execute((redis) -> redis.clientKill(KillArgs.Builder.typePubsub())));
			}
		}
		for (CompletableFuture<Void> future : told) {
			future.get(60, TimeUnit.SECONDS);
		}
		List<String> expected = Nodes.numbers(1, 501);
		Nodes.await().until(() -> heard.contains("500"));
		heard.removeIf("0"::equals);
		assertThat(heard).isEqualTo(expected);
		assertThat(gaps).hasValue(0);
	}

	@Test
	void whenSlotsMoveThenChannelsMoveWithThemWhetherTheyHadSubscribersOrNot() throws Exception {
		List<String> received = new CopyOnWriteArrayList<>();
		RedisBackplane subscriber = node();
		subscriber.start(new BackplaneListener() {

			@Override
			public void onPublication(ChannelId channel, Publication publication) {
				received.add(channel.name() + " kept " + publication.position().offset());
			}

			@Override
			public void onEphemeral(ChannelId channel, Ephemeral ephemeral) {
				received.add(channel.name() + " passing " + ephemeral.publication().position().offset());
			}

		});
		RedisBackplane publisher = node();
		publisher.start((channel, publication) -> {
		});
		ChannelId early = new ChannelId("acme", null, "early");
		ChannelId late = new ChannelId("acme", null, "late");
		// Now the node knows the masters as they are.
		subscriber.subscribe(early).get(60, TimeUnit.SECONDS);
		move(late);
		subscriber.subscribe(late).get(60, TimeUnit.SECONDS);
		move(early);
		for (ChannelId channel : List.of(early, late)) {
			Nodes.await().until(() -> {
				publisher.broadcast(channel, ephemeral(7));
				return received.contains(channel.name() + " passing 7");
			});
			publisher.append(channel, Nodes.request("x")).get(60, TimeUnit.SECONDS);
			Nodes.await().until(() -> received.contains(channel.name() + " kept 1"));
		}
	}

	/**
	 * Gives the slot of a channel, which has no keys yet, to another master.
	 */
	private void move(ChannelId channel) {
		int slot = SlotHash.getSlot(RedisChannel.of("realtime", channel).name());
		int from = slot * 3 / SLOTS;
		int to = (from + 1) % 3;
		List<String> ids = this.servers.stream()
			.map((server) -> server.execute((redis) -> redis.clusterMyId()))
			.toList();
		this.servers.get(to).execute((redis) -> redis.clusterSetSlotImporting(slot, ids.get(from)));
		this.servers.get(from).execute((redis) -> redis.clusterSetSlotMigrating(slot, ids.get(to)));
		for (int server : new int[] { to, from, 3 - to - from }) {
			this.servers.get(server).execute((redis) -> redis.clusterSetSlotNode(slot, ids.get(to)));
		}
	}

	private NodeChannel nodeChannel(List<String> heard, AtomicInteger gaps) {
		return new RealtimeEngine(node(), InstantSource.system(), 1).nodeChannel("nodes", Nodes.HISTORY,
				new NodeChannel.Listener() {

					@Override
					public void onMessage(byte[] data) {
						heard.add(new String(data, StandardCharsets.UTF_8));
					}

					@Override
					public void onGap() {
						gaps.incrementAndGet();
					}

				});
	}

	private static BackplaneListener passing(List<String> received) {
		return new BackplaneListener() {

			@Override
			public void onPublication(ChannelId channel, Publication publication) {
				received.add("kept " + channel.name());
			}

			@Override
			public void onEphemeral(ChannelId channel, Ephemeral ephemeral) {
				received.add(channel.name() + " " + ephemeral.publication().position().offset());
			}

		};
	}

	private static Ephemeral ephemeral(int number) {
		return new Ephemeral(new Publication(new StreamPosition("n", number), 1, "typing", new byte[0], Map.of(), null,
				new Sender("ada", "c1")), null);
	}

	private List<Integer> shardChannels() {
		return this.servers.stream()
			.map((server) -> server.execute((redis) -> redis.pubsubShardChannels("realtime:*").size()))
			.toList();
	}

	private RedisBackplane node() {
		return this.nodes.node(RedisClusterClient.create(this.servers.get(0).uri()),
				new RedisBackplaneOptions("realtime", 10_000, Duration.ofSeconds(1)));
	}

}
