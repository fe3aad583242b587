package dev.realtime.core;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a publisher hands over: a publication that has no position yet.
 *
 * @param data the payload, JSON in UTF-8
 * @param attributes the scalar attributes of the payload's top level, for filters; see
 * {@link AttributeValues}
 * @param event what happened, if the publisher says so
 * @param key the values that identify what the message is about, for the last message by
 * key; {@code null} where the topic has no key
 * @param except the id of a connection that does not get it
 * @param idempotencyKey makes a repeated publication a no-op
 * @param sender the client that caused it, if it was one
 * @param history how much of its past the channel keeps
 * @since 0.1.0
 */
public record PublicationRequest(byte[] data, Map<String, @Nullable Object> attributes, @Nullable String event,
		@Nullable List<@Nullable Object> key, @Nullable String except, @Nullable String idempotencyKey,
		@Nullable Sender sender, HistoryOptions history) {

	/**
	 * What no client caused.
	 * @param data the payload
	 * @param attributes its scalar attributes
	 * @param event what happened
	 * @param key what it is about
	 * @param except who does not get it
	 * @param idempotencyKey makes a repetition a no-op
	 * @param history how much the channel keeps
	 */
	public PublicationRequest(byte[] data, Map<String, @Nullable Object> attributes, @Nullable String event,
			@Nullable List<@Nullable Object> key, @Nullable String except, @Nullable String idempotencyKey,
			HistoryOptions history) {
		this(data, attributes, event, key, except, idempotencyKey, null, history);
	}

}
