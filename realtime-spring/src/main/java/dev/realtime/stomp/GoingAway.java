package dev.realtime.stomp;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.realtime.core.RealtimeEngine;

import org.springframework.context.SmartLifecycle;

/**
 * Sends the clients away before the application stops, while the servers still run: each
 * is told after how long to connect again. Clients that connect meanwhile are sent away
 * at once.
 *
 * @since 0.1.0
 */
public final class GoingAway implements SmartLifecycle {

	/** After {@link GoingAway}, and before the web server stops. */
	static final int ENDPOINT_PHASE = DEFAULT_PHASE - 512;

	/**
	 * How long to wait for clients that do not read. Less than the 30 s that Spring Boot
	 * gives each phase.
	 */
	private static final long PATIENCE_SECONDS = 5;

	/**
	 * How long clients have to read and to answer their close frame before the servers
	 * close their sockets.
	 */
	private static final long FAREWELL_SECONDS = 1;

	private final RealtimeEngine engine;

	private final Duration spread;

	private volatile boolean running;

	/**
	 * A lifecycle that is not started yet.
	 * @param engine knows the clients
	 * @param spread the time over which clients are to come back
	 */
	public GoingAway(RealtimeEngine engine, Duration spread) {
		this.engine = engine;
		this.spread = spread;
	}

	@Override
	public void start() {
		this.running = true;
		this.engine.comeBack();
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		CompletableFuture<Void> gone = this.engine.goAway(this.spread);
		if (gone.isDone()) {
			callback.run();
			return;
		}
		gone.completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
			.thenRunAsync(callback, CompletableFuture.delayedExecutor(FAREWELL_SECONDS, TimeUnit.SECONDS));
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * The servers go on in a context that only pauses.
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

}
