package dev.realtime.presence;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.realtime.presence.NodeMessage.Change;
import dev.realtime.presence.NodeMessage.Kind;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other nodes of the sessions of this one: what changes, everything when they
 * ask, and that it is there. What it says replaces what it said before, so nothing goes
 * wrong if it is said twice.
 * <p>
 * One message is under way at a time, so that what changes while the backplane is away
 * becomes few messages and not many. Guarded by the hub.
 */
final class Announcer {

	/** Well below what any backplane takes. */
	private static final int MAX_BYTES = 16 * 1024;

	private static final Duration RETRY = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(Announcer.class);

	private final String node;

	private final PresenceTable table;

	private final PresenceOptions options;

	private final PresenceTimer timer;

	private final Function<byte[], CompletableFuture<Void>> sender;

	private final Map<String, Change> pending = new LinkedHashMap<>();

	/** Parts of the state that are still to be sent. */
	private final Queue<NodeMessage> queue = new ArrayDeque<>();

	/** Nodes that are to be asked. */
	private final Set<String> requests = new LinkedHashSet<>();

	private boolean allRequested;

	private boolean sending;

	private boolean stateWanted;

	private boolean diffScheduled;

	private boolean closed;

	private long sequence;

	private long nextDiff;

	private long nextState;

	private long lastSent;

	Announcer(String node, PresenceTable table, PresenceOptions options, PresenceTimer timer,
			Function<byte[], CompletableFuture<Void>> sender) {
		this.node = node;
		this.table = table;
		this.options = options;
		this.timer = timer;
		this.sender = sender;
		long now = timer.nanoTime();
		this.nextDiff = now;
		this.nextState = now;
		this.lastSent = now;
	}

	/**
	 * Tells the others of a session of this node.
	 */
	void changed(Change change) {
		// Again at the end: who comes back comes before the old connection goes.
		this.pending.remove(change.id());
		this.pending.put(change.id(), change);
		pump();
	}

	/**
	 * Has this node say everything.
	 */
	void sayAll() {
		this.stateWanted = true;
	}

	/**
	 * Asks a node for everything.
	 */
	void ask(String other) {
		this.requests.add(other);
	}

	/**
	 * Asks all nodes for everything.
	 */
	void askAll() {
		this.requests.clear();
		this.allRequested = true;
	}

	/**
	 * Says good-bye, after what is still to be said.
	 * @return completed once it is said
	 */
	CompletableFuture<Void> bye() {
		this.closed = true;
		while (!this.pending.isEmpty()) {
			this.sequence++;
			this.sender
				.apply(NodeMessage.diff(this.node, this.sequence, takePart(this.pending.values().iterator())).toJson());
		}
		return this.sender.apply(NodeMessage.of(this.node, Kind.BYE, this.sequence).toJson());
	}

	/**
	 * Goes on after a good-bye.
	 * @return {@code false} if there was none
	 */
	boolean comeBack() {
		boolean back = this.closed;
		this.closed = false;
		return back;
	}

	/**
	 * Says what there is to say, if it is time.
	 */
	void pump() {
		if (this.sending || this.closed) {
			return;
		}
		NodeMessage next = next(this.timer.nanoTime());
		if (next == null) {
			return;
		}
		byte[] json = next.toJson();
		this.sending = true;
		this.lastSent = this.timer.nanoTime();
		this.sender.apply(json).whenComplete((sent, failure) -> this.timer.execute(() -> sent(failure)));
	}

	private void sent(@Nullable Throwable failure) {
		this.sending = false;
		if (failure == null) {
			pump();
			return;
		}
		logger.debug("The other nodes may not know who is here", failure);
		// Nobody knows what got through.
		this.queue.clear();
		this.stateWanted = true;
		this.nextState = this.timer.nanoTime() + RETRY.toNanos();
		this.timer.schedule(this::pump, RETRY);
	}

	private @Nullable NodeMessage next(long now) {
		if (this.queue.isEmpty() && this.stateWanted && now - this.nextState >= 0) {
			this.stateWanted = false;
			this.nextState = now + RETRY.toNanos();
			queueState();
		}
		if (!this.queue.isEmpty()) {
			return this.queue.poll();
		}
		if (this.allRequested || !this.requests.isEmpty()) {
			return nextRequest();
		}
		if (!this.pending.isEmpty()) {
			return nextDiff(now);
		}
		return (now - this.lastSent >= this.options.beat().toNanos())
				? NodeMessage.of(this.node, Kind.BEAT, this.sequence) : null;
	}

	private NodeMessage nextRequest() {
		if (this.allRequested) {
			this.allRequested = false;
			return NodeMessage.request(this.node, this.sequence, null);
		}
		String to = this.requests.iterator().next();
		this.requests.remove(to);
		return NodeMessage.request(this.node, this.sequence, to);
	}

	private @Nullable NodeMessage nextDiff(long now) {
		if (now - this.nextDiff < 0) {
			if (!this.diffScheduled) {
				this.diffScheduled = true;
				this.timer.schedule(() -> {
					this.diffScheduled = false;
					pump();
				}, Duration.ofNanos(this.nextDiff - now));
			}
			return null;
		}
		List<Change> changes = takePart(this.pending.values().iterator());
		this.sequence++;
		if (this.pending.isEmpty()) {
			this.nextDiff = now + this.options.window().toNanos();
		}
		return NodeMessage.diff(this.node, this.sequence, changes);
	}

	private static List<Change> takePart(Iterator<Change> changes) {
		List<Change> part = new ArrayList<>();
		int bytes = 0;
		while (changes.hasNext() && bytes < MAX_BYTES) {
			Change change = changes.next();
			bytes += change.size();
			part.add(change);
			changes.remove();
		}
		return part;
	}

	private void queueState() {
		// What is pending is part of it.
		this.pending.clear();
		List<Change> all = new ArrayList<>();
		for (String id : this.table.ids(this.node)) {
			all.add(new Change(id, this.table.session(this.node, id), 0));
		}
		Iterator<Change> changes = new ArrayDeque<>(all).iterator();
		int part = 0;
		do {
			List<Change> taken = takePart(changes);
			this.queue
				.add(new NodeMessage(this.node, Kind.STATE, this.sequence, part++, !changes.hasNext(), null, taken));
		}
		while (changes.hasNext());
	}

}
