package dev.realtime.topic;

/**
 * A topic is declared in a way that can not work. The application does not start.
 *
 * @since 0.1.0
 */
public final class InvalidTopicException extends RuntimeException {

	private final String action;

	/**
	 * What can not work.
	 * @param description the class, and what is wrong with it
	 * @param action what to write instead
	 */
	public InvalidTopicException(String description, String action) {
		super(description);
		this.action = action;
	}

	/**
	 * What to write instead.
	 * @return one or two sentences
	 */
	public String getAction() {
		return this.action;
	}

}
