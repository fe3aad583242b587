package dev.realtime.autoconfigure;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.realtime.redis.RedisBackplane;
import dev.realtime.redis.UnsuitableRedisException;

import org.springframework.context.SmartLifecycle;

/**
 * Lets an application not start on a Redis server that can not be the backplane, and lets
 * it not stop before its last publications are through. A server that can not be reached
 * prevents neither.
 */
final class RedisBackplaneLifecycle implements SmartLifecycle {

	/** As long as Lettuce tries to connect. */
	private static final long START_SECONDS = 10;

	private static final long STOP_SECONDS = 5;

	private final RedisBackplane backplane;

	private volatile boolean running;

	RedisBackplaneLifecycle(RedisBackplane backplane) {
		this.backplane = backplane;
	}

	@Override
	public void start() {
		try {
			this.backplane.firstAttempt().get(START_SECONDS, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof UnsuitableRedisException unsuitable) {
				throw unsuitable;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (TimeoutException ex) {
			// Not reachable yet, which the health tells.
		}
		this.running = true;
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		this.backplane.drain()
			.orTimeout(STOP_SECONDS, TimeUnit.SECONDS)
			.whenComplete((drained, failure) -> callback.run());
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * After the connection factory, which starts in phase 0, and before it in the end.
	 */
	@Override
	public int getPhase() {
		return 1;
	}

}
