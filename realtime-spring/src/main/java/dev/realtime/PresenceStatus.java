package dev.realtime;

/**
 * What a member says about itself.
 *
 * @since 0.1.0
 */
public enum PresenceStatus {

	/** There, which is what a member is that says nothing. */
	ONLINE,

	/** Not at the screen. */
	AWAY,

	/** Not to be disturbed. */
	BUSY

}
