package dev.realtime.token;

import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.realtime.Overflow;
import dev.realtime.Presence;
import dev.realtime.Replay;
import dev.realtime.Scope;
import dev.realtime.TopicFilter;
import dev.realtime.core.HistoryOptions;
import dev.realtime.topic.ChannelSettings;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that say who may subscribe to what. Each is bound to the user, the tenant, the
 * HTTP session if there is one, the topic and the exact filter. Thread-safe.
 *
 * @since 0.1.0
 */
public final class SubscriptionTokens {

	private static final String AUDIENCE = "realtime:subscription";

	private final SignedTokens tokens;

	/**
	 * Tokens of these keys.
	 * @param keys the keys
	 * @param ttl how long a token can be used
	 * @param clock tells the time
	 */
	public SubscriptionTokens(SigningKeys keys, Duration ttl, InstantSource clock) {
		this.tokens = new SignedTokens(keys, ttl, clock);
	}

	/**
	 * Issues a token, after the rule of the topic said yes.
	 * @param subject who may subscribe with it
	 * @param topic the name of the topic with its variables filled in
	 * @param filter the choice of messages
	 * @param grant what a node without topics has to know
	 * @return the token
	 */
	public IssuedToken issue(TokenSubject subject, String topic, TopicFilter filter, SubscriptionGrant grant) {
		ChannelSettings settings = grant.settings();
		return this.tokens.issue(AUDIENCE,
				new JWTClaimsSet.Builder().subject(subject.user())
					.claim("tenant", subject.tenant().id())
					.claim("sid", subject.session())
					.claim("topic", topic)
					.claim("filter", CanonicalFilter.digest(filter))
					.claim("scope", settings.scope().name())
					.claim("key", settings.key())
					.claim("replay", settings.replay().name())
					.claim("overflow", settings.overflow().name())
					.claim("size", settings.history().size())
					.claim("ttl", settings.history().ttl().toMillis())
					.claim("keys", settings.history().keys())
					.claim("at", this.tokens.now().toEpochMilli())
					.claim("presence", presence(grant.presence()))
					.claim("publish", grant.publish() ? true : null)
					.claim("recheck", SignedTokens.seconds(grant.recheckAt())),
				grant.recheckAt());
	}

	/**
	 * Verifies that a token is for exactly this.
	 * @param token what a client sent
	 * @param subject who wants to subscribe
	 * @param topic the name of the topic with its variables filled in
	 * @param filter the choice of messages
	 * @return what the token permits
	 * @throws InvalidTokenException if it is no good, or for somebody or something else
	 */
	public SubscriptionGrant verify(String token, TokenSubject subject, String topic, TopicFilter filter) {
		JWTClaimsSet claims = this.tokens.verify(AUDIENCE, token);
		try {
			requireSubject(claims, subject);
			if (!SignedTokens.require(claims, "topic").equals(topic)
					|| !SignedTokens.require(claims, "filter").equals(CanonicalFilter.digest(filter))) {
				throw new InvalidTokenException("The token is for another topic or filter");
			}
			return new SubscriptionGrant(settings(claims), recheckAt(claims),
					Instant.ofEpochMilli(number(claims, "at")), presence(claims),
					Boolean.TRUE.equals(claims.getBooleanClaim("publish")));
		}
		catch (ParseException | IllegalArgumentException | ClassCastException ex) {
			throw new InvalidTokenException("The token has claims that can not be read");
		}
	}

	/**
	 * How long a grant holds before the rule wants to be asked again.
	 * @param grant what a token permits
	 * @return the time from now, or {@code null} if the rule does not want to
	 */
	public @Nullable Duration validity(SubscriptionGrant grant) {
		return (grant.recheckAt() != null) ? Duration.between(this.tokens.now(), grant.recheckAt()) : null;
	}

	private static void requireSubject(JWTClaimsSet claims, TokenSubject subject) throws ParseException {
		String session = claims.getStringClaim("sid");
		if (!SignedTokens.require(claims, "sub").equals(subject.user())
				|| !SignedTokens.require(claims, "tenant").equals(subject.tenant().id())) {
			throw new InvalidTokenException("The token is for another user or tenant");
		}
		if (session != null && !session.equals(subject.session())) {
			throw new InvalidTokenException("The token is for another session");
		}
	}

	private @Nullable Instant recheckAt(JWTClaimsSet claims) throws ParseException {
		Instant recheckAt = SignedTokens.instant(claims.getLongClaim("recheck"));
		if (recheckAt != null && !this.tokens.now().isBefore(recheckAt)) {
			throw new InvalidTokenException("The rule wants to be asked again");
		}
		return recheckAt;
	}

	private static ChannelSettings settings(JWTClaimsSet claims) throws ParseException {
		List<String> key = claims.getStringListClaim("key");
		HistoryOptions history = new HistoryOptions(number(claims, "size").intValue(),
				Duration.ofMillis(number(claims, "ttl")), number(claims, "keys").intValue());
		return new ChannelSettings(Scope.valueOf(SignedTokens.require(claims, "scope")),
				(key != null) ? key : List.of(), history, Replay.valueOf(SignedTokens.require(claims, "replay")),
				Overflow.valueOf(SignedTokens.require(claims, "overflow")));
	}

	private static @Nullable Map<String, Object> presence(PresenceGrant presence) {
		if (presence.mode() == Presence.NONE) {
			return null;
		}
		Map<String, Object> claim = new LinkedHashMap<>();
		claim.put("mode", presence.mode().name());
		if (presence.restricted()) {
			claim.put("restricted", true);
		}
		if (presence.info() != null) {
			claim.put("info", presence.info());
		}
		return claim;
	}

	private static PresenceGrant presence(JWTClaimsSet claims) throws ParseException {
		Map<String, Object> claim = claims.getJSONObjectClaim("presence");
		return (claim != null) ? new PresenceGrant(Presence.valueOf(String.valueOf(claim.get("mode"))),
				Boolean.TRUE.equals(claim.get("restricted")), (String) claim.get("info")) : PresenceGrant.NONE;
	}

	private static Long number(JWTClaimsSet claims, String name) throws ParseException {
		Long value = claims.getLongClaim(name);
		if (value == null) {
			throw new InvalidTokenException("The token lacks a claim");
		}
		return value;
	}

}
