package dev.realtime;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by an {@link OnClientEvent} method that does not want an event. Its client is
 * told why.
 *
 * @since 0.1.0
 */
public class RejectedEventException extends RuntimeException {

	private final transient @Nullable Object data;

	/**
	 * Rejects an event.
	 * @param reason a sentence for the client
	 */
	public RejectedEventException(String reason) {
		this(reason, null);
	}

	/**
	 * Rejects an event, and says what the client needs to go on, such as the version that
	 * an edit has to start from.
	 * @param reason a sentence for the client
	 * @param data what Jackson turns into JSON, at most 8 KB
	 */
	public RejectedEventException(String reason, @Nullable Object data) {
		super(reason);
		this.data = data;
	}

	/**
	 * What the client needs to go on.
	 * @return the data, or {@code null} if there is none
	 */
	public @Nullable Object getData() {
		return this.data;
	}

}
