package dev.realtime.core;

/**
 * Where a {@link Backplane} delivers.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface BackplaneListener {

	/**
	 * Called for every publication of a channel this node is interested in. Must neither
	 * block nor call back into the backplane.
	 * @param channel the channel
	 * @param publication the publication
	 */
	void onPublication(ChannelId channel, Publication publication);

	/**
	 * Called for everything ephemeral on a channel this node is interested in. Must
	 * neither block nor call back into the backplane.
	 * @param channel the channel
	 * @param ephemeral what passes by
	 */
	default void onEphemeral(ChannelId channel, Ephemeral ephemeral) {
	}

	/**
	 * Called when publications may have been missed, on any channel, once everything
	 * arrives again. Must neither block nor call back into the backplane.
	 */
	default void onInterruption() {
	}

}
