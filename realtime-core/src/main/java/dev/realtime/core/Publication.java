package dev.realtime.core;

import java.util.Map;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * One message on a channel, with its place in it. Immutable; shared by all its receivers,
 * so nobody may write into {@code data}.
 *
 * @param position the place in the channel
 * @param timestamp when it was published, in milliseconds since the epoch of 1970
 * @param event what happened, if the publisher said so
 * @param data the payload, JSON in UTF-8
 * @param attributes the scalar attributes of the payload's top level, for filters; see
 * {@link AttributeValues}
 * @param except the id of a connection that does not get it
 * @param sender the client that caused it, if it was one
 * @since 0.1.0
 */
public record Publication(StreamPosition position, long timestamp, @Nullable String event, byte[] data,
		Map<String, @Nullable Object> attributes, @Nullable String except, @Nullable Sender sender) {

	long offset() {
		return this.position.offset();
	}

}
