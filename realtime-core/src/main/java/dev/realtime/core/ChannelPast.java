package dev.realtime.core;

import java.util.List;

import dev.realtime.StreamPosition;

/**
 * The newest publications of a channel.
 *
 * @param position where the channel stands: the position of the newest publication, also
 * when it is no longer kept
 * @param publications without holes, in the order of their offsets
 * @since 0.1.0
 */
public record ChannelPast(StreamPosition position, List<Publication> publications) {

}
