package dev.realtime.stomp;

/**
 * Why a subscription is refused.
 */
final class DeniedException extends Exception {

	private final ControlCode code;

	private final String detail;

	DeniedException(ControlCode code) {
		this(code, code.detail());
	}

	DeniedException(ControlCode code, String detail) {
		super(detail, null, false, false);
		this.code = code;
		this.detail = detail;
	}

	ControlCode code() {
		return this.code;
	}

	String detail() {
		return this.detail;
	}

}
