package dev.realtime.stomp;

import org.jspecify.annotations.Nullable;

/**
 * Why a frame is refused.
 */
final class DeniedException extends Exception {

	private final ControlCode code;

	private final String detail;

	private final @Nullable String data;

	DeniedException(ControlCode code) {
		this(code, code.detail());
	}

	DeniedException(ControlCode code, String detail) {
		this(code, detail, null);
	}

	/**
	 * Refuses, and tells more than words do.
	 * @param data more for the client's program, as JSON
	 */
	DeniedException(ControlCode code, String detail, @Nullable String data) {
		super(detail, null, false, false);
		this.code = code;
		this.detail = detail;
		this.data = data;
	}

	ControlCode code() {
		return this.code;
	}

	String detail() {
		return this.detail;
	}

	@Nullable String data() {
		return this.data;
	}

}
