package dev.realtime.stomp;

/**
 * What the server has to say about a subscription or a refused SEND, in the {@code code}
 * of a message with the header {@code realtime-control}, or of a receipt.
 *
 * @since 0.1.0
 */
public enum ControlCode {

	/** There is no such topic, or the destination is no name of a topic. */
	UNKNOWN_TOPIC("unknown-topic", "There is no such topic"),

	/** The rule of the topic, or the application's security, says no. */
	FORBIDDEN("forbidden", "You may not do this"),

	/**
	 * Here a subscription needs a token, which the application issues. With
	 * {@code revoked}: this node can not tell whether the right still holds.
	 */
	TOKEN_REQUIRED("token-required", "A subscription token is needed here"),

	/** The token has expired, or is for somebody or something else: fetch another. */
	TOKEN_INVALID("token-invalid", "The token is not valid for this, fetch another"),

	/** With {@code revoked}: the right to the subscription was withdrawn. */
	ACCESS_REVOKED("access-revoked", "You may not have this any more"),

	/** The filter breaks the grammar or a limit. */
	BAD_FILTER("bad-filter", "The filter is not valid"),

	/** Another header is missing or not valid. */
	BAD_REQUEST("bad-request", "A header is missing or not valid"),

	/** The connection has a subscription of this id. */
	DUPLICATE_ID("duplicate-id", "The connection has a subscription of this id"),

	/** The connection has as many subscriptions as it may. */
	TOO_MANY_SUBSCRIPTIONS("too-many-subscriptions", "The connection has as many subscriptions as it may"),

	/** The event of a client is not as the topic wants it: the detail says why. */
	INVALID_EVENT("invalid-event", "The event is not valid"),

	/** The client sent more than it may: it may do so again after {@code retry-after}. */
	RATE_LIMITED("rate-limited", "Too much at once, try again later"),

	/** The server can not serve this now; trying again later helps. */
	UNAVAILABLE("unavailable", "Not available now, try again later"),

	/** Nobody serves this destination at this endpoint. */
	UNKNOWN_DESTINATION("unknown-destination", "Nothing is served at this destination"),

	/** Topics are served at another WebSocket endpoint. */
	WRONG_ENDPOINT("wrong-endpoint", "Topics are not served at this WebSocket endpoint"),

	/** What a call brought can not be read, or is not valid. */
	INVALID_REQUEST("invalid-request", "The request is not valid"),

	/** What a call was for failed. */
	FAILED("failed", "The request failed"),

	/** Messages were lost and can not be had any more: fetch the data again. */
	HISTORY_LOST("history-lost", "Messages were missed, fetch the data again");

	private final String code;

	private final String detail;

	ControlCode(String code, String detail) {
		this.code = code;
		this.detail = detail;
	}

	/**
	 * The code on the wire.
	 * @return lower case words joined by hyphens
	 */
	public String code() {
		return this.code;
	}

	/**
	 * What it means, where nothing more exact is known.
	 * @return a sentence
	 */
	public String detail() {
		return this.detail;
	}

}
