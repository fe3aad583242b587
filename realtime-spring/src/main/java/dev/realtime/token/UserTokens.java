package dev.realtime.token;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;

import dev.realtime.Decision;
import dev.realtime.Presence;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.topic.SubscribeAttempt;
import dev.realtime.topic.Topic;
import dev.realtime.topic.TopicPresence;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;

/**
 * Issues tokens for users that the application has authenticated. Thread-safe.
 *
 * @since 0.1.0
 */
public final class UserTokens {

	private static final Logger logger = LoggerFactory.getLogger(UserTokens.class);

	private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

	private final InstantSource clock;

	private final ConnectionTokens connections;

	private final SubscriptionTokens subscriptions;

	/**
	 * Tokens of these keys.
	 * @param keys the keys
	 * @param ttl how long a token can be used
	 * @param clock tells the time
	 */
	public UserTokens(SigningKeys keys, Duration ttl, InstantSource clock) {
		this.clock = clock;
		this.connections = new ConnectionTokens(keys, ttl, clock);
		this.subscriptions = new SubscriptionTokens(keys, ttl, clock);
	}

	/**
	 * Says who connects.
	 * @return the connection tokens
	 */
	public ConnectionTokens connections() {
		return this.connections;
	}

	/**
	 * Says who may subscribe to what.
	 * @return the subscription tokens
	 */
	public SubscriptionTokens subscriptions() {
		return this.subscriptions;
	}

	/**
	 * Issues a connection token. It is bound to the HTTP session of the request that this
	 * thread handles, if there is one.
	 * @param user who may connect
	 * @param tenant the user's tenant
	 * @return the token
	 */
	public IssuedToken connection(Authentication user, Tenant tenant) {
		return this.connections.issue(subject(user, tenant), this.trust.isAnonymous(user),
				AuthenticationExpiry.of(user));
	}

	/**
	 * Issues a subscription token, after the rule of the topic said yes. It also says
	 * whether the user may send events there, for which that rule is asked here.
	 * @param user who may subscribe
	 * @param tenant the user's tenant
	 * @param topic the topic
	 * @param name the name of the topic with its variables filled in
	 * @param filter the choice of messages
	 * @param validity after which time the rule wants to be asked again, or {@code null}
	 * if it does not
	 * @return the token
	 */
	public IssuedToken subscription(Authentication user, Tenant tenant, Topic topic, String name, TopicFilter filter,
			@Nullable Duration validity) {
		Decision publish = decideOnPublishing(user, tenant, topic, name);
		Duration shortest = shorter(validity, publish.isAllowed() ? publish.validity() : null);
		// In whole seconds, as all times in tokens, and never none.
		Instant recheckAt = (shortest != null)
				? this.clock.instant().plus(shortest).truncatedTo(ChronoUnit.SECONDS).plusSeconds(1) : null;
		return this.subscriptions.issue(subject(user, tenant), name, filter, new SubscriptionGrant(topic.settings(),
				recheckAt, presence(user, tenant, topic, name, filter), publish.isAllowed()));
	}

	private static PresenceGrant presence(Authentication user, Tenant tenant, Topic topic, String name,
			TopicFilter filter) {
		TopicPresence presence = topic.presence();
		Map<String, String> variables = topic.match(name);
		if (presence.mode() == Presence.NONE || variables == null) {
			return PresenceGrant.NONE;
		}
		try {
			return new PresenceGrant(presence.mode(), presence.hasVisibility(),
					presence.info(new SubscribeAttempt(user, tenant, variables, filter)));
		}
		catch (Exception ex) {
			logger.warn("The @PresenceInfo method of '{}' failed: the token is for publications only", topic, ex);
			return PresenceGrant.NONE;
		}
	}

	private static Decision decideOnPublishing(Authentication user, Tenant tenant, Topic topic, String name) {
		Map<String, String> variables = topic.match(name);
		return (variables != null)
				? topic.decideOnPublishing(new SubscribeAttempt(user, tenant, variables, TopicFilter.none()))
				: Decision.deny();
	}

	private static @Nullable Duration shorter(@Nullable Duration one, @Nullable Duration other) {
		if (one == null || other == null) {
			return (one != null) ? one : other;
		}
		return (one.compareTo(other) < 0) ? one : other;
	}

	private static TokenSubject subject(Authentication user, Tenant tenant) {
		return new TokenSubject(user.getName(), tenant, SessionReference.ofCurrentRequest());
	}

}
