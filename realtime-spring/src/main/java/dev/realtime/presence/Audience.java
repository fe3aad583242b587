package dev.realtime.presence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;

import dev.realtime.core.Subscription;
import dev.realtime.presence.PresenceBody.Diff;
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

	private final Stage stage;

	/** Those who see everybody. */
	private final Map<Subscription<?>, Viewer> listing = new LinkedHashMap<>();

	/** Those who do not see everybody. */
	private final Map<Subscription<?>, Viewer> restricted = new LinkedHashMap<>();

	private final Map<Subscription<?>, Viewer> counting = new LinkedHashMap<>();

	private final Set<String> changed = new LinkedHashSet<>();

	/** The members as those who see everybody know them, as JSON. */
	private @Nullable Map<String, String> known;

	/** Whether somebody is new. */
	private boolean fresh;

	private boolean large;

	private long version = 1;

	private long countVersion = 1;

	private int toldCount = -1;

	private long nextTurn;

	private long nextCount;

	private long scheduledAt = Long.MAX_VALUE;

	Audience(PresenceOptions options, Stage stage, long now) {
		this.options = options;
		this.stage = stage;
		this.nextTurn = now;
		this.nextCount = now;
	}

	boolean isEmpty() {
		return this.listing.isEmpty() && this.restricted.isEmpty() && this.counting.isEmpty();
	}

	void add(Viewer viewer) {
		group(viewer).put(viewer.subscription, viewer);
		this.fresh = true;
	}

	private Map<Subscription<?>, Viewer> group(Viewer viewer) {
		if (viewer.countOnly) {
			return this.counting;
		}
		return (viewer.visibility != null) ? this.restricted : this.listing;
	}

	void remove(Subscription<?> subscription) {
		this.listing.remove(subscription);
		this.restricted.remove(subscription);
		this.counting.remove(subscription);
	}

	void changed(String user) {
		this.changed.add(user);
	}

	/**
	 * When there is something to do.
	 * @return the time, or {@code null} if a turn at that time or before is scheduled
	 */
	@Nullable Long claimTurn(@Nullable Room room) {
		long due = Long.MAX_VALUE;
		if (!this.changed.isEmpty() || this.fresh) {
			due = this.nextTurn;
		}
		if (isCounting() && size(room) != this.toldCount) {
			due = Math.min(due, this.nextCount);
		}
		if (due >= this.scheduledAt) {
			return null;
		}
		this.scheduledAt = due;
		return due;
	}

	private boolean isCounting() {
		return this.large || !this.counting.isEmpty();
	}

	private static int size(@Nullable Room room) {
		return (room != null) ? room.size() : 0;
	}

	/**
	 * Those who are told the number of members now.
	 */
	private List<Viewer> counters() {
		List<Viewer> counters = new ArrayList<>(this.counting.values());
		if (this.large) {
			counters.addAll(this.listing.values());
			counters.addAll(this.restricted.values());
		}
		return counters;
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
			if (!this.large) {
				turnOfLists(room);
				turnOfRestricted(room);
			}
			this.changed.clear();
			welcomeCounters(size(room));
			this.fresh = false;
		}
		if (now >= this.nextCount && size(room) != this.toldCount) {
			this.nextCount = now + this.options.countWindow().toNanos();
			count(size(room));
		}
	}

	private void resize(int size) {
		boolean large = size > this.options.maxListed() * (this.large ? STILL_LARGE : 1);
		if (large != this.large) {
			this.large = large;
			this.known = null;
			this.listing.values().forEach((viewer) -> viewer.told = false);
			this.restricted.values().forEach((viewer) -> viewer.told = false);
		}
	}

	private void turnOfLists(@Nullable Room room) {
		if (this.listing.isEmpty()) {
			this.known = null;
			return;
		}
		List<Subscription<?>> told = take(this.listing.values(), true);
		if (this.known == null) {
			this.known = new LinkedHashMap<>();
			if (room != null) {
				for (MemberView view : room.views()) {
					this.known.put(view.id(), view.toJson());
				}
			}
		}
		else {
			Diff diff = diff(this.known, room);
			if (!diff.isEmpty()) {
				this.version++;
				this.stage.tell(told, diff.toJson(this.version, this.version - 1, this.known.size()));
			}
		}
		List<Subscription<?>> fresh = take(this.listing.values(), false);
		if (!fresh.isEmpty()) {
			this.stage.tell(fresh, PresenceBody.snapshot(this.version, this.known.values()));
			welcome(this.listing.values());
		}
	}

	private Diff diff(Map<String, String> known, @Nullable Room room) {
		Diff diff = new Diff(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
		for (String user : this.changed) {
			MemberView view = (room != null) ? room.view(user) : null;
			compare(diff, known, user, (view != null) ? view.toJson() : null);
		}
		return diff;
	}

	private static void compare(Diff diff, Map<String, String> known, String user, @Nullable String now) {
		String before = (now != null) ? known.put(user, now) : known.remove(user);
		if (now == null && before != null) {
			diff.left().add(MemberView.quoted(user));
		}
		else if (now != null && before == null) {
			diff.joined().add(now);
		}
		else if (now != null && !now.equals(before)) {
			diff.updated().add(now);
		}
	}

	/**
	 * Asks for each of them whom they may see, elsewhere: that may block.
	 */
	private void turnOfRestricted(@Nullable Room room) {
		if (this.restricted.isEmpty()) {
			return;
		}
		List<Viewer> told = new ArrayList<>();
		List<Viewer> fresh = new ArrayList<>();
		this.restricted.values().forEach((viewer) -> (viewer.told ? told : fresh).add(viewer));
		if (!told.isEmpty() && !this.changed.isEmpty()) {
			Map<String, @Nullable MemberView> changes = new LinkedHashMap<>();
			this.changed.forEach((user) -> changes.put(user, (room != null) ? room.view(user) : null));
			this.stage.visibility().execute(() -> told.forEach((viewer) -> tellRestricted(viewer, changes)));
		}
		if (!fresh.isEmpty()) {
			List<MemberView> all = (room != null) ? room.views() : List.of();
			this.stage.visibility().execute(() -> fresh.forEach((viewer) -> welcomeRestricted(viewer, all)));
			welcome(fresh);
		}
	}

	private void tellRestricted(Viewer viewer, Map<String, @Nullable MemberView> changes) {
		Diff diff = new Diff(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
		changes.forEach((user, view) -> compare(diff, viewer.known, user,
				(view != null && isVisible(viewer, view)) ? view.toJson() : null));
		if (!diff.isEmpty()) {
			viewer.version++;
			this.stage.tell(List.of(viewer.subscription),
					diff.toJson(viewer.version, viewer.version - 1, viewer.known.size()));
		}
	}

	private void welcomeRestricted(Viewer viewer, List<MemberView> all) {
		viewer.known.clear();
		viewer.version++;
		all.stream()
			.filter((view) -> isVisible(viewer, view))
			.forEach((view) -> viewer.known.put(view.id(), view.toJson()));
		this.stage.tell(List.of(viewer.subscription), PresenceBody.snapshot(viewer.version, viewer.known.values()));
	}

	private static boolean isVisible(Viewer viewer, MemberView view) {
		return viewer.visibility == null || viewer.visibility.test(view.toMember());
	}

	private void welcomeCounters(int size) {
		List<Viewer> fresh = counters().stream().filter((viewer) -> !viewer.told).toList();
		if (fresh.isEmpty()) {
			return;
		}
		if (size != this.toldCount && this.toldCount >= 0) {
			// Who comes new must not be left with a number the others never heard.
			this.toldCount = -2;
		}
		else {
			this.toldCount = size;
		}
		tellCount(fresh, PresenceBody.count(this.countVersion, null, size));
		welcome(fresh);
	}

	private void count(int size) {
		List<Viewer> told = counters().stream().filter((viewer) -> viewer.told).toList();
		this.toldCount = size;
		if (!told.isEmpty()) {
			this.countVersion++;
			tellCount(told, PresenceBody.count(this.countVersion, this.countVersion - 1, size));
		}
	}

	private void tellCount(List<Viewer> viewers, byte[] body) {
		List<Subscription<?>> told = new ArrayList<>();
		List<Subscription<?>> behind = new ArrayList<>();
		viewers.forEach((viewer) -> ((viewer.visibility != null) ? behind : told).add(viewer.subscription));
		this.stage.tell(told, body);
		if (!behind.isEmpty()) {
			// After what is still on its way to them.
			this.stage.visibility().execute(() -> this.stage.tell(behind, body));
		}
	}

	private static List<Subscription<?>> take(Collection<Viewer> viewers, boolean told) {
		List<Subscription<?>> taken = new ArrayList<>();
		for (Viewer viewer : viewers) {
			if (viewer.told == told) {
				taken.add(viewer.subscription);
			}
		}
		return taken;
	}

	private static void welcome(Collection<Viewer> viewers) {
		viewers.forEach((viewer) -> viewer.told = true);
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
		 * Asks whom somebody may see, one after the other.
		 */
		Executor visibility();

	}

}
