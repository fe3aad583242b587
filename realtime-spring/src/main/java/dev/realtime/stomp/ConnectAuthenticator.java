package dev.realtime.stomp;

import org.springframework.security.core.Authentication;

/**
 * Tells who a token in CONNECT belongs to that is none of our own, for connections whose
 * handshake carried no user.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface ConnectAuthenticator {

	/**
	 * Authenticates. May block.
	 * @param token what followed {@code Bearer} in the {@code Authorization} header, or
	 * the {@code passcode}
	 * @return the user
	 * @throws org.springframework.security.core.AuthenticationException if the token is
	 * no good
	 */
	Authentication authenticate(String token);

}
