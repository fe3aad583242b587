package dev.realtime.presence;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

import dev.realtime.PresenceStatus;
import dev.realtime.core.ChannelId;
import dev.realtime.core.Ending;
import dev.realtime.presence.NodeMessage.Change;
import org.jspecify.annotations.Nullable;

/**
 * The sessions this node answers for. Guarded by the hub.
 */
final class OwnSessions {

	/**
	 * The connection of those who were seen by HTTP requests. No connection has this id.
	 */
	private static final String HTTP = "http ";

	private final String node;

	private final PresenceTable table;

	private final Consumer<Change> announcer;

	private final PresenceOptions options;

	private final PresenceTimer timer;

	private final Map<Place, Own> places = new HashMap<>();

	/** Those whose connections broke, the first to break first. */
	private final Map<Who, Deque<Own>> lost = new HashMap<>();

	private long nextId;

	private long members;

	/**
	 * Nobody yet.
	 * @param announcer tells the other nodes
	 */
	OwnSessions(String node, PresenceTable table, Consumer<Change> announcer, PresenceOptions options,
			PresenceTimer timer) {
		this.node = node;
		this.table = table;
		this.announcer = announcer;
		this.options = options;
		this.timer = timer;
	}

	void join(String connection, ChannelId room, String user, @Nullable String info) {
		Place place = new Place(connection, room);
		Own own = this.places.get(place);
		if (own != null) {
			own.joins++;
			describe(own, info);
			return;
		}
		enter(place, user, info);
		returned(room, user);
	}

	private Own enter(Place place, String user, @Nullable String info) {
		Own own = new Own(Long.toString(this.nextId++, Character.MAX_RADIX), place, this.timer.nanoTime());
		this.places.put(place, own);
		this.members += PresenceTable.isOnline(place.room()) ? 0 : 1;
		Room room = this.table.room(place.room());
		MemberView view = (room != null) ? room.view(user) : null;
		long now = this.timer.millis();
		put(own, new Session(place.room(), user, info, PresenceStatus.ONLINE, null, (view != null) ? view.since() : now,
				now, now, 0));
		return own;
	}

	/**
	 * What others see of a user has been found out again.
	 */
	void describe(String connection, ChannelId room, @Nullable String info) {
		Own own = this.places.get(new Place(connection, room));
		if (own != null) {
			describe(own, info);
		}
	}

	private void describe(Own own, @Nullable String info) {
		Session session = session(own);
		Room room = (session != null) ? this.table.room(session.room()) : null;
		if (session != null && room != null && !Objects.equals(info, session.info())) {
			long newest = newest(room, session.user(), Session::described);
			put(own, session.describedAs(info, Math.max(this.timer.millis(), newest + 1)));
		}
	}

	/**
	 * What orders things among the sessions of a member, whatever the clocks of the nodes
	 * say.
	 */
	private static long newest(Room room, String user, ToLongFunction<Session> order) {
		return room.sessions(user).stream().map((held) -> held.session).mapToLong(order).max().orElse(0);
	}

	private void put(Own own, Session session) {
		this.table.put(this.node, own.id, session);
		this.announcer.accept(new Change(own.id, session, 0));
	}

	private @Nullable Session session(Own own) {
		return this.table.session(this.node, own.id);
	}

	void leave(String connection, ChannelId room, Ending ending) {
		Place place = new Place(connection, room);
		Own own = this.places.get(place);
		if (own == null || --own.joins > 0) {
			return;
		}
		this.places.remove(place);
		Session session = session(own);
		long at = this.timer.millis();
		if (ending == Ending.LEFT || this.options.leaveGrace().isZero() || session == null || isBack(own, session)) {
			remove(own, at);
			return;
		}
		Who who = new Who(room, session.user());
		own.lostAt = at;
		this.lost.computeIfAbsent(who, (absent) -> new ArrayDeque<>(1)).add(own);
		this.timer.schedule(() -> giveUp(who, own, at), this.options.leaveGrace());
	}

