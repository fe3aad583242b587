package dev.realtime.presence;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What this node knows of the sessions of all nodes, and what follows from it: who came
 * back elsewhere does not have to be waited for, and the application is told. Guarded by
 * the hub.
 */
final class NodeSessions implements Replication.Observer {

	private final MemberEvents events;

	private final Replication replication;

	private final OwnSessions own;

	/**
	 * Nobody yet.
	 * @param node the name of this node, unique in the installation
	 * @param sender tells all nodes something
	 * @param listener gets events for the application
	 */
	NodeSessions(String node, PresenceTable table, PresenceOptions options, PresenceTimer timer,
			Function<byte[], CompletableFuture<Void>> sender, Consumer<Object> listener) {
		this.events = new MemberEvents(table, listener);
		this.replication = new Replication(node, table, options, timer, sender, this);
		this.own = new OwnSessions(node, table, this.replication::changed, options, timer);
	}

	Replication replication() {
		return this.replication;
	}

	OwnSessions own() {
		return this.own;
	}

	@Override
	public void came(Session session) {
		this.events.came(session, false);
		this.own.returned(session.room(), session.user());
		this.replication.moved(session);
	}

	@Override
	public void gone(Session session, boolean responsible) {
		this.events.gone(session, responsible);
	}

	@Override
	public void echoed(NodeMessage message) {
		this.events.echoed(message, this.replication::moved);
	}

}
