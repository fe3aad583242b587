package dev.realtime.presence;

import java.time.Duration;

/**
 * The one thread of presence, and its clocks.
 */
interface PresenceTimer {

	/**
	 * Runs a task after those that were handed over before, and not at the same time as
	 * any other. Does nothing once the timer is closed.
	 */
	void execute(Runnable task);

	/**
	 * Runs a task later.
	 */
	void schedule(Runnable task, Duration delay);

	/**
	 * The time in nanoseconds, whatever happens to the clock on the wall.
	 */
	long nanoTime();

	/**
	 * The time on the wall, in milliseconds since 1970.
	 */
	long millis();

	void close();

}
