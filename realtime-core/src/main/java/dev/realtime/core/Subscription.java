package dev.realtime.core;

import java.util.ArrayList;
import java.util.List;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * One subscription of one connection. Its state belongs to the hub of its channel, its
 * place in the index to the lane of its connection.
 *
 * @param <F> the frame type of the connection's transport
 * @since 0.1.0
 */
public final class Subscription<F> {

	enum State {

		/** Asked for, and not yet in the order of the channel. */
		PENDING,

		/** Gets everything published from its place in the order on. */
		LIVE,

		/** Unsubscribed or disconnected. */
		ENDED

	}

	/**
	 * The share of the history after which a position is old: most of it is left for the
	 * time until the next look, and without a connection.
	 */
	private static final int HISTORY_SHARE = 4;

	private final Connection<F> connection;

	private final SubscriptionRequest request;

	/** Set before the subscription is registered. */
	@Nullable ChannelHub hub;

	/** Guarded by the hub. */
	State state = State.PENDING;

	/** Set before the subscription ends. */
	volatile Ending ending = Ending.LEFT;

	/**
	 * Whether it has ended, perhaps before it began. Owned by the lane, where a beginning
	 * waits for what its channel has queued, and an end does not.
	 */
	boolean over;

	/**
	 * The number of the last message that the lane was handed over before it ended: it
	 * gets nothing later, however long the lane takes to hear of the end.
	 */
	volatile long lastMessage = Long.MAX_VALUE;

	/** Owned by the lane. */
	SubscriptionIndex.@Nullable Entries<F> entries;

	/** Owned by the lane: where the client was told last that it is. */
	private @Nullable StreamPosition told;

	/** Owned by the lane. */
	private long toldAt;

	Subscription(Connection<F> connection, SubscriptionRequest request) {
		this.connection = connection;
		this.request = request;
	}

	Connection<F> connection() {
		return this.connection;
	}

	/**
	 * The client's name of the subscription.
	 * @return an id that is unique in the connection
	 */
	public String id() {
		return this.request.id();
	}

	/**
	 * The channel.
	 * @return its identity
	 */
	public ChannelId channel() {
		return this.request.channel();
	}

	/**
	 * The client's choice of messages.
	 * @return the filter
	 */
	public MessageFilter filter() {
		return this.request.filter();
	}

	/**
	 * What comes before the live publications.
	 * @return the start
	 */
	public Start start() {
		return this.request.start();
	}

	/**
	 * What the caller of {@link RealtimeEngine#subscribe} attached.
	 * @return the attachment, or {@code null} if there is none
	 */
	public @Nullable Object attachment() {
		return this.request.attachment();
	}

	HistoryOptions history() {
		return this.request.history();
	}

	@Nullable SubscriptionObserver observer() {
		return this.request.observer();
	}

	@Nullable List<String> conflateBy() {
		return this.request.conflateBy();
	}

	/**
	 * What a publication is about, as far as it is kept for a client that does not keep
	 * up.
	 */
	List<@Nullable Object> conflationKey(Publication publication) {
		List<@Nullable Object> key = new ArrayList<>();
		List<String> attributes = this.request.conflateBy();
		if (attributes != null) {
			attributes.forEach((attribute) -> key.add(publication.attributes().get(attribute)));
		}
		return key;
	}

	/**
	 * Remembers where the client knows that it is. On the lane only.
	 * @param position the position the client was told
	 * @param now the current {@link System#nanoTime()}
	 */
	void told(StreamPosition position, long now) {
		this.told = position;
		this.toldAt = now;
	}

	/**
	 * Whether a client that knows only what it was told last would soon be behind the
	 * history of the channel, although it got everything that is for it. On the lane
	 * only.
	 * @param position where the subscription is
	 * @param now the current {@link System#nanoTime()}
	 */
	boolean isFallingBehind(StreamPosition position, long now) {
		StreamPosition last = this.told;
		if (last == null || position.equals(last)) {
			return false;
		}
		HistoryOptions history = history();
		return !position.epoch().equals(last.epoch())
				|| position.offset() - last.offset() >= history.size() / HISTORY_SHARE
				|| now - this.toldAt >= history.ttl().toNanos() / HISTORY_SHARE;
	}

	/**
	 * The client's name of the acknowledgement it wants.
	 * @return the receipt, or {@code null} if it wants none
	 */
	public @Nullable String receipt() {
		return this.request.receipt();
	}

}
