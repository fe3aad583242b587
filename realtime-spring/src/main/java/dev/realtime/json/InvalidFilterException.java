package dev.realtime.json;

/**
 * A client sent a filter that breaks the grammar or a limit. The message is fit for the
 * client.
 *
 * @since 0.1.0
 */
public final class InvalidFilterException extends Exception {

	InvalidFilterException(String message) {
		super(message);
	}

}
