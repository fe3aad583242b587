package dev.realtime.token;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.util.ClassUtils;

/**
 * When an authentication ends by itself: with the bearer token that it was made of.
 *
 * @since 0.1.0
 */
public final class AuthenticationExpiry {

	private static final boolean OAUTH2_PRESENT = ClassUtils
		.isPresent("org.springframework.security.oauth2.core.OAuth2Token", AuthenticationExpiry.class.getClassLoader());

	private AuthenticationExpiry() {
	}

	/**
	 * When an authentication ends.
	 * @param user who is authenticated
	 * @return the end, or {@code null} if there is none
	 */
	public static @Nullable Instant of(Authentication user) {
		if (user.getPrincipal() instanceof ConnectionUser connection) {
			return connection.expiresAt();
		}
		return OAUTH2_PRESENT ? OAuth2.expiry(user.getCredentials()) : null;
	}

	/**
	 * Keeps the optional classes away from applications that do not have them.
	 */
	private static final class OAuth2 {

		static @Nullable Instant expiry(@Nullable Object credentials) {
			return (credentials instanceof OAuth2Token token) ? token.getExpiresAt() : null;
		}

	}

}
