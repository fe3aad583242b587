package dev.realtime.presence;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.realtime.ChannelPresence;
import dev.realtime.PresenceMember;
import dev.realtime.Tenant;
import dev.realtime.core.ChannelId;
import dev.realtime.core.Connection;
import dev.realtime.core.Ending;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.NodeChannel;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.Subscription;
import dev.realtime.core.SubscriptionObserver;
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

	private static final String CHANNEL = "presence";

	private static final String CONTROL = "presence";

	/** What a node can catch up with after it was cut off. Beyond it all tell all. */
	private static final HistoryOptions HISTORY = new HistoryOptions(100, Duration.ofMinutes(1), 0);

	private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

	private static final int TICKS_PER_LEASE = 10;

	/** Events and questions that wait. Beyond it they are dropped. */
	private static final int MAX_WAITING = 100_000;

	private static final Logger logger = LoggerFactory.getLogger(PresenceHub.class);

	private final RealtimeEngine engine;

	private final PresenceOptions options;

	private final PresenceTimer timer;

	private final ThreadPoolExecutor events = worker("realtime-presence-events");

	private final ThreadPoolExecutor visibility = worker("realtime-presence-visibility");

	private final Object lock = new Object();

	private final Map<ChannelId, Audience> audiences = new HashMap<>();

	/** Rooms in which something happened during the task under way. */
	private final Set<ChannelId> touched = new LinkedHashSet<>();

	private final PresenceTable table;

	private final MemberEvents memberEvents;

	private final Replication replication;

	private final OwnSessions own;

	private final NodeChannel nodes;

	private final Audience.Stage stage = new Stage();

	private boolean warned;

	private boolean started;

	/**
	 * Presence on a node.
	 * @param engine carries what nodes tell each other, and what viewers are told
	 * @param options settings
	 * @param listener gets events for the application, on a thread that may block
	 */
	public PresenceHub(RealtimeEngine engine, PresenceOptions options, Consumer<Object> listener) {
		this(engine, options, listener, new ThreadTimer());
	}

	PresenceHub(RealtimeEngine engine, PresenceOptions options, Consumer<Object> listener, PresenceTimer timer) {
		this.engine = engine;
		this.options = options;
		this.timer = timer;
		String node = Long.toString(new SecureRandom().nextLong() >>> 1, Character.MAX_RADIX);
		this.table = new PresenceTable(this::changed);
		this.memberEvents = new MemberEvents(this.table, (event) -> publish(listener, event));
		this.nodes = engine.nodeChannel(CHANNEL, HISTORY, new OtherNodes());
		this.replication = new Replication(node, this.table, options, new Locked(), this.nodes::send, new Heard());
		this.own = new OwnSessions(node, this.table, this.replication, options, new Locked());
	}

	private static ThreadPoolExecutor worker(String name) {
		ThreadPoolExecutor worker = new ThreadPoolExecutor(1, 1, 30, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(MAX_WAITING), (task) -> {
					Thread thread = new Thread(task, name);
					thread.setDaemon(true);
					return thread;
				}, (task, executor) -> {
					if (!executor.isShutdown()) {
						logger.warn("{}: more than {} wait, one is dropped", name, MAX_WAITING);
					}
				});
		worker.allowCoreThreadTimeOut(true);
		return worker;
	}

	/**
	 * Begins to tell the other nodes, and to listen to them, or goes on with it after
	 * {@link #leave()}.
	 */
	public void start() {
		if (!this.options.enabled()) {
			return;
		}
		synchronized (this.lock) {
			if (this.started) {
				execute(this.replication::comeBack);
				return;
			}
			this.started = true;
		}
		this.nodes.listen();
		tickLater();
	}

	private void tickLater() {
		Duration tick = this.options.lease().dividedBy(TICKS_PER_LEASE);
		this.timer.schedule(() -> {
			locked(this.replication::tick);
			tickLater();
		}, (tick.compareTo(LONGEST_TICK) < 0) ? tick : LONGEST_TICK);
	}

	/**
	 * Runs a task of the timer's thread.
	 */
	private void locked(Runnable task) {
		synchronized (this.lock) {
			try {
				task.run();
			}
			finally {
				this.touched.forEach(this::scheduleTurn);
				this.touched.clear();
			}
		}
	}

	private void execute(Runnable task) {
		this.timer.execute(() -> locked(task));
	}

	private void changed(ChannelId room, String user) {
		Audience audience = this.audiences.get(room);
		if (audience != null) {
			audience.changed(user);
			this.touched.add(room);
		}
	}

	private void scheduleTurn(ChannelId room) {
		Audience audience = this.audiences.get(room);
		Long due = (audience != null) ? audience.claimTurn(this.table.room(room)) : null;
		if (due != null) {
			long delay = Math.max(0, due - this.timer.nanoTime());
			this.timer.schedule(() -> locked(() -> turn(room)), Duration.ofNanos(delay));
		}
	}

	private void turn(ChannelId room) {
		Audience audience = this.audiences.get(room);
		if (audience != null) {
			audience.turn(this.table.room(room), this.timer.nanoTime());
			this.touched.add(room);
		}
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
		execute(() -> this.own.join(connection.id(), online, user, null));
		connection.onEnd((ending) -> execute(() -> this.own.leave(connection.id(), online, ending)));
	}

	/**
	 * What is to be told the beginning and the end of a subscription.
	 * @param participation what it has to do with presence
	 * @return an observer for this subscription alone
	 */
	public SubscriptionObserver observer(Participation participation) {
		return new Participant(participation);
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
		execute(() -> known.complete(this.own.say(connection, room, state)));
		return known;
	}

	/**
	 * Somebody was seen by an HTTP request, and stays for a while.
	 * @param room the channel, always of a tenant
	 * @param user the id of the member
	 * @param info what others see of the user, a JSON object
	 */
	public void track(ChannelId room, String user, @Nullable String info) {
		execute(() -> this.own.track(room, user, info));
	}

	/**
	 * Who is in a room.
	 * @param room the channel, always of a tenant
	 * @return a view that looks anew with each call
	 */
	public ChannelPresence presence(ChannelId room) {
		return new RoomPresence(room);
	}

	/**
	 * Some of those who are in a room.
	 * @param room the channel, always of a tenant
	 * @param skip how many came before
	 * @param limit how many are wanted
	 * @return members in the order they came
	 */
	public List<PresenceMember> members(ChannelId room, long skip, int limit) {
		List<MemberView> views;
		synchronized (this.lock) {
			Room found = this.table.room(room);
			views = (found != null) ? found.views() : List.of();
		}
		return views.stream().sorted(MemberView.ORDER).skip(skip).limit(limit).map(MemberView::toMember).toList();
	}

	/**
	 * Whether a user is connected.
	 * @param tenant the user's tenant
	 * @param user the name of the user
	 * @return whether there is a connection on some node
	 */
	public boolean isOnline(Tenant tenant, String user) {
		requireEnabled();
		synchronized (this.lock) {
			return this.table.isOnline(tenant.id(), user);
		}
	}

	/**
	 * Who is connected.
	 * @param tenant the tenant
	 * @return the names of the users
	 */
	public Set<String> onlineUsers(Tenant tenant) {
		requireEnabled();
		synchronized (this.lock) {
			Room online = this.table.room(PresenceTable.online(tenant.id()));
			Set<String> users = new HashSet<>();
			if (online != null) {
				online.users().forEach(users::add);
			}
			return users;
		}
	}

	/**
	 * When a user was connected last.
	 * @param tenant the user's tenant
	 * @param user the name of the user
	 * @return now if the user is connected; empty if that is not known
	 */
	public Optional<Instant> lastSeen(Tenant tenant, String user) {
		requireEnabled();
		synchronized (this.lock) {
			Long time = this.table.isOnline(tenant.id(), user) ? Long.valueOf(this.timer.millis())
					: this.table.lastSeen(tenant.id(), user);
			return Optional.ofNullable(time).map(Instant::ofEpochMilli);
		}
	}

	/**
	 * Where a user is a member.
	 * @param tenant the user's tenant
	 * @param user the name of the user
	 * @return names of topics with their variables filled in
	 */
	public Set<String> whereIs(Tenant tenant, String user) {
		requireEnabled();
		synchronized (this.lock) {
			return this.table.whereIs(tenant.id(), user);
		}
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
		synchronized (this.lock) {
			return this.own.members();
		}
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
		if (!this.options.enabled()) {
			return CompletableFuture.completedFuture(null);
		}
		CompletableFuture<Void> said = new CompletableFuture<>();
		execute(() -> this.replication.bye().whenComplete((done, failure) -> said.complete(null)));
		return said;
	}

	@Override
	public void close() {
		this.nodes.close();
		this.timer.close();
		this.events.shutdown();
		this.visibility.shutdown();
	}

	/**
	 * A room as the application sees it.
	 */
	private final class RoomPresence implements ChannelPresence {

		private final ChannelId id;

		RoomPresence(ChannelId id) {
			this.id = id;
		}

		@Override
		public List<PresenceMember> members() {
			return PresenceHub.this.members(this.id, 0, Integer.MAX_VALUE);
		}

		@Override
		public int count() {
			synchronized (PresenceHub.this.lock) {
				Room room = PresenceHub.this.table.room(this.id);
				return (room != null) ? room.size() : 0;
			}
		}

		@Override
		public boolean contains(String user) {
			synchronized (PresenceHub.this.lock) {
				Room room = PresenceHub.this.table.room(this.id);
				return room != null && room.contains(user);
			}
		}

	}

	/**
	 * A subscription that joins, views, or both.
	 */
	private final class Participant implements SubscriptionObserver {

		private final Participation participation;

		Participant(Participation participation) {
			this.participation = participation;
		}

		@Override
		public void onLive(Subscription<?> subscription) {
			execute(() -> {
				ChannelId room = this.participation.room();
				PresenceHub.this.audiences
					.computeIfAbsent(room,
							(id) -> new Audience(PresenceHub.this.options, PresenceHub.this.stage,
									PresenceHub.this.timer.nanoTime()))
					.add(new Viewer(subscription, this.participation.countOnly(), this.participation.visibility()));
				PresenceHub.this.touched.add(room);
				if (this.participation.joins()) {
					PresenceHub.this.own.join(this.participation.connection(), room, this.participation.user(),
							this.participation.info());
				}
			});
		}

		@Override
		public void onEnd(Subscription<?> subscription, Ending ending) {
			execute(() -> {
				ChannelId room = this.participation.room();
				Audience audience = PresenceHub.this.audiences.get(room);
				if (audience != null) {
					audience.remove(subscription);
					if (audience.isEmpty()) {
						PresenceHub.this.audiences.remove(room);
					}
				}
				if (this.participation.joins()) {
					PresenceHub.this.own.leave(this.participation.connection(), room, ending);
				}
			});
		}

	}

	/**
	 * How viewers are told.
	 */
	private final class Stage implements Audience.Stage {

		@Override
		public void tell(List<Subscription<?>> subscriptions, byte[] body) {
			PresenceHub.this.engine.tell(subscriptions, CONTROL, body);
		}

		@Override
		public Executor visibility() {
			return PresenceHub.this.visibility;
		}

	}

	/**
	 * The timer for those who need the lock.
	 */
	private final class Locked implements PresenceTimer {

		@Override
		public void execute(Runnable task) {
			PresenceHub.this.timer.execute(() -> locked(task));
		}

		@Override
		public void schedule(Runnable task, Duration delay) {
			PresenceHub.this.timer.schedule(() -> locked(task), delay);
		}

		@Override
		public long nanoTime() {
			return PresenceHub.this.timer.nanoTime();
		}

		@Override
		public long millis() {
			return PresenceHub.this.timer.millis();
		}

		@Override
		public void close() {
			PresenceHub.this.timer.close();
		}

	}

	/**
	 * What follows from what other nodes say.
	 */
	private final class Heard implements Replication.Observer {

		@Override
		public void came(Session session) {
			PresenceHub.this.memberEvents.came(session, false);
			PresenceHub.this.own.returned(session.room(), session.user());
			PresenceHub.this.replication.moved(session);
		}

		@Override
		public void gone(Session session, boolean responsible) {
			PresenceHub.this.memberEvents.gone(session, responsible);
		}

		@Override
		public void echoed(NodeMessage message) {
			PresenceHub.this.memberEvents.echoed(message, PresenceHub.this.replication::moved);
		}

	}

	/**
	 * Hears other nodes.
	 */
	private final class OtherNodes implements NodeChannel.Listener {

		@Override
		public void onListening() {
			execute(PresenceHub.this.replication::resync);
		}

		@Override
		public void onMessage(byte[] data) {
			NodeMessage message = NodeMessage.parse(data);
			if (message != null) {
				execute(() -> PresenceHub.this.replication.heard(message));
			}
			else if (!PresenceHub.this.warned) {
				PresenceHub.this.warned = true;
				logger.warn("Ignored what is no word about presence that this version knows. Do all nodes run the same "
						+ "version, and does nobody else write to Redis under this key prefix?");
			}
		}

		@Override
		public void onGap() {
			logger.debug("Something about presence was missed: all nodes tell all");
			execute(PresenceHub.this.replication::resync);
		}

	}

}
