package dev.realtime.core;

import java.time.Duration;

/**
 * Why the server ended a connection. Clients reconnect by the range of the code: 4000 to
 * 4499 yes, 4500 to 4999 no.
 *
 * @since 0.1.0
 */
public enum CloseReason {

	/** The client said DISCONNECT. */
	NORMAL(1000, "bye"),

	/** The server shuts down or restarts. */
	GOING_AWAY(4000, "going away"),

	/** The client did not read fast enough, {@code realtime.limits.pending-bytes}. */
	SLOW_CONSUMER(4001, "slow consumer"),

	/** Neither a frame nor a heart-beat arrived in time. */
	NO_HEARTBEAT(4002, "no heart-beat"),

	/** No CONNECT arrived in time, {@code realtime.limits.connect-timeout}. */
	CONNECT_TIMEOUT(4003, "no CONNECT in time"),

	/** The server failed; the log says why. */
	INTERNAL_ERROR(4004, "internal error"),

	/** The client went on sending more than it may, {@code realtime.limits}. */
	RATE_LIMITED(4005, "rate limited"),

	/** The node, the user or the tenant has as many connections as it may. */
	TOO_MANY_CONNECTIONS(4006, "too many connections"),
	/**
	 * The authentication of the client has ended, such as a token that has expired: come
	 * back with a fresh one.
	 */
	AUTHENTICATION_EXPIRED(4007, "authentication expired"),

	/** The application wants the user to authenticate again. */
	ACCESS_CHANGED(4008, "access changed"),

	/** The client broke the STOMP protocol. */
	PROTOCOL_ERROR(4500, "protocol error"),

	/** The client is not authenticated, or has no tenant. */
	UNAUTHORIZED(4501, "unauthorized"),

	/** The client went on sending what it may not. */
	ABUSE(4502, "too many refused frames"),

	/** The HTTP session of the client has ended, by logout or time-out. */
	SESSION_ENDED(4503, "session ended"),

	/** The application ended the connection. */
	DISCONNECTED(4504, "disconnected by the application");

	private static final int FIRST_RECONNECT_CODE = 4000;

	private static final int FIRST_FINAL_CODE = 4500;

	private final int code;

	private final String text;

	CloseReason(int code, String text) {
		this.code = code;
		this.text = text;
	}

	/**
	 * The WebSocket close code.
	 * @return 4000 to 4999, or 1000 for the normal end
	 */
	public int code() {
		return this.code;
	}

	/**
	 * The reason that goes with the code.
	 * @return a few words
	 */
	public String text() {
		return this.text;
	}

	/**
	 * The reason, with when to come back.
	 * @param reconnectAfter the time from now
	 * @return a few words and the time in milliseconds
	 */
	public String text(Duration reconnectAfter) {
		return this.text + ", reconnect-after=" + reconnectAfter.toMillis();
	}

	/**
	 * Whether a client should come back.
	 * @return {@code true} if trying again can help
	 */
	public boolean isReconnect() {
		return this.code >= FIRST_RECONNECT_CODE && this.code < FIRST_FINAL_CODE;
	}

}
