package dev.realtime.presence;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.realtime.PresenceJoinedEvent;
import dev.realtime.PresenceLeftEvent;
import dev.realtime.Tenant;
import dev.realtime.core.ChannelId;
import dev.realtime.presence.NodeMessage.Change;
import dev.realtime.presence.NodeMessage.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Tells the application who came and left, once in the installation: counts sessions in
 * the order in which all nodes hear of them, so that all agree which of them was the
 * first or the last of its member, and the node of that session says so. Guarded by the
 * hub.
 */
final class MemberEvents {

	private final Map<ChannelId, Map<String, Integer>> counts = new HashMap<>();

	/** Sessions of this node that all have heard of. */
	private final Map<String, Session> known = new HashMap<>();

	private final Map<String, Session> state = new HashMap<>();

	private final PresenceTable table;

	private final Consumer<Object> events;

	MemberEvents(PresenceTable table, Consumer<Object> events) {
		this.table = table;
		this.events = events;
	}

	/**
	 * All have heard this of this node.
	 * @param fresh gets the sessions that they had not heard of before
	 */
	void echoed(NodeMessage message, Consumer<Session> fresh) {
		if (message.kind() == Kind.DIFF) {
			message.changes().forEach((change) -> echoed(change.id(), change.session(), fresh));
		}
		else if (message.kind() == Kind.STATE) {
			if (message.part() == 0) {
				this.state.clear();
			}
			for (Change change : message.changes()) {
				if (change.session() != null) {
					this.state.put(change.id(), change.session());
				}
			}
			if (message.last()) {
				// Who came first: a member with another connection now has not left.
				this.state.forEach((id, session) -> echoed(id, session, fresh));
				List.copyOf(this.known.keySet()).forEach((id) -> echoed(id, this.state.get(id), fresh));
				this.state.clear();
			}
		}
	}

	private void echoed(String id, @Nullable Session session, Consumer<Session> fresh) {
		if (session == null) {
			Session gone = this.known.remove(id);
			if (gone != null) {
				gone(gone, true);
			}
		}
		else if (this.known.put(id, session) == null) {
			came(session, true);
			fresh.accept(session);
		}
	}

	void came(Session session, boolean responsible) {
		if (PresenceTable.isOnline(session.room())) {
			return;
		}
		int count = this.counts.computeIfAbsent(session.room(), (room) -> new HashMap<>())
			.merge(session.user(), 1, Integer::sum);
		if (count == 1 && responsible) {
			Room room = this.table.room(session.room());
			MemberView view = (room != null) ? room.view(session.user()) : null;
			this.events.accept(new PresenceJoinedEvent(tenant(session), session.room().name(),
					((view != null) ? view : view(session)).toMember()));
		}
	}

	void gone(Session session, boolean responsible) {
		Map<String, Integer> members = this.counts.get(session.room());
		if (members == null || !members.containsKey(session.user())) {
			return;
		}
		if (members.merge(session.user(), -1, Integer::sum) > 0) {
			return;
		}
		members.remove(session.user());
		if (members.isEmpty()) {
			this.counts.remove(session.room());
		}
		if (responsible) {
			this.events.accept(new PresenceLeftEvent(tenant(session), session.room().name(), view(session).toMember()));
		}
	}

	private static MemberView view(Session session) {
		return new MemberView(session.user(), session.info(), 1, session.status(), session.data(), session.since());
	}

	private static Tenant tenant(Session session) {
		return new Tenant(String.valueOf(session.room().tenant()));
	}

}
