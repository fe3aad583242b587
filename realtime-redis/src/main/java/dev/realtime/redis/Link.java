package dev.realtime.redis;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Keeps a wire to Redis: opens a new one whenever the last was lost, until it is closed.
 * Thread-safe. Opening blocks a thread of its own.
 *
 * @param <W> the kind of wire
 */
final class Link<W extends Wire> {

	private static final long FIRST_DELAY_MILLIS = 50;

	/**
	 * A node is back within this after Redis is; nobody notices one try in two seconds.
	 */
	private static final long MAX_DELAY_MILLIS = 2000;

	private final Callable<W> opener;

	private final Listener<W> listener;

	private final ScheduledExecutorService executor;

	private final CompletableFuture<@Nullable Exception> firstAttempt = new CompletableFuture<>();

	private volatile @Nullable W wire;

	private boolean closed;

	private long delayMillis = FIRST_DELAY_MILLIS;

	Link(Callable<W> opener, Listener<W> listener, ScheduledExecutorService executor) {
		this.opener = opener;
		this.listener = listener;
		this.executor = executor;
	}

	/**
	 * Starts, and keeps going.
	 * @return completed after the first attempt, with the failure if there was one
	 */
	CompletableFuture<@Nullable Exception> open() {
		schedule(0);
		return this.firstAttempt;
	}

	@Nullable W wire() {
		return this.wire;
	}

	/**
	 * Replaces a wire that is of no use any more. Does nothing if that happened already.
	 */
	void lost(W lost, String reason) {
		synchronized (this) {
			if (this.wire != lost) {
				return;
			}
			this.wire = null;
			this.listener.onDown(reason);
		}
		lost.close();
		schedule(0);
	}

	void close() {
		W last;
		synchronized (this) {
			this.closed = true;
			last = this.wire;
			this.wire = null;
		}
		if (last != null) {
			last.close();
		}
		this.executor.shutdownNow();
	}

	private void tryOpen() {
		try {
			use(this.opener.call());
			this.firstAttempt.complete(null);
		}
		catch (Exception ex) {
			synchronized (this) {
				if (this.closed) {
					return;
				}
				this.listener.onDown(Failures.describe(ex));
			}
			this.firstAttempt.complete(ex);
			schedule(this.delayMillis + ThreadLocalRandom.current().nextLong(this.delayMillis));
			this.delayMillis = Math.min(2 * this.delayMillis, MAX_DELAY_MILLIS);
		}
	}

	private void use(W opened) {
		this.delayMillis = FIRST_DELAY_MILLIS;
		synchronized (this) {
			if (this.closed) {
				opened.close();
				return;
			}
			this.wire = opened;
		}
		opened.onLost(() -> lost(opened, "The connection to Redis was lost"));
		this.listener.onUp(opened);
	}

	private void schedule(long delay) {
		try {
			this.executor.schedule(this::tryOpen, delay, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// Closed meanwhile.
		}
	}

	/**
	 * Who uses the wires.
	 *
	 * @param <W> the kind of wire
	 */
	interface Listener<W> {

		/**
		 * There is a wire. It may have been lost again already.
		 */
		void onUp(W wire);

		/**
		 * There is none, or still none.
		 */
		void onDown(String reason);

	}

}
