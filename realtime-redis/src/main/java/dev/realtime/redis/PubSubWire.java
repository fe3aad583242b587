package dev.realtime.redis;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

/**
 * A connection for what is delivered.
 */
class PubSubWire extends Wire {

	private final StatefulRedisPubSubConnection<String, byte[]> connection;

	PubSubWire(StatefulRedisPubSubConnection<String, byte[]> connection) {
		this(connection, List.of(connection));
	}

	PubSubWire(StatefulRedisPubSubConnection<String, byte[]> connection,
			List<StatefulRedisPubSubConnection<String, byte[]>> connections) {
		super(connections);
		this.connection = connection;
	}

	/**
	 * Hands over what arrives, in order, until the wire is closed.
	 */
	void onMessage(BiConsumer<String, byte[]> receiver) {
		this.connection.addListener(new RedisPubSubAdapter<>() {

			@Override
			public void message(String channel, byte[] message) {
				if (!isClosed()) {
					receiver.accept(channel, message);
				}
			}

		});
	}

	/**
	 * Subscribes to one channel: Lettuce answers a command for several with the first.
	 * @return completed once Redis confirmed it
	 */
	CompletionStage<Void> subscribe(String channel) {
		return this.connection.async().subscribe(channel);
	}

	void unsubscribe(String channel) {
		this.connection.async().unsubscribe(channel);
	}

	/**
	 * Channels of which each connection of this wire gets at least one.
	 * @param name the beginning of their names
	 */
	List<String> probeChannels(String name) {
		return List.of(name + "}");
	}

}
