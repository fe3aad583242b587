package dev.realtime.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * What the lanes get of one channel. A lane that can not take more is left behind and
 * comes back. Not thread-safe: its hub owns it.
 */
final class Feeds {

	private final Map<Lane<?>, Feed> feeds = new HashMap<>();

	private final ChannelHub hub;

	/**
	 * The feeds of a hub.
	 * @param hub the hub, which lanes come back to
	 */
	Feeds(ChannelHub hub) {
		this.hub = hub;
	}

	/**
	 * Hands a publication to all lanes.
	 */
	void deliver(Publication publication) {
		this.feeds.forEach((lane, feed) -> {
			if (feed.subscribers > 0 && feed.behind == null) {
				offer(lane, feed, publication);
			}
		});
	}

	/**
	 * Hands something ephemeral to all lanes that have room for it.
	 */
	void deliver(Ephemeral ephemeral) {
		this.feeds.forEach((lane, feed) -> {
			if (feed.subscribers > 0 && (feed.behind != null || !lane.offer(this.hub, feed.queue, ephemeral))) {
				lane.transport().dropped(DropReason.EPHEMERAL, 1);
			}
		});
	}

	/**
	 * Hands a publication over, or lets the lane come back for it.
	 */
	private boolean offer(Lane<?> lane, Feed feed, Publication publication) {
		boolean accepted = lane.offer(this.hub, feed.queue, publication);
		if (!accepted) {
			feed.behind = new StreamPosition(publication.position().epoch(), publication.offset() - 1);
			lane.resumeLater(this.hub);
		}
		return accepted;
	}

	/**
	 * Tells all lanes that publications are missing. A lane that was left behind goes on
	 * behind the gap.
	 * @param missing how many are missing
	 * @param last the last position before the gap
	 */
	void tellGap(long missing, StreamPosition last) {
		this.feeds.forEach((lane, feed) -> {
			if (feed.subscribers == 0) {
				return;
			}
			lane.transport().dropped(DropReason.BACKPLANE_GAP, missing);
			if (feed.behind != null) {
				lane.transport().dropped(DropReason.LANE_BEHIND, last.offset() - feed.behind.offset());
				feed.behind = null;
			}
			tellGap(lane, feed);
		});
	}

	/**
	 * Goes on where a lane had to be left behind.
	 * @param lane the lane
	 * @param now where the channel stands
	 * @param missed what came after a position, or {@code null} if that is gone
	 */
	void resume(Lane<?> lane, StreamPosition now, Function<StreamPosition, @Nullable List<Publication>> missed) {
		Feed feed = this.feeds.get(lane);
		StreamPosition last = (feed != null) ? feed.behind : null;
		if (feed == null || last == null) {
			return;
		}
		feed.behind = null;
		for (Publication publication : missed(lane, feed, last, now, missed)) {
			if (!offer(lane, feed, publication)) {
				return;
			}
		}
	}

	/**
	 * Adds a subscriber of a lane, after bringing the lane level, whether it is behind by
	 * much or not: what is kept is bounded.
	 * @param lane the lane
	 * @param now where the channel stands
	 * @param missed what came after a position, or {@code null} if that is gone
	 */
	void join(Lane<?> lane, StreamPosition now, Function<StreamPosition, @Nullable List<Publication>> missed) {
		Feed feed = this.feeds.computeIfAbsent(lane, Feed::new);
		feed.subscribers++;
		StreamPosition last = feed.behind;
		if (last != null) {
			feed.behind = null;
			missed(lane, feed, last, now, missed)
				.forEach((publication) -> lane.deliverLater(this.hub, feed.queue, publication));
		}
	}

	/**
	 * Runs a task on a lane, after all that was handed to it of this channel.
	 * @param lane a lane that has joined
	 * @param task the task
	 */
	void execute(Lane<?> lane, Runnable task) {
		Feed feed = this.feeds.get(lane);
		if (feed != null) {
			lane.execute(feed.queue, task);
		}
	}

	/**
	 * Removes a subscriber of a lane. The lane keeps its feed: what waits for it has to
	 * come before whatever the next subscriber gets.
	 */
	void leave(Subscription<?> subscription) {
		Feed feed = this.feeds.get(subscription.connection().lane());
		if (feed != null) {
			subscription.lastMessage = feed.queue.handedOver();
			if (--feed.subscribers == 0) {
				feed.behind = null;
			}
		}
	}

	private List<Publication> missed(Lane<?> lane, Feed feed, StreamPosition since, StreamPosition now,
			Function<StreamPosition, @Nullable List<Publication>> missed) {
		List<Publication> publications = missed.apply(since);
		if (publications == null) {
			lane.transport().dropped(DropReason.LANE_BEHIND, now.offset() - since.offset());
			tellGap(lane, feed);
			return List.of();
		}
		return publications;
	}

	private void tellGap(Lane<?> lane, Feed feed) {
		lane.execute(feed.queue, () -> lane.gap(this.hub));
	}

	/**
	 * What one lane gets.
	 */
	private static final class Feed {

		private final ChannelQueue queue;

		private int subscribers;

		/** The last position handed over, if the lane could not take the next. */
		private @Nullable StreamPosition behind;

		Feed(Lane<?> lane) {
			this.queue = new ChannelQueue(lane);
		}

	}

}
