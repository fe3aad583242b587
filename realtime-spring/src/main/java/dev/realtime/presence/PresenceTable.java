package dev.realtime.presence;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;

import dev.realtime.core.ChannelId;
import dev.realtime.presence.Room.Held;
import org.jspecify.annotations.Nullable;

/**
 * Where everybody is: the sessions of all nodes, by node, by room and by user. Knows
 * neither time nor other nodes. Not thread-safe.
 */
final class PresenceTable {

	/**
	 * The room of a tenant where everybody is who is connected. No name of a topic begins
	 * like this.
	 */
	private static final String ONLINE = "@online";

	/**
	 * Users whose last time is remembered. Beyond it those go that were seen longest ago.
	 */
	static final int MAX_LAST_SEEN = 100_000;

	private final Map<String, Map<String, Held>> nodes = new HashMap<>();

	private final Map<ChannelId, Room> rooms = new HashMap<>();

	private final Map<User, Set<ChannelId>> whereabouts = new HashMap<>();

	private final Map<User, Long> lastSeen = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<User, Long> eldest) {
			return size() > MAX_LAST_SEEN;
		}

	};

	private final BiConsumer<ChannelId, String> listener;

	/**
	 * An empty table.
	 * @param listener told the room and the member that changed
	 */
	PresenceTable(BiConsumer<ChannelId, String> listener) {
		this.listener = listener;
	}

	static ChannelId online(@Nullable String tenant) {
		return new ChannelId(tenant, null, ONLINE);
	}

	static boolean isOnline(ChannelId room) {
		return room.name().equals(ONLINE);
	}

	/**
	 * Takes a session in, or what it says now.
	 */
	void put(String node, String id, Session session) {
		Map<String, Held> sessions = this.nodes.computeIfAbsent(node, (absent) -> new HashMap<>());
		Held held = sessions.get(id);
		if (held != null && !held.session.isSameMember(session)) {
			remove(node, id, session.since());
			held = null;
		}
		if (held == null) {
			Held added = new Held(node, id, session);
			this.nodes.computeIfAbsent(node, (absent) -> new HashMap<>()).put(id, added);
			this.rooms.computeIfAbsent(session.room(), Room::new).add(added);
			if (!isOnline(session.room())) {
				this.whereabouts.computeIfAbsent(User.of(session), (user) -> new HashSet<>(2)).add(session.room());
			}
		}
		else if (held.session.equals(session)) {
			return;
		}
		else {
			held.session = session;
		}
		this.listener.accept(session.room(), session.user());
	}

	/**
	 * Lets a session go.
	 * @param at when that was, in milliseconds since 1970
	 * @return the session, or {@code null} if there is none
	 */
	@Nullable Session remove(String node, String id, long at) {
		Map<String, Held> sessions = this.nodes.get(node);
		Held held = (sessions != null) ? sessions.remove(id) : null;
		if (sessions == null || held == null) {
			return null;
		}
		if (sessions.isEmpty()) {
			this.nodes.remove(node);
		}
		Session session = held.session;
		Room room = this.rooms.get(session.room());
		if (room != null) {
			room.remove(held);
			if (!room.contains(session.user())) {
				left(session, at);
			}
			if (room.size() == 0) {
				this.rooms.remove(session.room());
			}
		}
		this.listener.accept(session.room(), session.user());
		return session;
	}

	private void left(Session session, long at) {
		User user = User.of(session);
		if (isOnline(session.room())) {
			// Again at the end.
			this.lastSeen.remove(user);
			this.lastSeen.put(user, at);
			return;
		}
		this.whereabouts.computeIfPresent(user, (key, rooms) -> {
			rooms.remove(session.room());
			return rooms.isEmpty() ? null : rooms;
		});
	}

	/**
	 * The sessions of a node.
	 * @return their ids
	 */
	Collection<String> ids(String node) {
		Map<String, Held> sessions = this.nodes.get(node);
		return (sessions != null) ? sessions.keySet() : Set.of();
	}

	@Nullable Session session(String node, String id) {
		Map<String, Held> sessions = this.nodes.get(node);
		Held held = (sessions != null) ? sessions.get(id) : null;
		return (held != null) ? held.session : null;
	}

	@Nullable Room room(ChannelId id) {
		return this.rooms.get(id);
	}

	boolean isOnline(@Nullable String tenant, String user) {
		Room room = this.rooms.get(online(tenant));
		return room != null && room.contains(user);
	}

	@Nullable Long lastSeen(@Nullable String tenant, String user) {
		return this.lastSeen.get(new User(tenant, user));
	}

	Set<String> whereIs(@Nullable String tenant, String user) {
		Set<String> names = new TreeSet<>();
		this.whereabouts.getOrDefault(new User(tenant, user), Set.of()).forEach((room) -> names.add(room.name()));
		return names;
	}

	/**
	 * How much is kept, for tests.
	 */
	int size() {
		return this.nodes.size() + this.rooms.size() + this.whereabouts.size();
	}

	/**
	 * Users of different tenants may have the same name.
	 */
	private record User(@Nullable String tenant, String name) {

		static User of(Session session) {
			return new User(session.room().tenant(), session.user());
		}

	}

}
