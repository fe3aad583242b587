package dev.realtime.core;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a subscription could not take: the newest publication of each key. Bounded, since
 * a client may stop to read for as long as it likes while there are ever more keys. Not
 * thread-safe: the lane of the connection owns it.
 */
final class Conflated {

	/** Where the history keeps no keys to go by. */
	static final int DEFAULT_KEYS = 1000;

	private final Map<List<@Nullable Object>, Publication> newest = new LinkedHashMap<>();

	private final int keys;

	private int dropped;

	Conflated(HistoryOptions history) {
		this.keys = (history.keys() > 0) ? history.keys() : DEFAULT_KEYS;
	}

	/**
	 * Keeps one more.
	 * @return how many were dropped for it
	 */
	int put(List<@Nullable Object> key, Publication publication) {
		int before = this.newest.size() + 1;
		// Again at the end, so that the order is that of the offsets.
		this.newest.remove(key);
		this.newest.put(key, publication);
		if (this.newest.size() > this.keys) {
			Iterator<Publication> oldest = this.newest.values().iterator();
			oldest.next();
			oldest.remove();
		}
		int lost = before - this.newest.size();
		this.dropped += lost;
		return lost;
	}

	/**
	 * Whether some were dropped, so that there is a gap.
	 */
	boolean isLossy() {
		return this.dropped > 0;
	}

	/**
	 * What is left, in the order of the offsets.
	 */
	List<Publication> publications() {
		return List.copyOf(this.newest.values());
	}

}
