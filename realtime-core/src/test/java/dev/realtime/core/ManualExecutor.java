package dev.realtime.core;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs what it was given when the test says so.
 */
final class ManualExecutor implements Executor {

	private final Queue<Runnable> tasks = new ArrayDeque<>();

	private boolean shutdown;

	@Override
	public void execute(Runnable task) {
		if (this.shutdown) {
			throw new RejectedExecutionException("Shut down");
		}
		this.tasks.add(task);
	}

	int queued() {
		return this.tasks.size();
	}

	void runNext() {
		this.tasks.remove().run();
	}

	void runAll() {
		while (!this.tasks.isEmpty()) {
			runNext();
		}
	}

	void shutdown() {
		this.shutdown = true;
	}

}
