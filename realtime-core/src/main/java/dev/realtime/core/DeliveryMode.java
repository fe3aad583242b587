package dev.realtime.core;

/**
 * How a publication comes to a subscription.
 *
 * @since 0.1.0
 */
public enum DeliveryMode {

	/** As it was published. */
	LIVE,

	/** As the newest message, to a new subscription. */
	REPLAY,

	/** As one of those missed since the position the client knew. */
	RECOVERED,

	/** As something that passes by: its position is none, and only an id. */
	EPHEMERAL

}
