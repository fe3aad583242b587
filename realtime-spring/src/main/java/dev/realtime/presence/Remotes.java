package dev.realtime.presence;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

import dev.realtime.presence.NodeMessage.Change;
import dev.realtime.presence.Room.Held;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The other nodes, as this one hears them: takes what they say into the table, asks them
 * where something is missing in it, and lets their sessions go when they are silent for
 * too long. Guarded by the hub.
 */
final class Remotes {

	private static final Logger logger = LoggerFactory.getLogger(Remotes.class);

	private final String node;

	private final PresenceTable table;

	private final PresenceOptions options;

	private final PresenceTimer timer;

	private final Consumer<String> asker;

	private final Replication.Observer observer;

	private final Map<String, Remote> remotes = new HashMap<>();

	/** When this node last heard itself. */
	private long lastEcho;

	private long lastTick;

	/**
	 * Nobody yet.
	 * @param node this node
	 * @param asker asks a node for everything
	 */
	Remotes(String node, PresenceTable table, PresenceOptions options, PresenceTimer timer, Consumer<String> asker,
			Replication.Observer observer) {
		this.node = node;
		this.table = table;
		this.options = options;
		this.timer = timer;
		this.asker = asker;
		this.observer = observer;
		this.lastEcho = timer.nanoTime();
		this.lastTick = this.lastEcho;
	}

	/**
	 * What is known of the others may not be true any more, and they are asked.
	 */
	void doubt() {
		long now = this.timer.nanoTime();
		this.remotes.values().forEach((remote) -> {
			remote.synced = false;
			remote.asked(now);
		});
	}

	/**
	 * This node heard itself, so it hears the others.
	 */
	void echoed() {
		this.lastEcho = this.timer.nanoTime();
	}

	/**
	 * Another node said something.
	 */
	void heard(NodeMessage message) {
		long now = this.timer.nanoTime();
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
			case REQUEST -> {
			}
			case BYE -> remote.leavesAt = now + this.options.leaveGrace().toNanos();
		}
		ask(message.node(), remote, now);
	}

	private void state(Remote remote, NodeMessage message) {
		if (message.part() == 0) {
			remote.state = new LinkedHashMap<>();
			remote.nextPart = 0;
		}
		Map<String, Change> state = remote.state;
		if (state == null || message.part() != remote.nextPart++) {
			// A part was missed, and nobody has left because of that.
			remote.state = null;
			remote.synced = false;
			return;
		}
		message.changes().forEach((change) -> state.put(change.id(), change));
		if (message.last()) {
			remote.state = null;
			// Who came first: a member with another connection now has not left.
			state.values().forEach((change) -> apply(message.node(), change));
			for (String id : List.copyOf(this.table.ids(message.node()))) {
				if (!state.containsKey(id)) {
					apply(message.node(), new Change(id, null, this.timer.millis()));
				}
			}
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

	private void ask(String name, Remote remote, long now) {
		if (!remote.synced && remote.leavesAt == null && now - remote.nextRequest >= 0) {
			remote.asked(now);
			this.asker.accept(name);
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
		long lease = this.options.lease().toNanos();
		// Who does not hear itself, or was paused, knows nothing of the others.
		boolean deaf = now - this.lastEcho > lease / 2 || now - this.lastTick > this.options.beat().toNanos();
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
			if (left || now - remote.lastHeard > lease) {
				expire(name, left);
			}
			else {
				ask(name, remote, now);
			}
		}
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

	/**
	 * Another node.
	 */
	private final class Remote {

		private boolean synced;

		private long sequence;

		private long lastHeard;

		private long nextRequest = Remotes.this.timer.nanoTime();

		private @Nullable Long leavesAt;

		private @Nullable Map<String, Change> state;

		private int nextPart;

		private void asked(long now) {
			this.nextRequest = now + Remotes.this.options.beat().toNanos() / 2;
		}

	}

}
