package dev.realtime;

import java.util.List;

/**
 * Who is there now, on all nodes, as far as this node knows: what happens on another node
 * is known here a moment later. Thread-safe; each call looks anew.
 *
 * @since 0.1.0
 * @see Realtime#presence
 */
public interface ChannelPresence {

	/**
	 * Who is there, in the order they came.
	 * @return the members; without {@code info} where the topic is {@link Presence#COUNT}
	 */
	List<PresenceMember> members();

	/**
	 * How many are there.
	 * @return the number of members
	 */
	int count();

	/**
	 * Whether somebody is there.
	 * @param user the name of a user
	 * @return whether the user is a member
	 */
	boolean contains(String user);

}
