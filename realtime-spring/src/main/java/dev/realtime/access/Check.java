package dev.realtime.access;

/**
 * A right that is being asked. Guarded by its connection.
 */
final class Check {

	final Right right;

	/** When there is no more waiting. */
	final long deadline;

	private final Runnable whenTimedOut;

	/**
	 * Whether the answer will be out of date, so that the right has to be asked again.
	 */
	boolean stale;

	/** Whether the answer does not matter any more. */
	boolean revoked;

	boolean timedOut;

	Check(Right right, long deadline, Runnable whenTimedOut) {
		this.right = right;
		this.deadline = deadline;
		this.whenTimedOut = whenTimedOut;
	}

	void timeOut() {
		this.timedOut = true;
		this.whenTimedOut.run();
	}

}
