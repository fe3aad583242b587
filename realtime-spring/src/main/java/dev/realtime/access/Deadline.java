package dev.realtime.access;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * How long a client waits for something that the application does. Either it is done in
 * time or it is too late, never both. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Deadline {

	private final GuardedConnection connection;

	private final Supplier<String> what;

	private final long time;

	private final Runnable whenMissed;

	private final AtomicBoolean over = new AtomicBoolean();

	Deadline(GuardedConnection connection, Supplier<String> what, long time, Runnable whenMissed) {
		this.connection = connection;
		this.what = what;
		this.time = time;
		this.whenMissed = whenMissed;
	}

	/**
	 * It is done.
	 * @return {@code false} if that is too late, or was said before: then it has no
	 * effect
	 */
	public boolean meet() {
		boolean first = this.over.compareAndSet(false, true);
		if (first) {
			this.connection.forget(this);
		}
		return first;
	}

	long time() {
		return this.time;
	}

	/**
	 * It is too late.
	 * @return {@code false} if it was done in time
	 */
	boolean miss() {
		boolean first = this.over.compareAndSet(false, true);
		if (first) {
			this.whenMissed.run();
		}
		return first;
	}

	@Override
	public String toString() {
		return this.what.get();
	}

}
