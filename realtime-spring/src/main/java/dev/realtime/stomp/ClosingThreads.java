package dev.realtime.stomp;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that close connections, which may wait for a client that reads nothing. Many
 * such clients wait for one another rather than take a thread each.
 */
final class ClosingThreads implements Executor, AutoCloseable {

	/**
	 * Tomcat waits a second at most for one client: as many clients as this are closed in
	 * a second, however bad it gets.
	 */
	static final int MAX_THREADS = 256;

	private static final long KEEP_ALIVE_SECONDS = 10;

	private final ThreadPoolExecutor threads = new ThreadPoolExecutor(MAX_THREADS, MAX_THREADS, KEEP_ALIVE_SECONDS,
			TimeUnit.SECONDS, new LinkedBlockingQueue<>(), (task) -> {
				Thread thread = new Thread(task, "realtime-close");
				thread.setDaemon(true);
				return thread;
			});

	ClosingThreads() {
		this.threads.allowCoreThreadTimeOut(true);
	}

	@Override
	public void execute(Runnable task) {
		this.threads.execute(task);
	}

	/**
	 * Takes no more tasks. Those that wait are run.
	 */
	@Override
	public void close() {
		this.threads.shutdown();
	}

}