	/**
	 * Whether the client may have been back before it was known that it was away.
	 */
	private boolean isBack(Own own, Session session) {
		Room room = this.table.room(session.room());
		long recently = this.timer.millis() - this.options.leaveGrace().toMillis();
		return room != null && room.sessions(session.user())
			.stream()
			.anyMatch((held) -> !(held.node.equals(this.node) && held.id.equals(own.id))
					&& held.session.joined() > Math.max(recently, session.joined()));
	}

	/**
	 * A member has a new connection, here or elsewhere: in place of one that broke, if
	 * there is one.
	 */
	void returned(ChannelId room, String user) {
		Deque<Own> waiting = this.lost.get(new Who(room, user));
		if (waiting != null) {
			Own own = waiting.getFirst();
			giveUp(new Who(room, user), own, own.lostAt);
		}
	}

	private void giveUp(Who who, Own own, long at) {
		Deque<Own> waiting = this.lost.get(who);
		if (waiting != null && waiting.remove(own)) {
			if (waiting.isEmpty()) {
				this.lost.remove(who);
			}
			remove(own, at);
		}
	}

	private void remove(Own own, long at) {
		this.members -= PresenceTable.isOnline(own.place.room()) ? 0 : 1;
		this.table.remove(this.node, own.id, at);
		this.announcer.accept(new Change(own.id, null, at));
	}

	/**
	 * Somebody was seen by an HTTP request.
	 */
	void track(ChannelId room, String user, @Nullable String info) {
		Place place = new Place(HTTP + user, room);
		long until = this.timer.nanoTime() + this.options.httpTtl().toNanos();
		Own own = this.places.get(place);
		if (own == null) {
			own = enter(place, user, info);
			own.until = until;
			expireLater(own, this.options.httpTtl());
		}
		else {
			describe(own, info);
		}
		own.until = until;
	}

	private void expireLater(Own own, Duration delay) {
		this.timer.schedule(() -> {
			long left = own.until - this.timer.nanoTime();
			if (left > 0) {
				expireLater(own, Duration.ofNanos(left));
			}
			else if (this.places.remove(own.place, own)) {
				remove(own, this.timer.millis());
			}
		}, delay);
	}

	/**
	 * What a session says about itself. The newest wins, and what comes too fast waits.
	 * @return {@code false} if it is not there
	 */
	boolean say(String connection, ChannelId room, PresenceState state) {
		Own own = this.places.get(new Place(connection, room));
		Session session = (own != null) ? session(own) : null;
		if (own == null || session == null) {
			return false;
		}
		boolean waiting = own.saying != null;
		Session before = (own.saying != null) ? own.saying : session;
		own.saying = before.saying((state.status() != null) ? state.status() : before.status(),
				state.hasData() ? state.data() : before.data(), 0);
		long now = this.timer.nanoTime();
		if (now - own.nextSay >= 0) {
			say(own);
		}
		else if (!waiting) {
			this.timer.schedule(() -> say(own), Duration.ofNanos(own.nextSay - now));
		}
		return true;
	}

	private void say(Own own) {
		Session session = session(own);
		Session saying = own.saying;
		own.saying = null;
		Room room = (session != null) ? this.table.room(session.room()) : null;
		if (session != null && saying != null && room != null) {
			own.nextSay = this.timer.nanoTime() + Duration.ofSeconds(1).toNanos() / this.options.updatesPerSecond();
			long newest = newest(room, session.user(), Session::said);
			put(own, session.saying(saying.status(), saying.data(), Math.max(this.timer.millis(), newest + 1)));
		}
	}

	/**
	 * How many there are besides those who are just connected.
	 */
	long members() {
		return this.members;
	}

	/**
	 * One connection in one room.
	 */
	private record Place(String connection, ChannelId room) {

	}

	private record Who(ChannelId room, String user) {

	}

	/**
	 * A session of this node.
	 */
	private static final class Own {

		private final String id;

		private final Place place;

		/** Subscriptions of the connection that joined. */
		private int joins = 1;

		private long lostAt;

		private long until;

		private long nextSay;

		private @Nullable Session saying;

		Own(String id, Place place, long now) {
			this.id = id;
			this.place = place;
			this.nextSay = now;
		}

	}

}
