package dev.realtime;

/**
 * What becomes of a client that does not read fast enough.
 *
 * @since 0.1.0
 * @see RealtimeTopic#overflow()
 */
public enum Overflow {

	/**
	 * It is disconnected with code 4001 once {@code realtime.limits.pending-bytes} wait
	 * for it. It comes back and recovers what it missed.
	 */
	DISCONNECT,

	/**
	 * Only the newest message of each key is kept for it from half of that on; a
	 * {@code gap} comes before them. For values of which only the latest counts, such as
	 * prices.
	 */
	CONFLATE

}
