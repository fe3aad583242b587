package dev.realtime.presence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.realtime.core.Subscription;
import dev.realtime.presence.PresenceBody.Diff;
import org.jspecify.annotations.Nullable;

/**
 * Those who see everybody in a room. Guarded by the hub.
 */
final class ListViewers {

	private final Audience.Stage stage;

	private final Map<Subscription<?>, Viewer> viewers = new LinkedHashMap<>();

	/** The members as they know them, as JSON. */
	private @Nullable Map<String, String> known;

	/** Whether somebody is new. */
	private boolean due;

	private long version = 1;

	ListViewers(Audience.Stage stage) {
		this.stage = stage;
	}

	boolean isEmpty() {
		return this.viewers.isEmpty();
	}

	boolean isDue() {
		return this.due;
	}

	void add(Viewer viewer) {
		this.viewers.put(viewer.subscription, viewer);
		this.due = true;
	}

	void remove(Subscription<?> subscription) {
		this.viewers.remove(subscription);
	}

	List<Viewer> takeAll() {
		List<Viewer> taken = List.copyOf(this.viewers.values());
		this.viewers.clear();
		return taken;
	}

	/**
	 * Tells them what they do not know yet.
	 * @param changed the members about whom that may be
	 */
	void turn(@Nullable Room room, Set<String> changed) {
		this.due = false;
		if (this.viewers.isEmpty()) {
			this.known = null;
			return;
		}
		if (this.known == null) {
			this.known = new LinkedHashMap<>();
			if (room != null) {
				for (MemberView view : room.views()) {
					this.known.put(view.id(), view.toJson());
				}
			}
		}
		else {
			tellChanges(this.known, room, changed);
		}
		List<Subscription<?>> fresh = take(false);
		if (!fresh.isEmpty()) {
			this.stage.tell(fresh, PresenceBody.snapshot(this.version, this.known.values()));
			this.viewers.values().forEach((viewer) -> viewer.told = true);
		}
	}

	private void tellChanges(Map<String, String> known, @Nullable Room room, Set<String> changed) {
		Diff diff = new Diff();
		for (String user : changed) {
			MemberView view = (room != null) ? room.view(user) : null;
			diff.learn(known, user, (view != null) ? view.toJson() : null);
		}
		if (!diff.isEmpty()) {
			this.version++;
			this.stage.tell(take(true), diff.toJson(this.version, this.version - 1, known.size()));
		}
	}

	private List<Subscription<?>> take(boolean told) {
		Collection<Viewer> viewers = this.viewers.values();
		List<Subscription<?>> taken = new ArrayList<>(viewers.size());
		for (Viewer viewer : viewers) {
			if (viewer.told == told) {
				taken.add(viewer.subscription);
			}
		}
		return taken;
	}

}
