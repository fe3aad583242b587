package dev.realtime.json;

/**
 * A client sent a filter that breaks the grammar or a limit.
 *
 * @since 0.1.0
 */
public final class InvalidFilterException extends Exception {

	private final String detail;

	InvalidFilterException(String detail) {
		super(detail, null, false, false);
		this.detail = detail;
	}

	/**
	 * What is wrong with the filter.
	 * @return a sentence fit for the client
	 */
	public String getDetail() {
		return this.detail;
	}

}
