package dev.realtime.token;

import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.UUID;

import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import org.jspecify.annotations.Nullable;

/**
 * Tokens as compact JWS. The algorithm is fixed and the header is compared as a whole, so
 * that nothing a client wrote is read before the signature was verified. Thread-safe.
 */
final class SignedTokens {

	/** Far more than any of our tokens has. */
	static final int MAX_LENGTH = 4096;

	/** How much the clocks of nodes may differ. */
	static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

	private final SigningKeys keys;

	private final Duration ttl;

	private final InstantSource clock;

	SignedTokens(SigningKeys keys, Duration ttl, InstantSource clock) {
		this.keys = keys;
		this.ttl = ttl;
		this.clock = clock;
	}

	/**
	 * Whether a text is a token of ours, genuine or not.
	 */
	boolean isOurs(String token) {
		int end = token.indexOf('.');
		return end > 0 && this.keys.find(token.substring(0, end)) != null;
	}

	Instant now() {
		return this.clock.instant();
	}

	/**
	 * Signs claims that are yet to get their audience and times.
	 * @param until when the token ends, if that is before its time to live is over
	 */
	IssuedToken issue(String audience, JWTClaimsSet.Builder claims, @Nullable Instant until) {
		Instant now = now();
		Instant end = now.plus(this.ttl);
		Instant expiresAt = (until != null && until.isBefore(end)) ? until : end;
		claims.audience(audience)
			.issueTime(Date.from(now))
			.expirationTime(Date.from(expiresAt))
			.jwtID(UUID.randomUUID().toString());
		return new IssuedToken(this.keys.current().sign(claims.build()), expiresAt);
	}

	/**
	 * Verifies a token.
	 * @return what it says
	 * @throws InvalidTokenException if it is no good
	 */
	JWTClaimsSet verify(String audience, String token) {
		if (token.length() > MAX_LENGTH) {
			throw new InvalidTokenException("The token is too long");
		}
		int header = token.indexOf('.');
		int payload = token.indexOf('.', header + 1);
		SigningKey key = (header > 0) ? this.keys.find(token.substring(0, header)) : null;
		if (key == null) {
			throw new InvalidTokenException("The token is not of this application or of an unknown key");
		}
		if (payload < 0 || !key.isSigned(token.substring(0, payload), token.substring(payload + 1))) {
			throw new InvalidTokenException("The signature of the token is not valid");
		}
		try {
			JWTClaimsSet claims = JWTClaimsSet
				.parse(new Base64URL(token.substring(header + 1, payload)).decodeToString());
			requireAudience(claims, audience);
			requireTime(claims);
			return claims;
		}
		catch (ParseException | IllegalArgumentException ex) {
			throw new InvalidTokenException("The token has claims that can not be read");
		}
	}

	private static void requireAudience(JWTClaimsSet claims, String audience) {
		if (!claims.getAudience().equals(List.of(audience))) {
			throw new InvalidTokenException("The token is of another kind");
		}
	}

	private void requireTime(JWTClaimsSet claims) {
		Instant now = now();
		Date issued = claims.getIssueTime();
		Date expires = claims.getExpirationTime();
		if (issued == null || expires == null || issued.toInstant().isAfter(now.plus(CLOCK_SKEW))) {
			throw new InvalidTokenException("The token is not valid yet");
		}
		if (!now.isBefore(expires.toInstant().plus(CLOCK_SKEW))) {
			throw new InvalidTokenException("The token has expired");
		}
	}

	static String require(JWTClaimsSet claims, String name) throws ParseException {
		String value = claims.getStringClaim(name);
		if (value == null) {
			throw new InvalidTokenException("The token lacks a claim");
		}
		return value;
	}

	/**
	 * An instant in seconds, as all times in tokens.
	 */
	static @Nullable Long seconds(@Nullable Instant instant) {
		return (instant != null) ? instant.getEpochSecond() : null;
	}

	static @Nullable Instant instant(@Nullable Long seconds) {
		return (seconds != null) ? Instant.ofEpochSecond(seconds) : null;
	}

}
