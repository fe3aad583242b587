package dev.realtime.core;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * What is ephemeral and waits for a client that does not keep up: the newest of each
 * event and sender. Bounded, since clients choose the names of events. Not thread-safe:
 * the lane of the connection owns it.
 *
 * @param <F> the frame type of the transport
 */
final class HeldBack<F> {

	/** Enough for the cursors of a full room. */
	static final int MAX_EVENTS = 256;

	/** A quarter of what may be pending by default. */
	static final int MAX_BYTES = 256 * 1024;

	private final Map<Key<F>, Publication> newest = new LinkedHashMap<>();

	private int bytes;

	/**
	 * Keeps one more.
	 * @return whether it took the place of another
	 */
	boolean put(Subscription<F> subscription, Publication publication) {
		Key<F> key = new Key<>(subscription, publication.event(), publication.sender());
		// Again at the end, so that the order is that of their arrival.
		Publication replaced = this.newest.remove(key);
		if (replaced != null) {
			this.bytes -= replaced.data().length;
		}
		this.newest.put(key, publication);
		this.bytes += publication.data().length;
		return replaced != null;
	}

	/**
	 * Drops the oldest of what is too much.
	 * @return how many were dropped
	 */
	int makeRoom() {
		int dropped = 0;
		Iterator<Publication> oldest = this.newest.values().iterator();
		while (this.newest.size() > MAX_EVENTS || (this.bytes > MAX_BYTES && this.newest.size() > 1)) {
			this.bytes -= oldest.next().data().length;
			oldest.remove();
			dropped++;
		}
		return dropped;
	}

	/**
	 * Forgets what is for a subscription that has ended.
	 */
	void remove(Subscription<F> subscription) {
		this.newest.entrySet().removeIf((entry) -> {
			boolean removed = entry.getKey().subscription() == subscription;
			this.bytes -= removed ? entry.getValue().data().length : 0;
			return removed;
		});
	}

	void forEach(BiConsumer<Subscription<F>, Publication> action) {
		this.newest.forEach((key, publication) -> action.accept(key.subscription(), publication));
	}

	/**
	 * What a newer one takes the place of. Without a sender it is the server.
	 */
	private record Key<F>(Subscription<F> subscription, @Nullable String event, @Nullable Sender sender) {

	}

}
