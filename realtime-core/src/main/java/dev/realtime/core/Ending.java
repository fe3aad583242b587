package dev.realtime.core;

import org.jspecify.annotations.Nullable;

/**
 * How a connection or a subscription ended.
 *
 * @since 0.1.0
 */
public enum Ending {

	/** The client left, or has to stay away. */
	LEFT,

	/** The connection broke, and the client may be back in a moment. */
	LOST;

	/**
	 * How a connection ended.
	 * @param reason why the server ended it, or {@code null} if it was the client alone
	 */
	static Ending of(@Nullable CloseReason reason) {
		return (reason == null || reason.isReconnect()) ? LOST : LEFT;
	}

}
