package dev.realtime.stomp;

import dev.realtime.Decision;
import dev.realtime.Tenant;
import dev.realtime.topic.ChannelSettings;
import dev.realtime.topic.UserChannel;

import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;

/**
 * The right of everybody who is somebody to their own channel.
 *
 * @param settings what holds for these channels
 */
record UserRight(ChannelSettings settings) implements SubscribeRight {

	private static final AuthenticationTrustResolver TRUST = new AuthenticationTrustResolverImpl();

	@Override
	public String topic() {
		return UserChannel.NAME;
	}

	@Override
	public Decision check(Authentication user, Tenant tenant) {
		return TRUST.isAuthenticated(user) ? Decision.allow() : Decision.deny();
	}

}
