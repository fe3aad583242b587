package dev.realtime.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs at once what has no delay, and the rest when the test says so.
 */
final class ManualScheduler implements Scheduler {

	private final List<Runnable> delayed = new ArrayList<>();

	private final List<Duration> delays = new ArrayList<>();

	@Override
	public void schedule(Runnable task, Duration delay) {
		if (delay.isZero()) {
			task.run();
			return;
		}
		this.delayed.add(task);
		this.delays.add(delay);
	}

	/**
	 * All delays so far.
	 */
	List<Duration> delays() {
		return this.delays;
	}

	/**
	 * Runs what waits now.
	 */
	void runDelayed() {
		List<Runnable> tasks = List.copyOf(this.delayed);
		this.delayed.clear();
		tasks.forEach(Runnable::run);
	}

}
