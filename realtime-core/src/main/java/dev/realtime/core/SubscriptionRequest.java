package dev.realtime.core;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What a client asks for, after its right to it was checked.
 *
 * @param id the client's name of the subscription, unique in its connection
 * @param channel the channel
 * @param filter the client's choice of messages
 * @param start what comes before the live publications
 * @param receipt the client's name of the acknowledgement it wants, if any
 * @param history how much of its past the channel keeps
 * @param conflateBy the attributes by which only the newest publication is kept for a
 * client that does not keep up; {@code null} if such a client is disconnected instead
 * @param attachment what the caller wants to find again in
 * {@link Subscription#attachment()}
 * @param observer hears when the subscription is live and when it ends, if somebody wants
 * to know
 * @since 0.1.0
 */
public record SubscriptionRequest(String id, ChannelId channel, MessageFilter filter, Start start,
		@Nullable String receipt, HistoryOptions history, @Nullable List<String> conflateBy,
		@Nullable Object attachment, @Nullable SubscriptionObserver observer) {

	/**
	 * A subscription that nobody observes.
	 * @param id the client's name of the subscription, unique in its connection
	 * @param channel the channel
	 * @param filter the client's choice of messages
	 * @param start what comes before the live publications
	 * @param receipt the client's name of the acknowledgement it wants, if any
	 * @param history how much of its past the channel keeps
	 * @param conflateBy the attributes by which only the newest publication is kept for a
	 * client that does not keep up; {@code null} if such a client is disconnected instead
	 * @param attachment what the caller wants to find again in
	 * {@link Subscription#attachment()}
	 */
	public SubscriptionRequest(String id, ChannelId channel, MessageFilter filter, Start start,
			@Nullable String receipt, HistoryOptions history, @Nullable List<String> conflateBy,
			@Nullable Object attachment) {
		this(id, channel, filter, start, receipt, history, conflateBy, attachment, null);
	}

	/**
	 * A subscription without an attachment.
	 * @param id the client's name of the subscription, unique in its connection
	 * @param channel the channel
	 * @param filter the client's choice of messages
	 * @param start what comes before the live publications
	 * @param receipt the client's name of the acknowledgement it wants, if any
	 * @param history how much of its past the channel keeps
	 * @param conflateBy the attributes by which only the newest publication is kept for a
	 * client that does not keep up; {@code null} if such a client is disconnected instead
	 */
	public SubscriptionRequest(String id, ChannelId channel, MessageFilter filter, Start start,
			@Nullable String receipt, HistoryOptions history, @Nullable List<String> conflateBy) {
		this(id, channel, filter, start, receipt, history, conflateBy, null, null);
	}

	/**
	 * A subscription whose client is disconnected if it does not keep up.
	 * @param id the client's name of the subscription, unique in its connection
	 * @param channel the channel
	 * @param filter the client's choice of messages
	 * @param start what comes before the live publications
	 * @param receipt the client's name of the acknowledgement it wants, if any
	 * @param history how much of its past the channel keeps
	 */
	public SubscriptionRequest(String id, ChannelId channel, MessageFilter filter, Start start,
			@Nullable String receipt, HistoryOptions history) {
		this(id, channel, filter, start, receipt, history, null, null, null);
	}

}
