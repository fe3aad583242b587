package dev.realtime.presence;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.realtime.core.ChannelId;
import org.jspecify.annotations.Nullable;

/**
 * Who is in a room, by the sessions of all nodes. Guarded by the table.
 */
final class Room {

	private final ChannelId id;

	private final Map<String, List<Held>> members = new LinkedHashMap<>();

	Room(ChannelId id) {
		this.id = id;
	}

	ChannelId id() {
		return this.id;
	}

	int size() {
		return this.members.size();
	}

	boolean contains(String user) {
		return this.members.containsKey(user);
	}

	/**
	 * Who is here now.
	 */
	Set<String> users() {
		return new HashSet<>(this.members.keySet());
	}

	/**
	 * The sessions of a member, none if it is not there.
	 */
	List<Held> sessions(String user) {
		return this.members.getOrDefault(user, List.of());
	}

	/**
	 * What others see of a member.
	 * @return {@code null} if it is not there
	 */
	@Nullable MemberView view(String user) {
		List<Held> held = this.members.get(user);
		return (held != null) ? view(user, held) : null;
	}

	private static MemberView view(String user, List<Held> held) {
		Session newest = held.get(0).session;
		Session described = newest;
		long since = newest.since();
		for (Held each : held) {
			Session session = each.session;
			since = Math.min(since, session.since());
			if (isNewer(session, newest)) {
				newest = session;
			}
			if (isDescribedLater(session, described)) {
				described = session;
			}
		}
		return new MemberView(user, described.info(), held.size(), newest.status(), newest.data(), since);
	}

	/**
	 * The same on all nodes, whatever order they heard of the sessions in.
	 */
	private static boolean isNewer(Session session, Session than) {
		if (session.said() != than.said()) {
			return session.said() > than.said();
		}
		return key(session).compareTo(key(than)) > 0;
	}

	private static boolean isDescribedLater(Session session, Session than) {
		if (session.described() != than.described()) {
			return session.described() > than.described();
		}
		return String.valueOf(session.info()).compareTo(String.valueOf(than.info())) > 0;
	}

	private static String key(Session session) {
		return session.status() + String.valueOf(session.data());
	}

	List<MemberView> views() {
		List<MemberView> views = new ArrayList<>(this.members.size());
		this.members.forEach((user, held) -> views.add(view(user, held)));
		return views;
	}

	void add(Held held) {
		this.members.computeIfAbsent(held.session.user(), (user) -> new ArrayList<>(1)).add(held);
	}

	void remove(Held held) {
		this.members.computeIfPresent(held.session.user(), (user, sessions) -> {
			sessions.remove(held);
			return sessions.isEmpty() ? null : sessions;
		});
	}

	/**
	 * A session and the node that answers for it.
	 */
	static final class Held {

		final String node;

		final String id;

		Session session;

		Held(String node, String id, Session session) {
			this.node = node;
			this.id = id;
			this.session = session;
		}

	}

}
