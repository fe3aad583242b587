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
			if (feed.behind == null) {
				offer(lane, feed, publication);
			}
		});
	}

	/**
	 * Hands something ephemeral to all lanes that have room for it.
	 */
	void deliver(Ephemeral ephemeral) {
		this.feeds.forEach((lane, feed) -> {
			if (feed.behind != null || !lane.offer(this.hub, ephemeral)) {
				lane.transport().dropped(DropReason.EPHEMERAL, 1);
			}
		});
	}

	/**
	 * Hands a publication over, or lets the lane come back for it.
	 */
	private boolean offer(Lane<?> lane, Feed feed, Publication publication) {
		boolean accepted = lane.offer(this.hub, publication);
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
			lane.transport().dropped(DropReason.BACKPLANE_GAP, missing);
			if (feed.behind != null) {
				lane.transport().dropped(DropReason.LANE_BEHIND, last.offset() - feed.behind.offset());
				feed.behind = null;
			}
			tellGap(lane);
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
		for (Publication publication : missed(lane, last, now, missed)) {
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
		Feed feed = this.feeds.computeIfAbsent(lane, (absent) -> new Feed());
		feed.subscribers++;
		StreamPosition last = feed.behind;
		if (last != null) {
			feed.behind = null;
			missed(lane, last, now, missed)
				.forEach((publication) -> lane.execute(() -> lane.deliver(this.hub, publication)));
		}
	}

	/**
	 * Removes a subscriber of a lane.
	 */
	void leave(Lane<?> lane) {
		this.feeds.computeIfPresent(lane, (key, feed) -> (--feed.subscribers > 0) ? feed : null);
	}

	private List<Publication> missed(Lane<?> lane, StreamPosition since, StreamPosition now,
			Function<StreamPosition, @Nullable List<Publication>> missed) {
		List<Publication> publications = missed.apply(since);
		if (publications == null) {
			lane.transport().dropped(DropReason.LANE_BEHIND, now.offset() - since.offset());
			tellGap(lane);
			return List.of();
		}
		return publications;
	}

	private void tellGap(Lane<?> lane) {
		lane.execute(() -> lane.gap(this.hub));
	}

	/**
	 * What one lane gets.
	 */
	private static final class Feed {

		private int subscribers;

		/** The last position handed over, if the lane could not take the next. */
		private @Nullable StreamPosition behind;

	}

}
