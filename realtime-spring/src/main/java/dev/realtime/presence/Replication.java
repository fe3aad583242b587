package dev.realtime.presence;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.realtime.presence.NodeMessage.Change;
import dev.realtime.presence.NodeMessage.Kind;
import dev.realtime.presence.Room.Held;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the sessions of all nodes into the table. Each node answers for its own: it
 * tells the others what changes, and everything when they ask. What a node says replaces
 * what it said before, so nothing goes wrong if it is said twice.
 * <p>
 * One message is under way at a time, so that what changes while the backplane is away
 * becomes few messages and not many. Guarded by the hub.
 */
final class Replication {

	/** Well below what any backplane takes. */
	private static final int MAX_BYTES = 16 * 1024;

	private static final Duration RETRY = Duration.ofSeconds(1);

	/** Beats of a lease. */
	private static final int BEATS = 3;

	private static final Logger logger = LoggerFactory.getLogger(Replication.class);

	private final String node;

	private final PresenceTable table;

	private final PresenceOptions options;

	private final PresenceTimer timer;

	private final Function<byte[], CompletableFuture<Void>> sender;

	private final Observer observer;

	private final Map<String, Remote> remotes = new HashMap<>();

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

	/** When this node last heard itself. */
	private long lastEcho;

	private long lastTick;

