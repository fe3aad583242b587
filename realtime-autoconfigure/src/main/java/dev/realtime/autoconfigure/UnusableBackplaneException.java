package dev.realtime.autoconfigure;

/**
 * The application asks for a backplane that it does not have.
 */
final class UnusableBackplaneException extends RuntimeException {

	private final String action;

	UnusableBackplaneException(String message, String action) {
		super(message);
		this.action = action;
	}

	String getAction() {
		return this.action;
	}

}
