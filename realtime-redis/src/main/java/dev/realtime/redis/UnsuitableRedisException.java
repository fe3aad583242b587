package dev.realtime.redis;

/**
 * The Redis server can be reached, but can not serve as a backplane.
 *
 * @since 0.1.0
 */
public final class UnsuitableRedisException extends RuntimeException {

	private final String action;

	UnsuitableRedisException(String message, String action, Throwable cause) {
		super(message, cause);
		this.action = action;
	}

	/**
	 * What to do about it.
	 * @return a sentence
	 */
	public String getAction() {
		return this.action;
	}

}
