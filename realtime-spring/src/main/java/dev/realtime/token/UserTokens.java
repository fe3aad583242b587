package dev.realtime.token;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.topic.Topic;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;

/**
 * Issues tokens for users that the application has authenticated. Thread-safe.
 *
 * @since 0.1.0
 */
public final class UserTokens {

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
	 * Issues a subscription token, after the rule of the topic said yes.
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
		// In whole seconds, as all times in tokens, and never none.
		Instant recheckAt = (validity != null)
				? this.clock.instant().plus(validity).truncatedTo(ChronoUnit.SECONDS).plusSeconds(1) : null;
		return this.subscriptions.issue(subject(user, tenant), name, filter,
				new SubscriptionGrant(topic.settings(), recheckAt));
	}

	private static TokenSubject subject(Authentication user, Tenant tenant) {
		return new TokenSubject(user.getName(), tenant, SessionReference.ofCurrentRequest());
	}

}
