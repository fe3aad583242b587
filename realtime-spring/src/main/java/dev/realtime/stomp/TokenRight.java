package dev.realtime.stomp;

import java.time.Duration;
import java.util.function.Predicate;

import dev.realtime.Decision;
import dev.realtime.Tenant;
import dev.realtime.topic.ChannelSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;

/**
 * The right to a topic by a token, which says that the rule said yes a moment ago. Nobody
 * here can ask the rule again.
 *
 * @param topic the name of the channel
 * @param settings what the topic says about its channels
 * @param presence what the token says about presence
 * @param validity after which time a fresh token is needed, or {@code null} if none is
 * @param publish whether the client may send events to the channel too
 * @param outdated whether the right of a user was withdrawn since the token was issued
 */
record TokenRight(String topic, ChannelSettings settings, PresenceTerms presence, @Nullable Duration validity,
		boolean publish, Predicate<Authentication> outdated) implements SubscribeRight {

	@Override
	public Decision check(Authentication user, Tenant tenant) {
		if (this.outdated.test(user)) {
			return Decision.deny();
		}
		return (this.validity != null) ? Decision.allow().recheckAfter(this.validity) : Decision.allow();
	}

	@Override
	public ControlCode refusal() {
		return ControlCode.TOKEN_INVALID;
	}

	@Override
	public boolean isCheckable() {
		return false;
	}

}
