package dev.realtime.stomp;

import dev.realtime.Decision;
import dev.realtime.Tenant;
import dev.realtime.topic.ChannelSettings;

import org.springframework.security.core.Authentication;

/**
 * The right to a topic by a token, which says that the rule said yes a moment ago. Nobody
 * here can ask the rule again.
 *
 * @param topic the name of the channel
 * @param settings what the topic says about its channels
 */
record TokenRight(String topic, ChannelSettings settings) implements SubscribeRight {

	@Override
	public Decision check(Authentication user, Tenant tenant) {
		return Decision.allow();
	}

	@Override
	public boolean isCheckable() {
		return false;
	}

}
