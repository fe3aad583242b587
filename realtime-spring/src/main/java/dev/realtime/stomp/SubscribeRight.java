package dev.realtime.stomp;

import dev.realtime.access.Right;
import dev.realtime.token.PresenceGrant;
import dev.realtime.topic.ChannelSettings;

/**
 * The right to subscribe to a topic.
 */
interface SubscribeRight extends Right {

	/**
	 * What the topic says about its channels.
	 */
	ChannelSettings settings();

	/**
	 * What there is of presence.
	 */
	default PresenceTerms presence() {
		return new PresenceTerms.ByToken(PresenceGrant.NONE);
	}

	/**
	 * Whether a proof says that the client may send events to the channel too.
	 */
	default boolean publish() {
		return false;
	}

	/**
	 * What a client is told who does not have the right.
	 */
	default ControlCode refusal() {
		return ControlCode.FORBIDDEN;
	}

}
