package dev.realtime.token;

import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.realtime.Tenant;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.authentication.preauth.PreAuthenticatedAuthenticationToken;

/**
 * Tokens that say who connects. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ConnectionTokens {

	private static final String AUDIENCE = "realtime:connection";

	private final SignedTokens tokens;

	/**
	 * Tokens of these keys.
	 * @param keys the keys
	 * @param ttl how long a token can be used
	 * @param clock tells the time
	 */
	public ConnectionTokens(SigningKeys keys, Duration ttl, InstantSource clock) {
		this.tokens = new SignedTokens(keys, ttl, clock);
	}

	/**
	 * Whether a text looks like a token of ours, so that nobody else has to be asked
	 * about it.
	 * @param token what a client sent
	 * @return {@code true} also for forged, expired and subscription tokens
	 */
	public boolean isOurs(String token) {
		return this.tokens.isOurs(token);
	}

	/**
	 * Issues a token.
	 * @param subject who may connect with it
	 * @param anonymous whether that is nobody in particular
	 * @param until when the authentication of the user ends, if it does
	 * @return the token
	 */
	public IssuedToken issue(TokenSubject subject, boolean anonymous, @Nullable Instant until) {
		return this.tokens.issue(AUDIENCE,
				new JWTClaimsSet.Builder().subject(subject.user())
					.claim("tenant", subject.tenant().id())
					.claim("sid", subject.session())
					.claim("anonymous", anonymous ? true : null)
					.claim("until", SignedTokens.seconds(until)),
				until);
	}

	/**
	 * Tells who a token belongs to.
	 * @param token what a client sent
	 * @return the user, with a {@link ConnectionUser} as principal, or an anonymous one
	 * @throws InvalidTokenException if the token is no good
	 */
	public Authentication authenticate(String token) {
		JWTClaimsSet claims = this.tokens.verify(AUDIENCE, token);
		try {
			ConnectionUser user = new ConnectionUser(SignedTokens.require(claims, "sub"),
					new Tenant(SignedTokens.require(claims, "tenant")), claims.getStringClaim("sid"),
					SignedTokens.instant(claims.getLongClaim("until")));
			if (user.expiresAt() != null && !this.tokens.now().isBefore(user.expiresAt())) {
				throw new InvalidTokenException("The authentication has ended in which the token was issued");
			}
			return Boolean.TRUE.equals(claims.getBooleanClaim("anonymous"))
					? new AnonymousAuthenticationToken("realtime", user,
							AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"))
					: new PreAuthenticatedAuthenticationToken(user, "", AuthorityUtils.NO_AUTHORITIES);
		}
		catch (ParseException | IllegalArgumentException ex) {
			throw new InvalidTokenException("The token has claims that can not be read");
		}
	}

}
