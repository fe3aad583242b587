package dev.realtime.token;

import org.springframework.security.core.AuthenticationException;

/**
 * A token is no good. The message says why, for the log; it is not for the client, and
 * nothing of the token is in it.
 *
 * @since 0.1.0
 */
public final class InvalidTokenException extends AuthenticationException {

	InvalidTokenException(String message) {
		super(message);
	}

	/**
	 * Costs nothing: anybody can send tokens that are no good.
	 */
	@Override
	public synchronized Throwable fillInStackTrace() {
		return this;
	}

}
