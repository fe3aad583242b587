package dev.realtime.core;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import dev.realtime.StreamPosition;
import dev.realtime.core.Lane.Beginning;
import org.jspecify.annotations.Nullable;

/**
 * A channel with subscribers on this node. Puts publications and the beginnings of
 * subscriptions into one order and hands both to the lanes in that order, so that a
 * subscription gets its past, then everything live, with no hole and nothing twice.
 * <p>
 * Thread-safe. Holds its monitor while handing over; lane queues take without blocking.
 */
final class ChannelHub {

	private final ChannelId channel;

	private final HistoryOptions history;

	private final InstantSource clock;

	private final CompletableFuture<Void> subscribed;

	private final CompletableFuture<Void> started = new CompletableFuture<>();

	private final AtomicBoolean opening = new AtomicBoolean();

	private final Map<Lane<?>, Feed> feeds = new HashMap<>();

	private final ArrayDeque<Publication> recent = new ArrayDeque<>();

	private final List<Publication> early = new ArrayList<>();

	private @Nullable StreamPosition position;

	/** Subscriptions that keep the hub alive. Guarded by the engine's map of hubs. */
	int retained;

	ChannelHub(ChannelId channel, HistoryOptions history, InstantSource clock, CompletableFuture<Void> subscribed) {
		this.channel = channel;
		this.history = history;
		this.clock = clock;
		this.subscribed = subscribed;
	}

	/**
	 * Whether the caller is the one to start the hub.
	 */
	boolean claimOpening() {
		return this.opening.compareAndSet(false, true);
	}

	/**
	 * Completed once the backplane hands over the publications of the channel.
	 */
	CompletableFuture<Void> subscribed() {
		return this.subscribed;
	}

	/**
	 * Completed once the hub knows where its channel stands.
	 */
	CompletableFuture<Void> started() {
		return this.started;
	}

	void start(ChannelPast past) {
		synchronized (this) {
			this.position = past.position();
			this.recent.addAll(past.publications());
			this.early.forEach(this::onPublication);
			this.early.clear();
		}
		this.started.complete(null);
	}

	void fail(Throwable cause) {
		this.started.completeExceptionally(cause);
	}

	synchronized void onPublication(Publication publication) {
		StreamPosition last = this.position;
		if (last == null) {
			this.early.add(publication);
			return;
		}
		boolean sameEpoch = publication.position().epoch().equals(last.epoch());
		if (sameEpoch && publication.offset() <= last.offset()) {
			return;
		}
		if (!sameEpoch || publication.offset() > last.offset() + 1) {
			this.recent.clear();
			long missing = publication.offset() - 1 - (sameEpoch ? last.offset() : 0);
			this.feeds.forEach((lane, feed) -> tellGap(lane, feed, missing));
		}
		this.position = publication.position();
		this.recent.add(publication);
		trim();
		this.feeds.forEach((lane, feed) -> {
			if (feed.behind == null) {
				offer(lane, feed, publication, last);
			}
		});
	}

	private void tellGap(Lane<?> lane, Feed feed, long missing) {
		if (feed.behind == null) {
			lane.transport().dropped(DropReason.BACKPLANE_GAP, missing);
		}
		tellGap(lane);
	}

	/**
	 * Hands a publication over, or lets the lane come back for it.
	 */
	private boolean offer(Lane<?> lane, Feed feed, Publication publication, StreamPosition before) {
		boolean accepted = lane.offer(this, publication);
		if (!accepted) {
			feed.behind = before;
			lane.resumeLater(this);
		}
		return accepted;
	}

	/**
	 * Goes on where a lane had to be left behind.
	 */
	synchronized void resume(Lane<?> lane) {
		Feed feed = this.feeds.get(lane);
		StreamPosition last = (feed != null) ? feed.behind : null;
		if (feed == null || last == null) {
			return;
		}
		feed.behind = null;
		for (Publication publication : missed(lane, last)) {
			if (!offer(lane, feed, publication, last)) {
				return;
			}
			last = publication.position();
		}
	}

	/**
	 * Brings a lane level, whether it is behind by much or not: what is kept is bounded.
	 */
	private void bringLevel(Lane<?> lane, Feed feed) {
		StreamPosition last = feed.behind;
		if (last != null) {
			feed.behind = null;
			missed(lane, last).forEach((publication) -> lane.execute(() -> lane.deliver(this, publication)));
		}
	}

