package dev.realtime.core;

/**
 * What a {@link Lane} counts in a turn, handed over to its transport at the end. Not
 * thread-safe: its lane owns it.
 */
final class TurnStatistics {

	private final Transport transport;

	/**
	 * When what was written was published. A task delivers one publication at most, and
	 * the turn of a channel is a task itself.
	 */
	private final long[] published = new long[LaneQueue.TASKS_PER_TURN];

	private int publishedCount;

	private long deliveries;

	private long conflated;

	TurnStatistics(Transport transport) {
		this.transport = transport;
	}

	void delivered() {
		this.deliveries++;
	}

	long deliveries() {
		return this.deliveries;
	}

	void conflated(int count) {
		this.conflated += count;
	}

	/**
	 * Something was written.
	 * @param published when it was published, as {@link System#nanoTime()}
	 */
	void written(long published) {
		this.published[this.publishedCount++] = published;
	}

	/**
	 * Before the flush, so that who got a message finds it counted.
	 */
	void count() {
		if (this.deliveries > 0) {
			this.transport.deliveries.add(this.deliveries);
			this.deliveries = 0;
		}
		if (this.conflated > 0) {
			this.transport.dropped(DropReason.CONFLATED, this.conflated);
			this.conflated = 0;
		}
	}

	/**
	 * After the flush.
	 */
	void observe() {
		if (this.publishedCount > 0) {
			long now = System.nanoTime();
			for (int i = 0; i < this.publishedCount; i++) {
				this.transport.written(now - this.published[i]);
			}
			this.publishedCount = 0;
		}
	}

}
