package dev.realtime.redis;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;

/**
 * One life of a connection. Lettuce would bring it back by itself and repeat what was
 * under way; it does not get to that, because a wire that broke is closed and replaced.
 */
abstract class Wire {

	private final List<? extends StatefulConnection<String, byte[]>> connections;

	private final AtomicBoolean closed = new AtomicBoolean();

	/**
	 * A wire.
	 * @param connections the first owns the others
	 */
	Wire(List<? extends StatefulConnection<String, byte[]>> connections) {
		this.connections = connections;
	}

	/**
	 * Calls back once any connection is lost, at the latest now.
	 */
	void onLost(Runnable action) {
		RedisConnectionStateListener listener = new RedisConnectionStateListener() {

			@Override
			public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
				action.run();
			}

		};
		this.connections.forEach((connection) -> connection.addListener(listener));
		if (!this.connections.stream().allMatch(StatefulConnection::isOpen)) {
			action.run();
		}
	}

	boolean isClosed() {
		return this.closed.get();
	}

	/**
	 * Closes without waiting. What is under way fails.
	 */
	void close() {
		if (this.closed.compareAndSet(false, true) && !isClosedByLettuce()) {
			this.connections.get(0).closeAsync();
		}
	}

	/**
	 * As when the client is shut down. Lettuce warns of those who close once more.
	 */
	private boolean isClosedByLettuce() {
		return this.connections.get(0) instanceof RedisChannelHandler<?, ?> handler && handler.isClosed();
	}

}
