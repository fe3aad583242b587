package dev.realtime.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.lettuce.core.RedisException;
import org.jspecify.annotations.Nullable;

/**
 * Asks Redis, again if need be. What is asked while Redis is away waits for it.
 * Thread-safe, never blocks.
 */
final class Reads {

	/**
	 * The most that waits. Who asks more often than this while Redis is away has given up
	 * on the first already.
	 */
	private static final int MAX_WAITING = 10_000;

	private static final long RETRY_MILLIS = 100;

	private final Link<CommandWire> link;

	private final ScheduledExecutorService scheduler;

	private final ArrayDeque<Read<?>> waiting = new ArrayDeque<>();

	Reads(Link<CommandWire> link, ScheduledExecutorService scheduler) {
		this.link = link;
		this.scheduler = scheduler;
	}

	<T> CompletableFuture<T> read(Function<CommandWire, CompletionStage<T>> command) {
		Read<T> read = new Read<>(command);
		ask(read);
		return read.future;
	}

	/**
	 * Goes on, on a new wire.
	 */
	void resume() {
		List<Read<?>> reads;
		synchronized (this) {
			reads = new ArrayList<>(this.waiting);
			this.waiting.clear();
		}
		reads.forEach(this::ask);
	}

	synchronized void close() {
		CancellationException closed = new CancellationException("The backplane was closed");
		this.waiting.forEach((read) -> read.future.completeExceptionally(closed));
		this.waiting.clear();
	}

	private <T> void ask(Read<T> read) {
		CommandWire wire = wireFor(read);
		if (wire == null) {
			return;
		}
		try {
			read.command.apply(wire).whenComplete((answer, failure) -> {
				if (failure == null) {
					read.future.complete(answer);
				}
				else {
					askAgain(read, failure);
				}
			});
		}
		catch (RuntimeException ex) {
			askAgain(read, ex);
		}
	}

	private synchronized @Nullable CommandWire wireFor(Read<?> read) {
		CommandWire wire = this.link.wire();
		if (wire == null) {
			this.waiting.add(read);
			if (this.waiting.size() > MAX_WAITING) {
				this.waiting.remove().future
					.completeExceptionally(new RedisException("Redis is away, and too much waits for it"));
			}
		}
		return wire;
	}

	private void askAgain(Read<?> read, Throwable failure) {
		if (Failures.isFinal(failure)) {
			read.future.completeExceptionally(Failures.unwrap(failure));
			return;
		}
		try {
			this.scheduler.schedule(() -> ask(read), RETRY_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			read.future.completeExceptionally(failure);
		}
	}

	/**
	 * A question.
	 */
	private static final class Read<T> {

		private final Function<CommandWire, CompletionStage<T>> command;

		private final CompletableFuture<T> future = new CompletableFuture<>();

		Read(Function<CommandWire, CompletionStage<T>> command) {
			this.command = command;
		}

	}

}
