package dev.realtime.presence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.realtime.core.Subscription;

/**
 * Those who hear how many are in a room. Guarded by the hub.
 */
final class CountViewers {

	/** Nobody was told anything yet. */
	private static final int NOTHING = -1;

	/** Not all were told the same. */
	private static final int THIS_AND_THAT = -2;

	private final Duration window;

	private final Audience.Stage stage;

	private final Map<Subscription<?>, Viewer> viewers = new LinkedHashMap<>();

	/** Whether somebody is new. */
	private boolean due;

	private long version = 1;

	private int told = NOTHING;

	private long nextCount;

	CountViewers(Duration window, Audience.Stage stage, long now) {
		this.window = window;
		this.stage = stage;
		this.nextCount = now;
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

	/**
	 * Takes those who want to hear more than a number.
	 */
	List<Viewer> takeListed() {
		List<Viewer> taken = this.viewers.values().stream().filter((viewer) -> !viewer.countOnly).toList();
		taken.forEach((viewer) -> this.viewers.remove(viewer.subscription));
		return taken;
	}

	/**
	 * When they are to be told that the number is another one.
	 */
	long nextCount(int size) {
		return (!this.viewers.isEmpty() && size != this.told) ? this.nextCount : Long.MAX_VALUE;
	}

	/**
	 * Tells those who are new.
	 */
	void turn(int size) {
		this.due = false;
		List<Subscription<?>> fresh = take(false);
		if (!fresh.isEmpty()) {
			// Who comes new must not be left with a number the others never heard.
			this.told = (size != this.told && this.told != NOTHING) ? THIS_AND_THAT : size;
			this.stage.tell(fresh, PresenceBody.count(this.version, null, size));
			this.viewers.values().forEach((viewer) -> viewer.told = true);
		}
	}

	/**
	 * Tells all, if it is time.
	 */
	void count(int size, long now) {
		if (now >= nextCount(size)) {
			this.nextCount = now + this.window.toNanos();
			this.told = size;
			List<Subscription<?>> all = take(true);
			if (!all.isEmpty()) {
				this.version++;
				this.stage.tell(all, PresenceBody.count(this.version, this.version - 1, size));
			}
		}
	}

	private List<Subscription<?>> take(boolean told) {
		List<Subscription<?>> taken = new ArrayList<>();
		for (Viewer viewer : this.viewers.values()) {
			if (viewer.told == told) {
				taken.add(viewer.subscription);
			}
		}
		return taken;
	}

}
