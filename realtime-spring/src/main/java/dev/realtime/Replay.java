package dev.realtime;

/**
 * What a new subscription gets of the past.
 *
 * @since 0.1.0
 * @see RealtimeTopic#replay()
 */
public enum Replay {

	/**
	 * The newest message that matches the subscription, if there is one.
	 */
	LAST,

	/**
	 * Nothing: only what is published from now on.
	 */
	NONE

}
