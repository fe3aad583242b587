package dev.realtime.redis;

import java.util.LinkedHashSet;
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
	 * Who asks more often than this while Redis is away has given up on the first
	 * already.
	 */
	private static final int MAX_UNANSWERED = 100_000;

	private static final long RETRY_MILLIS = 100;

	private final Link<CommandWire> link;

	private final ScheduledExecutorService scheduler;

	/** The oldest first. */
	private final LinkedHashSet<Read<?>> unanswered = new LinkedHashSet<>();

	Reads(Link<CommandWire> link, ScheduledExecutorService scheduler) {
		this.link = link;
		this.scheduler = scheduler;
	}

	<T> CompletableFuture<T> read(Function<CommandWire, CompletionStage<T>> command) {
		Read<T> read = new Read<>(command);
		add(read);
		ask(read);
		return read.future;
	}

	/**
	 * Goes on, on a new wire.
	 */
	void resume() {
		List<Read<?>> reads;
		synchronized (this) {
			reads = List.copyOf(this.unanswered);
		}
		reads.forEach(this::ask);
	}

	synchronized void close() {
		CancellationException closed = new CancellationException("The backplane was closed");
		List.copyOf(this.unanswered).forEach((read) -> read.future.completeExceptionally(closed));
		this.unanswered.clear();
	}

	private synchronized void add(Read<?> read) {
		this.unanswered.add(read);
		if (this.unanswered.size() > MAX_UNANSWERED) {
			Read<?> oldest = this.unanswered.iterator().next();
			this.unanswered.remove(oldest);
			oldest.future.completeExceptionally(new RedisException("Redis is away, and too much waits for it"));
		}
	}

	private synchronized boolean remove(Read<?> read) {
		return this.unanswered.remove(read);
	}

	/**
	 * The wire to ask on, if it has not been asked on that.
	 */
	private synchronized @Nullable CommandWire next(Read<?> read) {
		CommandWire wire = this.link.wire();
		if (wire == null || read.wire == wire || !this.unanswered.contains(read)) {
			return null;
		}
		read.wire = wire;
		return wire;
	}

	private <T> void ask(Read<T> read) {
		CommandWire wire = next(read);
		if (wire == null) {
			return;
		}
		try {
			read.command.apply(wire).whenComplete((answer, failure) -> {
				if (failure != null) {
					onFailure(read, wire, failure);
				}
				else if (remove(read)) {
					read.future.complete(answer);
				}
			});
		}
		catch (RuntimeException ex) {
			onFailure(read, wire, ex);
		}
	}

	private void onFailure(Read<?> read, CommandWire wire, Throwable failure) {
		if (Failures.isFinal(failure)) {
			if (remove(read)) {
				read.future.completeExceptionally(Failures.unwrap(failure));
			}
			return;
		}
		synchronized (this) {
			if (read.wire == wire) {
				read.wire = null;
			}
		}
		try {
			this.scheduler.schedule(() -> ask(read), RETRY_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// Closed meanwhile.
		}
	}

	/**
	 * A question.
	 */
	private static final class Read<T> {

		private final Function<CommandWire, CompletionStage<T>> command;

		private final CompletableFuture<T> future = new CompletableFuture<>();

		/** On which it was asked, if that has not failed. */
		private @Nullable CommandWire wire;

		Read(Function<CommandWire, CompletionStage<T>> command) {
			this.command = command;
		}

	}

}
