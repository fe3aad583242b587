package dev.realtime.presence;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.realtime.core.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of this node that hear of one room. Changes wait for the next turn,
 * which encodes them once for all. Who comes new gets what the others know by then, and
 * then the same diffs as they. Guarded by the hub.
 */
final class Audience {

	/** A room that grew too large to be listed has to shrink by this much first. */
	private static final double STILL_LARGE = 0.9;

	private final PresenceOptions options;

	private final ListViewers listing;

	private final RestrictedViewers restricted;

	/** While the room is too large, all. */
	private final CountViewers counting;

	private final Set<String> changed = new LinkedHashSet<>();

	private boolean large;

	private long nextTurn;

	private long scheduledAt = Long.MAX_VALUE;

	Audience(PresenceOptions options, Stage stage, long now) {
		this.options = options;
		this.listing = new ListViewers(stage);
		this.restricted = new RestrictedViewers(stage);
		this.counting = new CountViewers(options.countWindow(), stage, now);
		this.nextTurn = now;
	}

	boolean isEmpty() {
		return this.listing.isEmpty() && this.restricted.isEmpty() && this.counting.isEmpty();
	}

	void add(Viewer viewer) {
		viewer.told = false;
		if (viewer.countOnly || this.large) {
			this.counting.add(viewer);
		}
		else if (viewer.visibility != null) {
			this.restricted.add(viewer);
		}
		else {
			this.listing.add(viewer);
		}
	}

	void remove(Subscription<?> subscription) {
		this.listing.remove(subscription);
		this.restricted.remove(subscription);
		this.counting.remove(subscription);
	}

	/**
	 * A viewer may be allowed to see others now.
	 */
	void doubt(Viewer viewer) {
		this.restricted.doubt(viewer);
	}

	void changed(String user) {
		this.changed.add(user);
	}

	/**
	 * When there is something to do.
	 * @return the time, or {@code null} if a turn at that time or before is scheduled
	 */
	@Nullable Long claimTurn(@Nullable Room room) {
		boolean due = !this.changed.isEmpty() || this.listing.isDue() || this.restricted.isDue()
				|| this.counting.isDue();
		long time = Math.min(due ? this.nextTurn : Long.MAX_VALUE, this.counting.nextCount(size(room)));
		if (time >= this.scheduledAt) {
			return null;
		}
		this.scheduledAt = time;
		return time;
	}

	private static int size(@Nullable Room room) {
		return (room != null) ? room.size() : 0;
	}

	/**
	 * Tells everybody what they do not know yet.
	 * @param room the room, or {@code null} if it is empty
	 */
	void turn(@Nullable Room room, long now) {
		this.scheduledAt = Long.MAX_VALUE;
		if (now >= this.nextTurn) {
			this.nextTurn = now + this.options.window().toNanos();
			resize(size(room));
			this.listing.turn(room, this.changed);
			this.restricted.turn(room, this.changed);
			this.counting.turn(size(room));
			this.changed.clear();
		}
		this.counting.count(size(room), now);
	}

	private void resize(int size) {
		boolean before = this.large;
		this.large = size > this.options.maxListed() * (before ? STILL_LARGE : 1);
		if (this.large) {
			this.listing.takeAll().forEach(this::add);
			this.restricted.takeAll().forEach(this::add);
		}
		else if (before) {
			this.counting.takeListed().forEach(this::add);
		}
	}

	/**
	 * Where it is said.
	 */
	interface Stage {

		/**
		 * Tells subscriptions something, after what they were told before.
		 */
		void tell(List<Subscription<?>> subscriptions, byte[] body);

		/**
		 * Does something that may block, elsewhere.
		 * @param then what to do afterwards, here
		 */
		void ask(Runnable question, Runnable then);

	}

}
