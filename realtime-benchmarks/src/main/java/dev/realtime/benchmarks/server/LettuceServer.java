package dev.realtime.benchmarks.server;

import java.io.IOException;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;

/**
 * The floor behind Redis: plain PUBLISH and SUBSCRIBE of Lettuce, and one write for each
 * client. No positions, no history, and what Redis loses is lost.
 *
 * @since 0.1.0
 */
public final class LettuceServer {

	private static final String CHANNEL = "bench";

	private LettuceServer() {
	}

	/**
	 * Main.
	 * @param args the port of the control server, that of the server, and that of Redis
	 * @throws IOException if a port is taken
	 */
	public static void main(String[] args) throws IOException {
		Parent.dieWith();
		RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", Integer.parseInt(args[2])));
		StatefulRedisPubSubConnection<String, String> subscriptions = client.connectPubSub();
		RedisAsyncCommands<String, String> commands = client.connect().async();
		FloorServer server = new FloorServer(() -> subscriptions.sync().subscribe(CHANNEL));
		subscriptions.addListener(new RedisPubSubAdapter<>() {

			@Override
			public void message(String channel, String message) {
				server.write(message);
			}

		});
		server.serve(Integer.parseInt(args[0]), Integer.parseInt(args[1]),
				new FuturePublisher((payload) -> commands.publish(CHANNEL, payload.json())));
	}

}
