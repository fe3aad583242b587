package dev.realtime.presence;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.realtime.ChannelPresence;
import dev.realtime.PresenceMember;
import dev.realtime.Tenant;
import dev.realtime.core.ChannelId;
import dev.realtime.core.Connection;
import dev.realtime.core.RealtimeEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is there, on all nodes, and who of this node wants to know. Everything happens on
 * one thread, in order; questions are answered by the asking thread. Thread-safe, and
 * nothing blocks for longer than it takes to look.
 *
 * @since 0.1.0
 */
public final class PresenceHub implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(PresenceHub.class);

	private final PresenceOptions options;

	private final LockedTimer timer;

	private final Worker events = new Worker("realtime-presence-events");

	private final Worker visibility = new Worker("realtime-presence-visibility");

	private final PresenceTable table;

	private final Audiences audiences;

	private final NodeLink nodes;

	/**
	 * Presence on a node.
	 * @param engine carries what nodes tell each other, and what viewers are told
	 * @param options settings
	 * @param listener gets events for the application, on a thread that may block
	 */
	public PresenceHub(RealtimeEngine engine, PresenceOptions options, Consumer<Object> listener) {
		String node = Long.toString(new SecureRandom().nextLong() >>> 1, Character.MAX_RADIX);
		this.options = options;
		this.timer = new LockedTimer(new ThreadTimer(), this::taskDone);
		this.table = new PresenceTable(this::changed);
		this.audiences = new Audiences(engine, this.table, options, this.timer, this.visibility);
		this.nodes = new NodeLink(engine, node, this.table, options, this.timer, (event) -> publish(listener, event));
	}

	private void taskDone() {
		this.audiences.scheduleTurns();
	}

	private void changed(ChannelId room, String user) {
		this.audiences.changed(room, user);
	}

	private void publish(Consumer<Object> listener, Object event) {
		this.events.execute(() -> {
			try {
				listener.accept(event);
			}
			catch (RuntimeException ex) {
				logger.error("A listener of {} failed", event.getClass().getSimpleName(), ex);
			}
		});
	}

	/**
	 * Begins to tell the other nodes, and to listen to them, or goes on with it after
	 * {@link #leave()}. Does nothing if presence is switched off.
	 */
	public void start() {
		if (this.options.enabled()) {
			this.nodes.start();
		}
	}

	/**
	 * A user has connected, and is online until the connection ends.
	 * @param connection the connection
	 * @param tenant the user's tenant
	 * @param user the name of the user
	 */
	public void connected(Connection<?> connection, Tenant tenant, String user) {
		if (!this.options.enabled()) {
			return;
		}
		ChannelId online = PresenceTable.online(tenant.id());
		this.timer.execute(() -> this.nodes.own().join(connection.id(), online, user, null));
		connection.onEnd((ending) -> this.timer.execute(() -> this.nodes.own().leave(connection.id(), online, ending)));
	}

	/**
	 * What is to be told the beginning and the end of a subscription, and what happens to
	 * its right.
	 * @param participation what it has to do with presence
	 * @return an observer for this subscription alone
	 */
	public PresenceSubscription observer(Participation participation) {
		return new Participant(participation, this.audiences, this.nodes.own(), this.timer);
	}

	/**
	 * What a session says about itself. The newest wins.
	 * @param connection the id of the connection
	 * @param room the channel
	 * @param state what is new
	 * @return completed with {@code false} if the connection has not joined there
	 */
	public CompletableFuture<Boolean> say(String connection, ChannelId room, PresenceState state) {
		CompletableFuture<Boolean> known = new CompletableFuture<>();
		this.timer.execute(() -> known.complete(this.nodes.own().say(connection, room, state)));
		return known;
	}

	/**
	 * Somebody was seen by an HTTP request, and stays for a while.
	 * @param room the channel, always of a tenant
	 * @param user the id of the member
	 * @param info what others see of the user, a JSON object
	 */
	public void track(ChannelId room, String user, @Nullable String info) {
		this.timer.execute(() -> this.nodes.own().track(room, user, info));
	}

	/**
	 * Who is in a room.
	 * @param room the channel, always of a tenant
	 * @return a view that looks anew with each call
	 */
	public ChannelPresence presence(ChannelId room) {
		return new RoomPresence(this, room);
	}

	/**
	 * Some of those who are in a room.
	 * @param room the channel, always of a tenant
	 * @param skip how many came before
	 * @param limit how many are wanted
	 * @return members in the order they came
	 */
	public List<PresenceMember> members(ChannelId room, long skip, int limit) {
		List<MemberView> views = ask(room, Room::views, List.of());
		return views.stream().sorted(MemberView.ORDER).skip(skip).limit(limit).map(MemberView::toMember).toList();
	}

	/**
	 * Looks into a room.
	 * @param empty the answer if nobody is there
	 */
	<T> T ask(ChannelId room, Function<Room, T> question, T empty) {
		return this.timer.ask(() -> {
			Room found = this.table.room(room);
			return (found != null) ? question.apply(found) : empty;
		});
	}

	/**
	 * Whether a user is connected.
	 * @param tenant the user's tenant
	 * @param user the name of the user
	 * @return whether there is a connection on some node
	 */
	public boolean isOnline(Tenant tenant, String user) {
		requireEnabled();
		return this.timer.ask(() -> this.table.isOnline(tenant.id(), user));
	}

	/**
	 * Who is connected.
	 * @param tenant the tenant
	 * @return the names of the users
	 */
	public Set<String> onlineUsers(Tenant tenant) {
		requireEnabled();
		return ask(PresenceTable.online(tenant.id()), Room::users, Set.of());
	}

	/**
	 * When a user was connected last.
	 * @param tenant the user's tenant
	 * @param user the name of the user
	 * @return now if the user is connected; empty if that is not known
	 */
	public Optional<Instant> lastSeen(Tenant tenant, String user) {
		requireEnabled();
		return this.timer.ask(() -> {
			Long time = this.table.isOnline(tenant.id(), user) ? Long.valueOf(this.timer.millis())
					: this.table.lastSeen(tenant.id(), user);
			return Optional.ofNullable(time).map(Instant::ofEpochMilli);
		});
	}

	/**
	 * Where a user is a member.
	 * @param tenant the user's tenant
	 * @param user the name of the user
	 * @return names of topics with their variables filled in
	 */
	public Set<String> whereIs(Tenant tenant, String user) {
		requireEnabled();
		return this.timer.ask(() -> this.table.whereIs(tenant.id(), user));
	}

	private void requireEnabled() {
		if (!this.options.enabled()) {
			throw new IllegalStateException("Nobody knows who is there, since realtime.presence.enabled is false. "
					+ "Remove that property, on all nodes");
		}
	}

	/**
	 * How many memberships this node answers for.
	 * @return the number of connections in rooms
	 */
	public long members() {
		return this.timer.ask(this.nodes.own()::members);
	}

	/**
	 * The settings.
	 * @return the settings
	 */
	public PresenceOptions options() {
		return this.options;
	}

	/**
	 * Says good-bye to the other nodes: the clients of this one will be there in a
	 * moment.
	 * @return completed once it is said
	 */
	public CompletableFuture<Void> leave() {
		return this.options.enabled() ? this.nodes.leave() : CompletableFuture.completedFuture(null);
	}

	@Override
	public void close() {
		this.nodes.close();
		this.timer.close();
		this.events.close();
		this.visibility.close();
	}

}
