package dev.realtime.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.realtime.StreamPosition;
import dev.realtime.core.ChannelId;
import io.lettuce.core.KillArgs;
import io.lettuce.core.cluster.RedisClusterClient;
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
