package dev.realtime.core;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits for a {@link Lane}, and its turns. What channels queue is bounded; beyond
 * that they wait themselves. Any thread adds, the executor's takes.
 */
final class LaneQueue {

	/**
	 * Tasks between two flushes, so that a busy channel does not hold back the others.
	 */
	static final int TASKS_PER_TURN = 256;

	/**
	 * Tasks of one channel before the others have their turn.
	 */
	private static final int TASKS_PER_SHARE = 32;

	/**
	 * What may wait for the lane in publications, payloads and bookkeeping together. One
	 * channel may queue as much as it leaves free, so that there is always room for
	 * others: half of it where it is alone, about 70,000 small publications. Beyond that
	 * it waits in its hub, which keeps its newest publications anyway; what no longer
	 * fits there is told as a gap.
	 */
	static final long MAX_QUEUED_BYTES = 32 * 1024 * 1024;

	/** What a queued publication costs besides its payload, roughly. */
	private static final int BYTES_PER_QUEUED = 128;

	private static final Logger logger = LoggerFactory.getLogger(LaneQueue.class);

	private final Executor executor;

	private final Turn turn;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final AtomicLong queuedBytes = new AtomicLong();

	private final Queue<ChannelHub> waiting = new ConcurrentLinkedQueue<>();

	private volatile boolean stopped;

	/** Tasks of this turn so far. */
	private int ran;

	LaneQueue(Executor executor, Turn turn) {
		this.executor = executor;
		this.turn = turn;
	}

	/**
	 * Adds a task, or drops it once the executor is shut down.
	 * @return {@code false} if it was dropped
	 */
	boolean execute(Runnable task) {
		if (this.stopped) {
			return false;
		}
		this.tasks.add(task);
		boolean awake = wake();
		if (!awake) {
			this.tasks.clear();
			this.queuedBytes.set(0);
		}
		return awake;
	}

	/**
	 * Adds a task that comes after all that its channel has queued, and while other
	 * channels have their turns too.
	 */
	void execute(ChannelQueue channel, Runnable task) {
		if (!this.stopped && channel.add(task) && !execute(channel.turn())) {
			channel.clear();
		}
	}

	/**
	 * Adds a task with a payload, or drops it once the executor is shut down.
	 * @return {@code false} if there is no room for it: then {@link #resumeLater} and try
	 * again
	 */
	boolean offer(ChannelQueue channel, int payload, Runnable task) {
		if (this.stopped) {
			return true;
		}
		long bytes = payload + BYTES_PER_QUEUED;
		if (!fits(channel, bytes)) {
			return false;
		}
		reserve(channel, bytes);
		execute(channel, () -> {
			reserve(channel, -bytes);
			task.run();
		});
		return true;
	}

	private boolean fits(ChannelQueue channel, long bytes) {
		long queued = this.queuedBytes.get();
		return queued == 0 || channel.bytes() + bytes <= MAX_QUEUED_BYTES - queued;
	}

	private void reserve(ChannelQueue channel, long bytes) {
		channel.addBytes(bytes);
		this.queuedBytes.addAndGet(bytes);
	}

	long queuedBytes() {
		return this.queuedBytes.get();
	}

	/**
	 * Lets a channel go on when much of what waits is done.
	 */
	void resumeLater(ChannelHub hub) {
		this.waiting.add(hub);
		wake();
	}

	/**
	 * Sees to it that what is queued gets a turn.
	 * @return {@code false} if the executor takes no more
	 */
	private boolean wake() {
		if (this.scheduled.compareAndSet(false, true)) {
			try {
				this.executor.execute(this::run);
			}
			catch (RejectedExecutionException ex) {
				logger.debug("Lane is shut down");
				this.stopped = true;
				return false;
			}
		}
		return true;
	}

	private void run() {
		do {
			takeTurn();
			this.scheduled.set(false);
		}
		while ((!this.tasks.isEmpty() || isResumable()) && !wake());
	}

	/**
	 * Whether a channel waits for the next turn, and there may be no task to bring one.
	 */
	private boolean isResumable() {
		return !this.waiting.isEmpty() && hasCaughtUp();
	}

	private boolean hasCaughtUp() {
		return this.queuedBytes.get() < MAX_QUEUED_BYTES / 4;
	}

	private void takeTurn() {
		this.ran = 0;
		Runnable task = this.tasks.poll();
		while (task != null) {
			run(task);
			task = isFull() ? null : this.tasks.poll();
		}
		run(this.turn::end);
		if (hasCaughtUp()) {
			resumeWaiting();
		}
	}

	private void run(Runnable task) {
		this.ran++;
		try {
			task.run();
		}
		catch (RuntimeException | Error ex) {
			// Others depend on this lane, whatever it is.
			logger.error("Task of a lane failed", ex);
		}
	}

	private boolean isFull() {
		return this.ran >= TASKS_PER_TURN || this.turn.isFull();
	}

	/**
	 * Does some of what waits of one channel. The rest waits for the next turn.
	 */
	void takeShare(ChannelQueue channel) {
		Runnable task = channel.poll();
		for (int i = 1; task != null; i++) {
			run(task);
			task = (i >= TASKS_PER_SHARE || isFull()) ? null : channel.poll();
		}
		if (channel.endTurn()) {
			this.tasks.add(channel.turn());
		}
	}

	private void resumeWaiting() {
		for (int i = this.waiting.size(); i > 0; i--) {
			ChannelHub hub = this.waiting.poll();
			if (hub != null) {
				run(() -> this.turn.resume(hub));
			}
		}
	}

	/**
	 * What a lane makes of a turn.
	 */
	interface Turn {

		/**
		 * Whether enough was done to end the turn.
		 */
		boolean isFull();

		void end();

		/**
		 * Lets a channel go on that had to wait.
		 */
		void resume(ChannelHub hub);

	}

}
