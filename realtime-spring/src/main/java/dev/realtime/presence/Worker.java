package dev.realtime.presence;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread for code of the application, which may block: one task after the other. There
 * is none while there is nothing to do.
 */
final class Worker implements Executor, AutoCloseable {

	/** Beyond it tasks are dropped. */
	private static final int MAX_WAITING = 100_000;

	private static final Logger logger = LoggerFactory.getLogger(Worker.class);

	private final ThreadPoolExecutor executor;

	Worker(String name) {
		this.executor = new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING),
				(task) -> {
					Thread thread = new Thread(task, name);
					thread.setDaemon(true);
					return thread;
				}, (task, executor) -> {
					if (!executor.isShutdown()) {
						logger.warn("{}: more than {} wait, one is dropped", name, MAX_WAITING);
					}
				});
		this.executor.allowCoreThreadTimeOut(true);
	}

	@Override
	public void execute(Runnable task) {
		this.executor.execute(task);
	}

	@Override
	public void close() {
		this.executor.shutdown();
	}

}
