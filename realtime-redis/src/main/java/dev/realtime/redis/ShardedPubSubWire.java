package dev.realtime.redis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

import io.lettuce.core.RedisException;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.cluster.pubsub.StatefulRedisClusterPubSubConnection;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.jspecify.annotations.Nullable;

/**
 * A connection to each node of a cluster of Redis 7, where a publication goes to the node
 * of its channel alone. When a slot moves, the wire is lost, and the next one looks anew.
 */
final class ShardedPubSubWire extends PubSubWire {

	private final StatefulRedisClusterPubSubConnection<String, byte[]> cluster;

	private final Map<String, StatefulRedisPubSubConnection<String, byte[]>> nodes;

	/** Channels being left, by how often: what we did not leave has moved. */
	private final Map<String, Integer> leaving = new ConcurrentHashMap<>();

	private volatile Runnable onMoved = () -> {
	};

	private ShardedPubSubWire(StatefulRedisClusterPubSubConnection<String, byte[]> cluster,
			Map<String, StatefulRedisPubSubConnection<String, byte[]>> nodes) {
		super(cluster, all(cluster, nodes));
		this.cluster = cluster;
		this.nodes = nodes;
	}

	private static List<StatefulRedisPubSubConnection<String, byte[]>> all(
			StatefulRedisClusterPubSubConnection<String, byte[]> cluster,
			Map<String, StatefulRedisPubSubConnection<String, byte[]>> nodes) {
		List<StatefulRedisPubSubConnection<String, byte[]>> all = new ArrayList<>();
		all.add(cluster);
		all.addAll(nodes.values());
		return all;
	}

	static boolean isSupported(StatefulRedisClusterConnection<String, byte[]> connection) throws Exception {
		List<Object> known = Connector.await(connection.async().commandInfo("SPUBLISH"));
		return known.stream().anyMatch((info) -> info instanceof List<?> details && !details.isEmpty());
	}

	static ShardedPubSubWire open(RedisClusterClient client, RedisCodec<String, byte[]> codec) throws Exception {
		client.refreshPartitions();
		StatefulRedisClusterPubSubConnection<String, byte[]> cluster = client.connectPubSub(codec);
		try {
			Map<String, StatefulRedisPubSubConnection<String, byte[]>> nodes = new HashMap<>();
			for (RedisClusterNode node : cluster.getPartitions()) {
				if (!node.getSlots().isEmpty()) {
					nodes.put(node.getNodeId(), Connector.await(cluster.getConnectionAsync(node.getNodeId())));
				}
			}
			return new ShardedPubSubWire(cluster, nodes);
		}
		catch (Exception ex) {
			cluster.closeAsync();
			throw ex;
		}
	}

	@Override
	void onLost(Runnable action) {
		this.onMoved = action;
		super.onLost(action);
	}

	@Override
	void onMessage(BiConsumer<String, byte[]> receiver) {
		RedisPubSubAdapter<String, byte[]> listener = new RedisPubSubAdapter<>() {

			@Override
			public void smessage(String channel, byte[] message) {
				if (!isClosed()) {
					receiver.accept(channel, message);
				}
			}

			@Override
			public void sunsubscribed(String channel, long count) {
				if (!isLeaving(channel)) {
					ShardedPubSubWire.this.onMoved.run();
				}
			}

		};
		this.nodes.values().forEach((connection) -> connection.addListener(listener));
	}

	@Override
	CompletionStage<Void> subscribe(String channel) {
		StatefulRedisPubSubConnection<String, byte[]> connection = connection(channel);
		if (connection == null) {
			return CompletableFuture.failedFuture(new RedisException("No node serves the slot of " + channel));
		}
		return connection.async().ssubscribe(channel);
	}

	@Override
	void unsubscribe(String channel) {
		StatefulRedisPubSubConnection<String, byte[]> connection = connection(channel);
		if (connection != null) {
			this.leaving.merge(channel, 1, Integer::sum);
			connection.async().sunsubscribe(channel);
		}
	}

	private boolean isLeaving(String channel) {
		boolean[] leaving = new boolean[1];
		this.leaving.computeIfPresent(channel, (key, times) -> {
			leaving[0] = true;
			return (times > 1) ? times - 1 : null;
		});
		return leaving[0];
	}

	private @Nullable StatefulRedisPubSubConnection<String, byte[]> connection(String channel) {
		RedisClusterNode node = this.cluster.getPartitions().getPartitionBySlot(SlotHash.getSlot(channel));
		return (node != null) ? this.nodes.get(node.getNodeId()) : null;
	}

	@Override
	List<String> probeChannels(String name) {
		Map<StatefulRedisPubSubConnection<String, byte[]>, String> channels = new HashMap<>();
		for (int i = 0; channels.size() < this.nodes.size() && i < SlotHash.SLOT_COUNT; i++) {
			String channel = name + ":" + i + "}";
			StatefulRedisPubSubConnection<String, byte[]> connection = connection(channel);
			if (connection != null) {
				channels.putIfAbsent(connection, channel);
			}
		}
		return List.copyOf(channels.values());
	}

}
