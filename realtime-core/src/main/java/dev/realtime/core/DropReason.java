package dev.realtime.core;

/**
 * Why something published did not get to a client.
 *
 * @since 0.1.0
 */
public enum DropReason {

	/**
	 * A newer publication of the same key, or event of the same sender, took its place,
	 * for a client that did not keep up. Counted per subscription.
	 */
	CONFLATED,

	/**
	 * A lane was behind by more than the history of the channel; its subscribers were
	 * told a gap. Counted per publication and lane.
	 */
	LANE_BEHIND,

	/**
	 * It never came from the backplane; the subscribers were told a gap. Counted per
	 * publication and lane.
	 */
	BACKPLANE_GAP,

	/**
	 * Something ephemeral that a lane had no room for, or that was too much for a client
	 * that did not keep up. Counted once per lane or subscription.
	 */
	EPHEMERAL,

	/**
	 * The client was gone, or was closed before it took what was pending. Counted per
	 * frame.
	 */
	DISCONNECTED

}
