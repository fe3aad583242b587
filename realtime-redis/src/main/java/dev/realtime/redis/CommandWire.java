package dev.realtime.redis;

import java.util.List;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/**
 * A connection for commands.
 */
final class CommandWire extends Wire {

	private final RedisClusterAsyncCommands<String, byte[]> commands;

	private final boolean sharded;

	CommandWire(StatefulConnection<String, byte[]> connection, RedisClusterAsyncCommands<String, byte[]> commands,
			boolean sharded) {
		super(List.of(connection));
		this.commands = commands;
		this.sharded = sharded;
	}

	RedisClusterAsyncCommands<String, byte[]> commands() {
		return this.commands;
	}

	/**
	 * Whether a publication goes to the cluster node of its channel alone.
	 */
	boolean isSharded() {
		return this.sharded;
	}

}
