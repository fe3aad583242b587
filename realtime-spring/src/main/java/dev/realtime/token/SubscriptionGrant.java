package dev.realtime.token;

import java.time.Instant;

import dev.realtime.topic.ChannelSettings;
import org.jspecify.annotations.Nullable;

/**
 * What a valid subscription token permits.
 *
 * @param settings what a node without topics has to know of the topic
 * @param recheckAt when the rule wants to be asked again, if it does
 * @since 0.1.0
 */
public record SubscriptionGrant(ChannelSettings settings, @Nullable Instant recheckAt) {

}
