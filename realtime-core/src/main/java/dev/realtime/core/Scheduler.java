package dev.realtime.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;

/**
 * Runs tasks later, on a thread other than the caller's.
 */
@FunctionalInterface
interface Scheduler {

	/**
	 * Runs a task.
	 * @param task the task, which does not block
	 * @param delay the time until then, zero for as soon as possible
	 */
	void schedule(Runnable task, Duration delay);

	/**
	 * The threads the JVM has for such tasks.
	 */
	static Scheduler common() {
		Executor pool = ForkJoinPool.commonPool();
		return (task, delay) -> {
			Executor executor = delay.isZero() ? pool
					: CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, pool);
			executor.execute(task);
		};
	}

}
