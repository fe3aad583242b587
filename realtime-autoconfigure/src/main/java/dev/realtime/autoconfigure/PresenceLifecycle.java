package dev.realtime.autoconfigure;

import java.util.concurrent.TimeUnit;

import dev.realtime.presence.PresenceHub;

import org.springframework.context.SmartLifecycle;

/**
 * Begins to tell the other nodes who is here before clients come, and says good-bye after
 * they are gone.
 */
final class PresenceLifecycle implements SmartLifecycle {

	private static final long STOP_SECONDS = 2;

	private final PresenceHub hub;

	private volatile boolean running;

	PresenceLifecycle(PresenceHub hub) {
		this.hub = hub;
	}

	@Override
	public void start() {
		this.hub.start();
		this.running = true;
	}

	@Override
	public void stop(Runnable callback) {
		this.running = false;
		this.hub.leave().orTimeout(STOP_SECONDS, TimeUnit.SECONDS).whenComplete((said, failure) -> callback.run());
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
	 * After the backplane, which starts in phase 1, and before it in the end.
	 */
	@Override
	public int getPhase() {
		return 2;
	}

}
