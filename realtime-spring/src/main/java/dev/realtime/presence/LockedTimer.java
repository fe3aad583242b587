package dev.realtime.presence;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * A timer whose tasks hold a lock, so that other threads can look in between.
 */
final class LockedTimer implements PresenceTimer {

	private final Object lock = new Object();

	private final PresenceTimer timer;

	private final Runnable afterwards;

	/**
	 * A timer with a lock.
	 * @param timer runs the tasks
	 * @param afterwards runs after each task, with the lock
	 */
	LockedTimer(PresenceTimer timer, Runnable afterwards) {
		this.timer = timer;
		this.afterwards = afterwards;
	}

	/**
	 * Answers a question, on the thread that asks.
	 */
	<T> T ask(Supplier<T> question) {
		synchronized (this.lock) {
			return question.get();
		}
	}

	private void run(Runnable task) {
		synchronized (this.lock) {
			try {
				task.run();
			}
			finally {
				this.afterwards.run();
			}
		}
	}

	@Override
	public void execute(Runnable task) {
		this.timer.execute(() -> run(task));
	}

	@Override
	public void schedule(Runnable task, Duration delay) {
		this.timer.schedule(() -> run(task), delay);
	}

	@Override
	public long nanoTime() {
		return this.timer.nanoTime();
	}

	@Override
	public long millis() {
		return this.timer.millis();
	}

	@Override
	public void close() {
		this.timer.close();
	}

}
