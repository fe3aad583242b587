package dev.realtime.core;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * What waits for a lane of one channel, in the order of the channel. The lane takes a
 * share of each queue in turn, so that a message of a quiet channel does not wait for
 * everything that a busy one has queued before it. Any thread adds, the lane takes.
 */
final class ChannelQueue {

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	/** Whether the lane is going to take a turn. */
	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final AtomicLong bytes = new AtomicLong();

	/** How many messages were handed over. Guarded by the hub. */
	private long handedOver;

	/** The same for each turn of this queue. */
	private final Runnable turn;

	ChannelQueue(Lane<?> lane) {
		this.turn = () -> lane.takeShare(this);
	}

	Runnable turn() {
		return this.turn;
	}

	/**
	 * Adds a task.
	 * @return whether the lane has to be told that there is something for it
	 */
	boolean add(Runnable task) {
		this.tasks.add(task);
		return claim();
	}

	@Nullable Runnable poll() {
		return this.tasks.poll();
	}

	/**
	 * Ends a turn.
	 * @return whether the lane has to take another
	 */
	boolean endTurn() {
		if (!this.tasks.isEmpty()) {
			return true;
		}
		this.scheduled.set(false);
		return !this.tasks.isEmpty() && claim();
	}

	private boolean claim() {
		return !this.scheduled.get() && this.scheduled.compareAndSet(false, true);
	}

	void clear() {
		this.tasks.clear();
	}

	/**
	 * The number of the message that is handed over last.
	 */
	long handedOver() {
		return this.handedOver;
	}

	/**
	 * Counts a message that is handed over.
	 */
	long handOver() {
		return ++this.handedOver;
	}

	/**
	 * What waits, in payloads and bookkeeping.
	 */
	long bytes() {
		return this.bytes.get();
	}

	void addBytes(long added) {
		this.bytes.addAndGet(added);
	}

}
