package dev.realtime.presence;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread, which starts with the first task.
 */
final class ThreadTimer implements PresenceTimer {

	private static final Logger logger = LoggerFactory.getLogger(ThreadTimer.class);

	private final ScheduledThreadPoolExecutor executor;

	ThreadTimer() {
		this.executor = new ScheduledThreadPoolExecutor(1, (task) -> {
			Thread thread = new Thread(task, "realtime-presence");
			thread.setDaemon(true);
			return thread;
		});
		this.executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
	}

	@Override
	public void execute(Runnable task) {
		schedule(task, Duration.ZERO);
	}

	@Override
	public void schedule(Runnable task, Duration delay) {
		try {
			this.executor.schedule(() -> run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Presence is shut down");
		}
	}

	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			// The next task is to run all the same.
			logger.error("A task of presence failed", ex);
		}
	}

	@Override
	public long nanoTime() {
		return System.nanoTime();
	}

	@Override
	public long millis() {
		return System.currentTimeMillis();
	}

	@Override
	public void close() {
		this.executor.shutdown();
	}

}
