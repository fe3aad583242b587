package dev.realtime.access;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import dev.realtime.Tenant;
import dev.realtime.core.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected to this node, by user and by session, and who had to go lately: a
 * client that is about to connect is not to slip through. Adding and removing take
 * constant time. Thread-safe, with one lock that is held for moments.
 */
final class ConnectionRegistry {

	/**
	 * Beyond the life of any token that was issued before, and of any handshake.
	 */
	private static final long MEMORY_NANOS = TimeUnit.MINUTES.toNanos(10);

	/** More ends than these in ten minutes, and the oldest are forgotten earlier. */
	private static final int MAX_MEMORY = 10_000;

	private final LongSupplier clock;

	private final Set<GuardedConnection> all = new HashSet<>();

	private final Map<UserKey, Set<GuardedConnection>> byUser = new HashMap<>();

	private final Map<String, Set<GuardedConnection>> bySession = new HashMap<>();

	private final Map<Object, End> ends = memory();

	private final Map<String, String> renamed = memory();

	ConnectionRegistry(LongSupplier clock) {
		this.clock = clock;
	}

	private static <K, V> Map<K, V> memory() {
		return new LinkedHashMap<>() {

			@Override
			protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
				return size() > MAX_MEMORY;
			}

		};
	}

	/**
	 * Takes a connection in.
	 * @param connection the connection
	 * @return why it has to end at once, or {@code null} if it is welcome
	 */
	synchronized @Nullable CloseReason add(GuardedConnection connection) {
		Member member = current(connection.member());
		connection.setMember(member);
		CloseReason ended = ended(member, connection.since());
		if (ended == null) {
			this.all.add(connection);
			put(this.byUser, UserKey.of(member), connection);
			putSession(connection);
		}
		return ended;
	}

	private @Nullable CloseReason ended(Member member, long since) {
		return Stream
			.of(new SessionKey(String.valueOf(member.session())), UserKey.of(member),
					new TenantKey(member.tenant().id()))
			.map(this.ends::get)
			.filter((end) -> end != null && (end.forGood() || end.time() >= since))
			.map(End::reason)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Lets a connection go. A second call does nothing.
	 */
	synchronized void remove(GuardedConnection connection) {
		if (this.all.remove(connection)) {
			take(this.byUser, UserKey.of(connection.member()), connection);
			takeSession(connection);
		}
	}

	/**
	 * Takes a fresh authentication of the same user.
	 */
	synchronized void replace(GuardedConnection connection, Member fresh) {
		Member member = current(fresh);
		boolean present = this.all.contains(connection);
		if (present) {
			takeSession(connection);
		}
		connection.setMember((member.session() != null) ? member : member.withSession(connection.member().session()));
		if (present) {
			putSession(connection);
		}
	}

	private Member current(Member member) {
		String session = current(member.session());
		return Objects.equals(session, member.session()) ? member : member.withSession(session);
	}

	private @Nullable String current(@Nullable String session) {
		String current = session;
		while (current != null && this.renamed.containsKey(current)) {
			current = this.renamed.get(current);
		}
		return current;
	}

	private void putSession(GuardedConnection connection) {
		String session = connection.member().session();
		if (session != null) {
			put(this.bySession, session, connection);
		}
	}

	private void takeSession(GuardedConnection connection) {
		String session = connection.member().session();
		if (session != null) {
			take(this.bySession, session, connection);
		}
	}

	private static <K> void put(Map<K, Set<GuardedConnection>> index, K key, GuardedConnection connection) {
		index.computeIfAbsent(key, (absent) -> new HashSet<>(2)).add(connection);
	}

	private static <K> void take(Map<K, Set<GuardedConnection>> index, K key, GuardedConnection connection) {
		index.computeIfPresent(key, (present, connections) -> {
			connections.remove(connection);
			return connections.isEmpty() ? null : connections;
		});
	}

	synchronized void renameSession(String from, String to) {
		// Never back to where it came from, or there would be no end to it.
		this.renamed.remove(to);
		this.renamed.put(from, to);
		Set<GuardedConnection> connections = this.bySession.remove(from);
		if (connections != null) {
			for (GuardedConnection connection : connections) {
				connection.setMember(connection.member().withSession(to));
				put(this.bySession, to, connection);
			}
		}
	}

	/**
	 * Those of a session, who have to go.
	 * @param forGood whether the session has ended, so that nobody can come later
	 * @param time who began to authenticate later stays
	 */
	synchronized List<GuardedConnection> endSession(String session, boolean forGood, long time) {
		remember(new SessionKey(session), new End(time, CloseReason.SESSION_ENDED, forGood));
		return until(time, this.bySession.getOrDefault(session, Set.of()));
	}

	/**
	 * Those who have to go.
	 * @param user the user, or {@code null} for all of the tenant
	 * @param time who began to authenticate later stays
	 */
	synchronized List<GuardedConnection> end(Tenant tenant, @Nullable String user, CloseReason reason, long time) {
		remember((user != null) ? new UserKey(tenant.id(), user) : new TenantKey(tenant.id()),
				new End(time, reason, false));
		return until(time, find(tenant, user));
	}

	private static List<GuardedConnection> until(long time, Collection<GuardedConnection> connections) {
		return connections.stream().filter((connection) -> connection.since() <= time).toList();
	}

	private void remember(Object key, End end) {
		End known = this.ends.get(key);
		if (known != null && known.time() > end.time() && (known.forGood() || !end.forGood())) {
			return;
		}
		long now = this.clock.getAsLong();
		// The order of the map is that of the times, but for those that were repeated.
		Iterator<End> oldest = this.ends.values().iterator();
		while (oldest.hasNext() && now - oldest.next().time() > MEMORY_NANOS) {
			oldest.remove();
		}
		this.ends.remove(key);
		this.ends.put(key, end);
	}

	/**
	 * Some of those who are connected.
	 * @param user the user, or {@code null} for all of the tenant
	 */
	synchronized List<GuardedConnection> find(Tenant tenant, @Nullable String user) {
		if (user != null) {
			return List.copyOf(this.byUser.getOrDefault(new UserKey(tenant.id(), user), Set.of()));
		}
		return this.all.stream().filter((connection) -> connection.member().tenant().equals(tenant)).toList();
	}

	/**
	 * Those of a session, by its newest id or one before.
	 */
	synchronized List<GuardedConnection> findSession(String session) {
		return List.copyOf(this.bySession.getOrDefault(String.valueOf(current(session)), Set.of()));
	}

	synchronized List<GuardedConnection> all() {
		return new ArrayList<>(this.all);
	}

	/**
	 * How much is kept, for tests.
	 */
	synchronized int size() {
		return this.all.size() + this.byUser.size() + this.bySession.size();
	}

	/**
	 * Users of different tenants may have the same name.
	 */
	private record UserKey(String tenant, String user) {

		static UserKey of(Member member) {
			return new UserKey(member.tenant().id(), member.user().getName());
		}

	}

	private record TenantKey(String tenant) {

	}

	private record SessionKey(String session) {

	}

	/**
	 * Somebody had to go.
	 */
	private record End(long time, CloseReason reason, boolean forGood) {

	}

}
