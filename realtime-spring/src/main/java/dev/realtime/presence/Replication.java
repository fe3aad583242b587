package dev.realtime.presence;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.realtime.presence.NodeMessage.Change;
import dev.realtime.presence.NodeMessage.Kind;

/**
 * Brings the sessions of all nodes into the table. Each node answers for its own: it says
 * what becomes of them, and believes the others. Guarded by the hub.
 */
final class Replication {

	private final String node;

	private final Announcer announcer;

	private final Remotes remotes;

	private final Observer observer;

	Replication(String node, PresenceTable table, PresenceOptions options, PresenceTimer timer,
			Function<byte[], CompletableFuture<Void>> sender, Observer observer) {
		this.node = node;
		this.announcer = new Announcer(node, table, options, timer, sender);
		this.remotes = new Remotes(node, table, options, timer, this.announcer::ask, observer);
		this.observer = observer;
	}

	/**
	 * Tells the others of a session of this node.
	 */
	void changed(Change change) {
		this.announcer.changed(change);
	}

	/**
	 * Something that others said may have been missed.
	 */
	void resync() {
		this.remotes.doubt();
		this.announcer.askAll();
		this.announcer.sayAll();
		this.announcer.pump();
	}

	/**
	 * Says good-bye, after what is still to be said.
	 * @return completed once it is said
	 */
	CompletableFuture<Void> bye() {
		return this.announcer.bye();
	}

	/**
	 * Goes on after a good-bye.
	 */
	void comeBack() {
		if (this.announcer.comeBack()) {
			resync();
		}
	}

	/**
	 * Somebody said something, maybe this node.
	 */
	void heard(NodeMessage message) {
		if (message.node().equals(this.node)) {
			this.remotes.echoed();
			this.observer.echoed(message);
			return;
		}
		if (message.kind() == Kind.REQUEST && (message.to() == null || message.to().equals(this.node))) {
			this.announcer.sayAll();
		}
		this.remotes.heard(message);
		this.announcer.pump();
	}

	/**
	 * Lets a session of a node go that has said good-bye, because its client is elsewhere
	 * now.
	 */
	void moved(Session session) {
		this.remotes.moved(session);
	}

	/**
	 * Looks at the clock.
	 */
	void tick() {
		this.remotes.tick();
		this.announcer.pump();
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

}
