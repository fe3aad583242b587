package dev.realtime.token;

import java.time.Instant;

/**
 * A token for a client.
 *
 * @param value the token
 * @param expiresAt until when it can be used
 * @since 0.1.0
 */
public record IssuedToken(String value, Instant expiresAt) {

	@Override
	public String toString() {
		return "IssuedToken[expiresAt=" + this.expiresAt + "]";
	}

}
