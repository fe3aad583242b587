package dev.realtime.core;

/**
 * What became of a subscription that the server ends.
 *
 * @since 0.1.0
 */
public enum UnsubscribeOutcome {

	/** It was live: what the client got before is all it gets. */
	WAS_LIVE,

	/** It never became live, and never will: the client gets nothing of it. */
	WAS_PENDING,

	/** It had ended already. */
	UNKNOWN

}
