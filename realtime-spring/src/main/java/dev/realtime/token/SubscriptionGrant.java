package dev.realtime.token;

import java.time.Instant;

import dev.realtime.topic.ChannelSettings;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription token permits.
 *
 * @param settings what a node without topics has to know of the topic
 * @param recheckAt when the rule wants to be asked again, if it does
 * @param issuedAt when the token was issued, if it was
 * @param presence what such a node has to know about presence
 * @param publish whether the client may send events to the channel too
 * @since 0.1.0
 */
public record SubscriptionGrant(ChannelSettings settings, @Nullable Instant recheckAt, @Nullable Instant issuedAt,
		PresenceGrant presence, boolean publish) {

	/**
	 * What a token that is yet to be issued permits.
	 * @param settings what a node without topics has to know of the topic
	 * @param recheckAt when the rule wants to be asked again, if it does
	 * @param presence what such a node has to know about presence
	 * @param publish whether the client may send events to the channel too
	 */
	public SubscriptionGrant(ChannelSettings settings, @Nullable Instant recheckAt, PresenceGrant presence,
			boolean publish) {
		this(settings, recheckAt, null, presence, publish);
	}

	/**
	 * What a token for a topic without presence permits.
	 * @param settings what a node without topics has to know of the topic
	 * @param recheckAt when the rule wants to be asked again, if it does
	 */
	public SubscriptionGrant(ChannelSettings settings, @Nullable Instant recheckAt) {
		this(settings, recheckAt, PresenceGrant.NONE, false);
	}

}
