package dev.realtime.redis;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;

/**
 * Opens connections of our own from the client of the application, and finds out whether
 * the server can do what is needed. Blocks.
 */
final class Connector {

	static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

	/** For the few commands that find out what the server can do. */
	private static final long CHECK_SECONDS = 10;

	private final Supplier<? extends AbstractRedisClient> client;

	private final String node;

	private final String keyPrefix;

	Connector(Supplier<? extends AbstractRedisClient> client, String node, String keyPrefix) {
		this.client = client;
		this.node = node;
		this.keyPrefix = keyPrefix;
	}

	CommandWire openCommands() throws Exception {
		CommandWire wire = connectCommands();
		return checked(wire, () -> new ServerCheck(this.keyPrefix, this.node).run(wire));
	}

	private CommandWire connectCommands() throws Exception {
		AbstractRedisClient client = this.client.get();
		return explained(() -> {
			if (client instanceof RedisClusterClient cluster) {
				cluster.refreshPartitions();
				StatefulRedisClusterConnection<String, byte[]> connection = cluster.connect(CODEC);
				return new CommandWire(connection, connection.async(), ShardedPubSubWire.isSupported(connection));
			}
			StatefulRedisConnection<String, byte[]> connection = ((RedisClient) client).connect(CODEC);
			return new CommandWire(connection, connection.async(), false);
		});
	}

	PubSubWire openPubSub(boolean sharded) throws Exception {
		PubSubWire wire = connectPubSub(sharded);
		return checked(wire, () -> {
			for (String channel : wire.probeChannels(probe())) {
				await(wire.subscribe(channel));
			}
		});
	}

	private PubSubWire connectPubSub(boolean sharded) throws Exception {
		AbstractRedisClient client = this.client.get();
		return explained(() -> {
			if (client instanceof RedisClusterClient cluster) {
				return sharded ? ShardedPubSubWire.open(cluster, CODEC) : new PubSubWire(cluster.connectPubSub(CODEC));
			}
			return new PubSubWire(((RedisClient) client).connectPubSub(CODEC));
		});
	}

	/**
	 * The beginning of the channels by which this node hears itself.
	 */
	String probe() {
		return this.keyPrefix + ":{probe:" + this.node;
	}

	private <W extends Wire> W checked(W wire, Step check) throws Exception {
		try {
			explained(() -> {
				check.run();
				return wire;
			});
			return wire;
		}
		catch (Exception ex) {
			wire.close();
			throw ex;
		}
	}

	private <T> T explained(Opening<T> opening) throws Exception {
		try {
			return opening.open();
		}
		catch (Exception ex) {
			RedisCommandExecutionException refusal = Failures.refusal(ex);
			if (refusal != null && Failures.isFinal(refusal)) {
				throw ServerCheck.explain(refusal, this.keyPrefix);
			}
			throw ex;
		}
	}

	static <T> T await(CompletionStage<T> stage) throws ExecutionException, TimeoutException, InterruptedException {
		return stage.toCompletableFuture().get(CHECK_SECONDS, TimeUnit.SECONDS);
	}

	/**
	 * Something to do that may fail.
	 */
	interface Step {

		void run() throws Exception;

	}

	private interface Opening<T> {

		T open() throws Exception;

	}

}
