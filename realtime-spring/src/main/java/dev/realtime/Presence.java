package dev.realtime;

/**
 * Whether the subscribers of a topic can see who else is there.
 *
 * @since 0.1.0
 */
public enum Presence {

	/** They can not. */
	NONE,

	/** They see each other, and how many they are. */
	MEMBERS,

	/**
	 * They see how many they are: for big rooms, and where nobody is to know who it is.
	 */
	COUNT

}
