package dev.realtime.netty;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in order, on threads of another executor. While that takes
 * none they wait, and whoever hands them over sees by {@link #size} that they do.
 * Thread-safe.
 */
final class SerialExecutor implements Executor {

	private static final Logger logger = LoggerFactory.getLogger(SerialExecutor.class);

	/** Then it is the turn of others who wait for a thread. */
	private static final int TASKS_PER_TURN = 16;

	private static final long RETRY_MILLIS = 100;

	private final Executor executor;

	private final ScheduledExecutorService timer;

	private final Queue<Runnable> tasks = new ArrayDeque<>();

	private boolean running;

	/**
	 * An executor without tasks.
	 * @param executor runs the tasks
	 * @param timer tries again where that refused to
	 */
	SerialExecutor(Executor executor, ScheduledExecutorService timer) {
		this.executor = executor;
		this.timer = timer;
	}

	@Override
	public void execute(Runnable task) {
		synchronized (this.tasks) {
			this.tasks.add(task);
			if (this.running) {
				return;
			}
			this.running = true;
		}
		start();
	}

	private void start() {
		try {
			this.executor.execute(this::run);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Frames of a client wait for a thread", ex);
			later();
		}
	}

	private void later() {
		try {
			this.timer.schedule(this::start, RETRY_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The endpoint has stopped", ex);
		}
	}

	int size() {
		synchronized (this.tasks) {
			return this.tasks.size();
		}
	}

	private void run() {
		for (int i = 0; i < TASKS_PER_TURN; i++) {
			Runnable task = next();
			if (task == null) {
				return;
			}
			run(task);
		}
		start();
	}

	private static void run(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException | Error ex) {
			// The end of the connection has to be handled, too.
			logger.error("Handling a frame failed", ex);
		}
	}

	private @Nullable Runnable next() {
		synchronized (this.tasks) {
			Runnable task = this.tasks.poll();
			this.running = task != null;
			return task;
		}
	}

}
