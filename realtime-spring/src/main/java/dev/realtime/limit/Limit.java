package dev.realtime.limit;

import java.util.Locale;

/**
 * What a node limits. Each is a property {@code realtime.limits.*} of the same name.
 *
 * @since 0.1.0
 */
public enum Limit {

	/** Connections of the node. */
	CONNECTIONS,

	/** Connections of one user of a tenant; anonymous users do not count. */
	CONNECTIONS_PER_USER,

	/** Connections of one tenant. */
	CONNECTIONS_PER_TENANT,

	/** Connections from one address that have not said CONNECT yet. */
	UNAUTHENTICATED_CONNECTIONS_PER_ADDRESS,

	/** Handshakes of the node. */
	HANDSHAKES_PER_SECOND,

	/** Subscriptions of one connection. */
	SUBSCRIPTIONS_PER_CONNECTION,

	/** Subscriptions of one user of a tenant; anonymous users do not count. */
	SUBSCRIPTIONS_PER_USER,

	/** Subscriptions of one tenant. */
	SUBSCRIPTIONS_PER_TENANT,

	/** SUBSCRIBE frames of one connection. */
	SUBSCRIBES_PER_SECOND,

	/** Calls of one connection that are not answered yet. */
	CALLS_PER_CONNECTION,

	/** Frames of one connection, heart-beats, fragments, pings and pongs included. */
	FRAMES_PER_SECOND,

	/** The same of one user of a tenant. */
	FRAMES_PER_SECOND_PER_USER,

	/** The same of one tenant. */
	FRAMES_PER_SECOND_PER_TENANT,

	/** Bytes of one connection. */
	BYTES_PER_SECOND,

	/** Bytes of one user of a tenant. */
	BYTES_PER_SECOND_PER_USER,

	/** Bytes of one tenant. */
	BYTES_PER_SECOND_PER_TENANT,

	/** Events that one connection sends to topics. */
	CLIENT_EVENTS_PER_SECOND,

	/** Bytes of one filter. */
	FILTER_SIZE,

	/** Keys of one filter. */
	FILTER_KEYS,

	/** Values that a filter has for one key. */
	FILTER_VALUES,

	/** Headers of one frame. */
	HEADERS_PER_FRAME,

	/** Bytes of one header of a frame. */
	HEADER_SIZE;

	/**
	 * The name as in properties and meters.
	 * @return lower case words joined by hyphens
	 */
	public String label() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Whether it is what one connection does that counts, and that of nobody else.
	 * @return {@code true} if only the connection itself can exceed it
	 */
	boolean isOfConnection() {
		return this == FRAMES_PER_SECOND || this == BYTES_PER_SECOND || this == SUBSCRIBES_PER_SECOND;
	}

}