	Replication(String node, PresenceTable table, PresenceOptions options, PresenceTimer timer,
			Function<byte[], CompletableFuture<Void>> sender, Observer observer) {
		this.node = node;
		this.table = table;
		this.options = options;
		this.timer = timer;
		this.sender = sender;
		this.observer = observer;
		long now = timer.nanoTime();
		this.nextDiff = now;
		this.nextState = now;
		this.lastSent = now;
		this.lastEcho = now;
		this.lastTick = now;
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
	 * Something that others said may have been missed.
	 */
	void resync() {
		long now = this.timer.nanoTime();
		this.remotes.values().forEach((remote) -> {
			remote.synced = false;
			remote.asked(now);
		});
		this.requests.clear();
		this.allRequested = true;
		this.stateWanted = true;
		pump();
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
	 */
	void comeBack() {
		if (this.closed) {
			this.closed = false;
			resync();
		}
	}

	private void pump() {
		if (this.sending || this.closed) {
			return;
		}
		NodeMessage next = next(this.timer.nanoTime());
		if (next == null) {
			return;
		}
		this.sending = true;
		this.lastSent = this.timer.nanoTime();
		this.sender.apply(next.toJson()).whenComplete((sent, failure) -> this.timer.execute(() -> sent(failure)));
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
		return (now - this.lastSent >= beat()) ? NodeMessage.of(this.node, Kind.BEAT, this.sequence) : null;
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

	/**
	 * Somebody said something, maybe this node.
	 */
	void heard(NodeMessage message) {
		long now = this.timer.nanoTime();
		if (message.node().equals(this.node)) {
			this.lastEcho = now;
			this.observer.echoed(message);
			return;
		}
		Remote remote = this.remotes.computeIfAbsent(message.node(), (absent) -> new Remote());
		remote.lastHeard = now;
		// Who speaks again has come back.
		remote.leavesAt = null;
		switch (message.kind()) {
			case DIFF -> {
				remote.synced &= message.sequence() == remote.sequence + 1;
				remote.sequence = message.sequence();
				message.changes().forEach((change) -> apply(message.node(), change));
			}
			case STATE -> state(remote, message);
			case BEAT -> {
				remote.synced &= message.sequence() == remote.sequence;
				remote.sequence = message.sequence();
			}
			case REQUEST -> this.stateWanted |= message.to() == null || message.to().equals(this.node);
			case BYE -> remote.leavesAt = now + this.options.leaveGrace().toNanos();
		}
		ask(message.node(), remote, now);
		pump();
	}

	private void state(Remote remote, NodeMessage message) {
		if (message.part() == 0) {
			remote.state = new LinkedHashMap<>();
		}
		Map<String, Change> state = remote.state;
		if (state == null) {
			// The beginning was missed.
			return;
		}
		message.changes().forEach((change) -> state.put(change.id(), change));
		if (message.last()) {
			remote.state = null;
			for (String id : List.copyOf(this.table.ids(message.node()))) {
				if (!state.containsKey(id)) {
					apply(message.node(), new Change(id, null, this.timer.millis()));
				}
			}
			state.values().forEach((change) -> apply(message.node(), change));
			remote.sequence = message.sequence();
			remote.synced = true;
		}
	}

	private void apply(String remote, Change change) {
		Session session = change.session();
		if (session == null) {
			Session gone = this.table.remove(remote, change.id(), change.at());
			if (gone != null) {
				this.observer.gone(gone, false);
			}
			return;
		}
		boolean fresh = this.table.session(remote, change.id()) == null;
		this.table.put(remote, change.id(), session);
		if (fresh) {
			this.observer.came(session);
		}
	}

	private void ask(String node, Remote remote, long now) {
		if (!remote.synced && remote.leavesAt == null && now - remote.nextRequest >= 0) {
			remote.asked(now);
			this.requests.add(node);
		}
	}

	/**
	 * Lets a session of a node go that has said good-bye, because its client is elsewhere
	 * now.
	 */
	void moved(Session session) {
		Room room = this.table.room(session.room());
		if (room == null || room.sessions(session.user()).size() < 2) {
			return;
		}
		for (Held held : room.sessions(session.user())) {
			Remote remote = this.remotes.get(held.node);
			if (remote != null && remote.leavesAt != null) {
				apply(held.node, new Change(held.id, null, this.timer.millis()));
				return;
			}
		}
	}

	/**
	 * Looks at the clock.
	 */
	void tick() {
		long now = this.timer.nanoTime();
		// Who does not hear itself, or was paused, knows nothing of the others.
		boolean deaf = now - this.lastEcho > this.options.lease().toNanos() / 2 || now - this.lastTick > beat();
		this.lastTick = now;
		for (String name : List.copyOf(this.remotes.keySet())) {
			Remote remote = this.remotes.get(name);
			if (remote == null) {
				continue;
			}
			if (deaf) {
				remote.lastHeard = now;
			}
			boolean left = remote.leavesAt != null && now - remote.leavesAt >= 0;
			if (left || now - remote.lastHeard > this.options.lease().toNanos()) {
				expire(name, left);
			}
			else {
				ask(name, remote, now);
			}
		}
		pump();
	}

	private void expire(String name, boolean left) {
		this.remotes.remove(name);
		List<String> ids = List.copyOf(this.table.ids(name));
		if (!left && !ids.isEmpty()) {
			logger.info("Node {} has not been heard of for {}: its {} sessions are gone", name, this.options.lease(),
					ids.size());
		}
		boolean first = isFirst();
		for (String id : ids) {
			Session gone = this.table.remove(name, id, this.timer.millis());
			if (gone != null) {
				this.observer.gone(gone, first);
			}
		}
	}

	/**
	 * Whether this node speaks for those that can not any more.
	 */
	private boolean isFirst() {
		Set<String> alive = new TreeSet<>(Set.of(this.node));
		this.remotes.forEach((name, remote) -> {
			if (remote.leavesAt == null) {
				alive.add(name);
			}
		});
		return alive.iterator().next().equals(this.node);
	}

	private long beat() {
		return this.options.lease().toNanos() / BEATS;
	}

	int nodes() {
		return this.remotes.size() + 1;
	}

	/**
	 * Hears what becomes known.
	 */
	interface Observer {

		/**
		 * A session came on another node.
		 */
		void came(Session session);

		/**
		 * A session of another node is gone.
		 * @param responsible whether this node has to say so, because the other can not
		 */
		void gone(Session session, boolean responsible);

		/**
		 * What this node said has come back, in the order that all nodes hear.
		 */
		void echoed(NodeMessage message);

	}

	/**
	 * Another node.
	 */
	private final class Remote {

		private boolean synced;

		private long sequence;

		private long lastHeard;

		private long nextRequest = Replication.this.timer.nanoTime();

		private @Nullable Long leavesAt;

		private @Nullable Map<String, Change> state;

		private void asked(long now) {
			this.nextRequest = now + Replication.this.beat() / 2;
		}

	}

}
