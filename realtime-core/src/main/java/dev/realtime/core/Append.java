package dev.realtime.core;

/**
 * One of several publications that are appended together.
 *
 * @param channel the channel
 * @param request the publication
 * @since 0.1.0
 */
public record Append(ChannelId channel, PublicationRequest request) {

}
