package dev.realtime.redis;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.protocol.RedisCommand;

/**
 * A connection for commands.
 */
final class CommandWire extends Wire {

	private final StatefulConnection<String, byte[]> connection;

	private final RedisClusterAsyncCommands<String, byte[]> commands;

	private final boolean sharded;

	private final AtomicInteger publishing = new AtomicInteger();

	CommandWire(StatefulConnection<String, byte[]> connection, RedisClusterAsyncCommands<String, byte[]> commands,
			boolean sharded) {
		super(List.of(connection));
		this.connection = connection;
		this.commands = commands;
		this.sharded = sharded;
	}

	RedisClusterAsyncCommands<String, byte[]> commands() {
		return this.commands;
	}

	/**
	 * Sends commands that are not sent yet, in one write.
	 */
	void send(List<? extends RedisCommand<String, byte[], ?>> commands) {
		this.connection.dispatch(commands);
	}

	/**
	 * Publishes what no script has to see.
	 */
	void publish(String channel, byte[] message) {
		this.publishing.incrementAndGet();
		CompletionStage<Long> receivers = this.sharded ? this.commands.spublish(channel, message)
				: this.commands.publish(channel, message);
		receivers.whenComplete((number, failure) -> this.publishing.decrementAndGet());
	}

	/**
	 * How much of that Redis has not answered. Lettuce may lose some when the wire
	 * breaks, which then is of no use anyway.
	 */
	int publishing() {
		return this.publishing.get();
	}

	/**
	 * Whether a publication goes to the cluster node of its channel alone.
	 */
	boolean isSharded() {
		return this.sharded;
	}

}
