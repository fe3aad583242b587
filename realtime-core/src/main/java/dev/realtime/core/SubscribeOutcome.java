package dev.realtime.core;

/**
 * What became of the wish to subscribe.
 *
 * @since 0.1.0
 */
public enum SubscribeOutcome {

	/** The subscription is on its way to being live; its receipt follows. */
	ACCEPTED,

	/** The connection has a subscription of this id. */
	DUPLICATE_ID,

	/** The connection has as many subscriptions as it may. */
	TOO_MANY,

	/** Connections that count together have as many subscriptions as they may. */
	QUOTA_EXCEEDED,

	/** The connection is gone. */
	CLOSED

}
