package dev.realtime.autoconfigure;

/**
 * The settings of the application can not work, or not safely.
 */
final class InvalidSettingsException extends RuntimeException {

	private final String action;

	InvalidSettingsException(String message, String action) {
		super(message);
		this.action = action;
	}

	String getAction() {
		return this.action;
	}

}
