package dev.realtime.stomp;

import java.time.Instant;
import java.util.Map;

import dev.realtime.TopicFilter;
import dev.realtime.access.AccessControl;
import dev.realtime.stomp.StompConnection.Identity;
import dev.realtime.token.ConnectionUser;
import dev.realtime.token.InvalidTokenException;
import dev.realtime.token.SubscriptionGrant;
import dev.realtime.token.SubscriptionTokens;
import dev.realtime.token.TokenSubject;
import dev.realtime.topic.ChannelSettings;
import dev.realtime.topic.Topic;
import dev.realtime.topic.Topics;
import dev.realtime.topic.UserChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says who may subscribe to what: the rules of the topics, or a subscription token that
 * was issued after a rule said yes.
 */
final class SubscribeRights {

	private static final Logger logger = LoggerFactory.getLogger(SubscribeRights.class);

	private final @Nullable Topics topics;

	private final SubscriptionTokens tokens;

	private final AccessControl access;

	private final UserRight userRight;

	/**
	 * The rights of these topics.
	 * @param topics the topics, or {@code null} on a relay, which knows none
	 * @param tokens verifies tokens
	 * @param access knows whose rights were withdrawn lately
	 * @param userChannel the channel that every user has
	 */
	SubscribeRights(@Nullable Topics topics, SubscriptionTokens tokens, AccessControl access, UserChannel userChannel) {
		this.topics = topics;
		this.tokens = tokens;
		this.access = access;
		this.userRight = new UserRight(userChannel.settings());
	}

	/**
	 * What a subscription needs. A token is verified here, a rule is asked later.
	 * @param name the name of a topic with its variables filled in
	 * @param token what the client shows
	 */
	SubscribeRight find(Identity identity, String name, TopicFilter filter, @Nullable String token)
			throws DeniedException {
		if (name.equals(UserChannel.NAME)) {
			return this.userRight;
		}
		if (this.topics == null) {
			SubscriptionGrant grant = byToken(identity, name, filter, token);
			return right(identity, name, grant, grant.settings());
		}
		Topic topic = this.topics.find(name);
		Map<String, String> variables = (topic != null) ? topic.match(name) : null;
		if (topic == null || variables == null) {
			throw new DeniedException(ControlCode.UNKNOWN_TOPIC);
		}
		// A rule is asked about the user that the application authenticated, never about
		// one without authorities: it may permit what some authority forbids.
		boolean asked = !(identity.user().getPrincipal() instanceof ConnectionUser);
		if (asked && token == null) {
			return new RuleRight(topic, name, variables, filter);
		}
		SubscriptionGrant grant = byToken(identity, name, filter, token);
		return asked ? new RuleRight(topic, name, variables, filter) : right(identity, name, grant, topic.settings());
	}

	private TokenRight right(Identity identity, String name, SubscriptionGrant grant, ChannelSettings settings) {
		Instant issuedAt = grant.issuedAt();
		return new TokenRight(name, settings, new PresenceTerms.ByToken(grant.presence()), this.tokens.validity(grant),
				grant.publish(), (user) -> issuedAt == null
						|| this.access.isOutdated(identity.tenant(), user.getName(), name, issuedAt));
	}

	private SubscriptionGrant byToken(Identity identity, String name, TopicFilter filter, @Nullable String token)
			throws DeniedException {
		if (token == null) {
			throw new DeniedException(ControlCode.TOKEN_REQUIRED);
		}
		try {
			TokenSubject subject = new TokenSubject(identity.user().getName(), identity.tenant(), identity.session());
			return this.tokens.verify(token, subject, name, filter);
		}
		catch (InvalidTokenException ex) {
			logger.debug("Refused a subscription token: {}", ex.getMessage());
			throw new DeniedException(ControlCode.TOKEN_INVALID);
		}
	}

}
