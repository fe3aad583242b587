package dev.realtime.stomp;

/**
 * A frame that has begun and is not complete yet, if there is one. What comes is told by
 * one thread; any may ask. All times are those of {@link System#nanoTime()}.
 */
final class OpenFrame {

	private volatile boolean open;

	private volatile long begun;

	/**
	 * More has come.
	 * @param completed whether a frame was completed by it
	 * @param partial whether a part of a frame is left
	 * @param now the time
	 */
	void read(boolean completed, boolean partial, long now) {
		if (partial && (completed || !this.open)) {
			this.begun = now;
		}
		this.open = partial;
	}

	/**
	 * Whether there is one that began long ago.
	 * @param now the time
	 * @param timeout the nanoseconds it may take
	 * @return {@code true} if it takes longer
	 */
	boolean isOverdue(long now, long timeout) {
		return this.open && now - this.begun > timeout;
	}

}
