package dev.realtime.access;

import dev.realtime.Decision;

/**
 * What a live subscription was allowed by. Attached to it; guarded by its connection.
 */
final class Grant {

	static final long NEVER = Long.MAX_VALUE;

	final Right right;

	/** When the decision ceases to hold. */
	long due = NEVER;

	/** Whether the right has to be asked again. */
	boolean stale;

	Grant(Right right) {
		this.right = right;
	}

	void decided(Decision decision, long now) {
		this.due = (decision.validity() != null) ? now + decision.validity().toNanos() : NEVER;
	}

}
