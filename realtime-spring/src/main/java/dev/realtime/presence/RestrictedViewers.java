package dev.realtime.presence;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.realtime.core.Subscription;
import dev.realtime.presence.PresenceBody.Diff;
import org.jspecify.annotations.Nullable;

/**
 * Those who do not see everybody in a room. The application is asked for each of them
 * whom they may see, elsewhere, since that may block; what changes meanwhile waits.
 * Guarded by the hub.
 */
final class RestrictedViewers {

	private final Audience.Stage stage;

	private final Map<Subscription<?>, Viewer> viewers = new LinkedHashMap<>();

	private final Set<String> changed = new LinkedHashSet<>();

	private boolean due;

	/** Whether the application is being asked. */
	private boolean asking;

	RestrictedViewers(Audience.Stage stage) {
		this.stage = stage;
	}

	boolean isEmpty() {
		return this.viewers.isEmpty();
	}

	boolean isDue() {
		return this.due && !this.asking;
	}

	void add(Viewer viewer) {
		this.viewers.put(viewer.subscription, viewer);
		this.due = true;
	}

	void remove(Subscription<?> subscription) {
		Viewer viewer = this.viewers.remove(subscription);
		if (viewer != null) {
			viewer.gone = true;
		}
	}

	/**
	 * Asks for a viewer about everybody again.
	 */
	void doubt(Viewer viewer) {
		if (this.viewers.containsKey(viewer.subscription)) {
			viewer.doubted = true;
			this.due = true;
		}
	}

	/**
	 * Takes the viewers, unless they are about to be told something.
	 */
	List<Viewer> takeAll() {
		if (this.asking) {
			return List.of();
		}
		List<Viewer> taken = List.copyOf(this.viewers.values());
		this.viewers.clear();
		return taken;
	}

	/**
	 * Finds out what they do not know yet and may.
	 * @param changed the members about whom that may be
	 */
	void turn(@Nullable Room room, Set<String> changed) {
		if (this.viewers.isEmpty()) {
			this.due = false;
			this.changed.clear();
			return;
		}
		this.due |= this.changed.addAll(changed);
		if (isDue()) {
			this.due = false;
			this.asking = true;
			this.stage.ask(question(room), () -> this.asking = false);
			this.changed.clear();
		}
	}

	private Runnable question(@Nullable Room room) {
		List<Viewer> told = new ArrayList<>();
		List<Viewer> doubted = new ArrayList<>();
		List<Viewer> fresh = new ArrayList<>();
		for (Viewer viewer : this.viewers.values()) {
			List<Viewer> known = viewer.doubted ? doubted : told;
			(viewer.told ? known : fresh).add(viewer);
			viewer.told = true;
			viewer.doubted = false;
		}
		Map<String, @Nullable MemberView> changes = new LinkedHashMap<>();
		this.changed.forEach((user) -> changes.put(user, (room != null) ? room.view(user) : null));
		boolean allMatter = room != null && !(fresh.isEmpty() && doubted.isEmpty());
		List<MemberView> all = (room != null && allMatter) ? room.views() : List.of();
		return () -> {
			told.forEach((viewer) -> tell(viewer, changes));
			doubted.forEach((viewer) -> tellAll(viewer, all));
			fresh.forEach((viewer) -> welcome(viewer, all));
		};
	}

	private void tell(Viewer viewer, Map<String, @Nullable MemberView> changes) {
		Diff diff = new Diff();
		changes.forEach((user, view) -> diff.learn(viewer.known, user,
				(view != null && viewer.maySee(view)) ? view.toJson() : null));
		if (!diff.isEmpty()) {
			viewer.version++;
			this.stage.tell(List.of(viewer.subscription),
					diff.toJson(viewer.version, viewer.version - 1, viewer.known.size()));
		}
	}

	private void tellAll(Viewer viewer, List<MemberView> all) {
		Map<String, @Nullable MemberView> changes = new LinkedHashMap<>();
		viewer.known.keySet().forEach((user) -> changes.put(user, null));
		all.forEach((view) -> changes.put(view.id(), view));
		tell(viewer, changes);
	}

	private void welcome(Viewer viewer, List<MemberView> all) {
		viewer.known.clear();
		viewer.version++;
		all.stream().filter(viewer::maySee).forEach((view) -> viewer.known.put(view.id(), view.toJson()));
		this.stage.tell(List.of(viewer.subscription), PresenceBody.snapshot(viewer.version, viewer.known.values()));
	}

}