	private List<Publication> missed(Lane<?> lane, StreamPosition since) {
		if (!covers(since)) {
			StreamPosition now = requirePosition();
			long from = since.epoch().equals(now.epoch()) ? since.offset() : 0;
			lane.transport().dropped(DropReason.LANE_BEHIND, now.offset() - from);
			tellGap(lane);
			return List.of();
		}
		return this.recent.stream().filter((publication) -> publication.offset() > since.offset()).toList();
	}

	private void tellGap(Lane<?> lane) {
		lane.execute(() -> lane.gap(this));
	}

	private void trim() {
		long oldest = this.clock.millis() - this.history.ttl().toMillis();
		while (!this.recent.isEmpty()
				&& (this.recent.size() > this.history.size() || this.recent.getFirst().timestamp() < oldest)) {
			this.recent.removeFirst();
		}
	}

	/**
	 * The time since a publication, by the clocks of its node and this.
	 */
	long ageNanos(Publication publication) {
		return TimeUnit.MILLISECONDS.toNanos(Math.max(0, this.clock.millis() - publication.timestamp()));
	}

	/**
	 * The offset of the newest publication this hub handed over.
	 */
	synchronized long offset() {
		return requirePosition().offset();
	}

	/**
	 * Puts a subscription into the order of the channel. Does nothing if it has ended.
	 * @param subscription the subscription
	 * @param lastByKey candidates for the newest message
	 * @param asOf the offset at or after which the candidates were looked up
	 * @return {@code false} if newer candidates may have come and gone since; nothing was
	 * done
	 */
	synchronized <F> boolean attach(Subscription<F> subscription, Collection<Publication> lastByKey, long asOf) {
		if (subscription.state == Subscription.State.ENDED) {
			return true;
		}
		trim();
		if (!lastByKey.isEmpty() && !reachesBackTo(asOf)) {
			return false;
		}
		Lane<F> lane = subscription.connection().lane();
		Beginning beginning = beginning(subscription, lastByKey);
		subscription.state = Subscription.State.LIVE;
		Feed feed = this.feeds.computeIfAbsent(lane, (absent) -> new Feed());
		feed.subscribers++;
		bringLevel(lane, feed);
		lane.execute(() -> lane.start(this, subscription, beginning));
		return true;
	}

	/**
	 * Ends a subscription, whether it was attached or not.
	 */
	synchronized <F> void detach(Subscription<F> subscription) {
		boolean live = subscription.state == Subscription.State.LIVE;
		subscription.state = Subscription.State.ENDED;
		if (live) {
			Lane<F> lane = subscription.connection().lane();
			this.feeds.computeIfPresent(lane, (key, feed) -> (--feed.subscribers > 0) ? feed : null);
			lane.execute(() -> lane.end(this, subscription));
		}
	}

	private Beginning beginning(Subscription<?> subscription, Collection<Publication> lastByKey) {
		StreamPosition now = requirePosition();
		Start start = subscription.start();
		if (start instanceof Start.Since since) {
			boolean recovered = covers(since.position());
			List<Publication> missed = recovered
					? matching(subscription).filter((publication) -> publication.offset() > since.position().offset())
						.toList()
					: List.of();
			return new Beginning(now, missed, DeliveryMode.RECOVERED, recovered);
		}
		if (start instanceof Start.Last) {
			List<Publication> newest = Stream
				.concat(matching(subscription),
						lastByKey.stream()
							.filter((publication) -> subscription.filter().matches(publication.attributes())))
				.max(Comparator.comparingLong(Publication::offset))
				.stream()
				.toList();
			return new Beginning(now, newest, DeliveryMode.REPLAY, null);
		}
		return new Beginning(now, List.of(), DeliveryMode.LIVE, null);
	}

	private Stream<Publication> matching(Subscription<?> subscription) {
		return this.recent.stream().filter((publication) -> subscription.filter().matches(publication.attributes()));
	}

	private boolean covers(StreamPosition since) {
		StreamPosition now = requirePosition();
		return since.epoch().equals(now.epoch()) && since.offset() <= now.offset() && reachesBackTo(since.offset());
	}

	private boolean reachesBackTo(long offset) {
		long oldest = this.recent.isEmpty() ? requirePosition().offset() + 1 : this.recent.getFirst().offset();
		return oldest <= offset + 1;
	}

	private StreamPosition requirePosition() {
		if (this.position == null) {
			throw new IllegalStateException("The hub of " + this.channel + " has not started");
		}
		return this.position;
	}

	/**
	 * What a lane gets of the channel.
	 */
	private static final class Feed {

		private int subscribers;

		/** The last position handed over, if the lane could not take the next. */
		private @Nullable StreamPosition behind;

	}

}
