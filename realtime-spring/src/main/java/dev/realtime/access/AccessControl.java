package dev.realtime.access;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

import dev.realtime.Tenant;
import dev.realtime.core.CloseReason;
import dev.realtime.core.Connection;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.NodeChannel;
import dev.realtime.core.RealtimeEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Withdraws rights from those who have them already: on this node at once, on the others
 * through the backplane. Thread-safe, never blocks.
 *
 * @since 0.1.0
 */
public final class AccessControl implements AutoCloseable {

	private static final String CHANNEL = "access";

	/**
	 * What a node can catch up with after it was cut off. Beyond it all rules run again
	 * there, and connections that were to end do so when that is repeated.
	 */
	private static final HistoryOptions HISTORY = new HistoryOptions(1000, Duration.ofHours(1), 0);

	/**
	 * Connections whose rules run again at the same time. Rules may wait for a database,
	 * which is not to be overrun by all connections at once.
	 */
	private static final int WORKERS = 8;

	private static final long REPEAT_MILLIS = 1000;

	/** More than these are not replaced. */
	private static final int MAX_REPLACED = 64;

	private static final Logger logger = LoggerFactory.getLogger(AccessControl.class);

	private final String node = Long.toString(new SecureRandom().nextLong() >>> 1, Character.MAX_RADIX);

	private final RealtimeEngine engine;

	private final AccessOptions options;

	private final ExecutorService executor;

	/** Workers whose rule is later than it may be. */
	private int hanging;

	private final InstantSource wallClock;

	private final LongSupplier nanoTime;

	private final long started;

	private final ConnectionRegistry registry;

	private final Withdrawals withdrawals;

	private final EndOrders endOrders;

	private final AtomicBoolean repeating = new AtomicBoolean();

	private final AccessCounters counters = new AccessCounters();

	private final NodeChannel nodes;

	private final List<SessionListener> sessionListeners = new CopyOnWriteArrayList<>();

	/**
	 * Access control of a node.
	 * @param engine carries the orders
	 * @param options settings
	 */
	public AccessControl(RealtimeEngine engine, AccessOptions options) {
		this(engine, options, workers(), InstantSource.system(), System::nanoTime);
	}

	AccessControl(RealtimeEngine engine, AccessOptions options, ExecutorService executor, InstantSource wallClock,
			LongSupplier nanoTime) {
		this.engine = engine;
		this.options = options;
		this.executor = executor;
		this.wallClock = wallClock;
		this.nanoTime = nanoTime;
		this.started = nanoTime.getAsLong();
		this.registry = new ConnectionRegistry(this::now);
		this.withdrawals = new Withdrawals(wallClock);
		this.endOrders = new EndOrders(wallClock);
		this.nodes = engine.nodeChannel(CHANNEL, HISTORY, new OtherNodes());
	}

	static ExecutorService workers() {
		ThreadPoolExecutor workers = new ThreadPoolExecutor(WORKERS, WORKERS, 30, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), (task) -> {
					Thread thread = new Thread(task, "realtime-recheck");
					thread.setDaemon(true);
					return thread;
				});
		workers.allowCoreThreadTimeOut(true);
		return workers;
	}

	/**
	 * Begins to obey other nodes. For nodes that have connections.
	 */
	public void start() {
		this.nodes.listen();
	}

	/**
	 * Adds somebody who wants to hear of HTTP sessions.
	 * @param listener hears of them from now on
	 */
	public void onSessions(SessionListener listener) {
		this.sessionListeners.add(listener);
	}

	/**
	 * The connections of a user to this node.
	 * @param tenant the tenant
	 * @param user the name of the user
	 * @return those there are now
	 */
	public List<GuardedConnection> connections(Tenant tenant, String user) {
		return this.registry.find(tenant, user);
	}

	/**
	 * The connections of an HTTP session to this node.
	 * @param session the hashed id of the session
	 * @return those there are now
	 */
	public List<GuardedConnection> connectionsOfSession(String session) {
		return this.registry.findSession(session);
	}

	/**
	 * Watches over a connection from now on, until {@link GuardedConnection#ended()}.
	 * @param connection the connection
	 * @param client its client
	 * @param member who is connected
	 * @param since when the client began to authenticate, as {@link #now()}
	 * @return the connection; it is ended at once if it came too late
	 */
	public GuardedConnection guard(Connection<?> connection, GuardedClient client, Member member, long since) {
		GuardedConnection guarded = new GuardedConnection(this, connection, client, member, since);
		CloseReason ended = this.registry.add(guarded);
		if (ended != null) {
			guarded.close(ended);
		}
		connection.onTick((nanoTime) -> guarded.tick());
		return guarded;
	}

	/**
	 * Ends subscriptions.
	 * @param tenant whose
	 * @param user who, or {@code null} for everybody of the tenant
	 * @param topic which topic, as declared or with its variables filled in, or
	 * {@code null} for all
	 * @return completed once the backplane has the order
	 */
	public CompletableFuture<Void> revoke(Tenant tenant, @Nullable String user, @Nullable String topic) {
		return order(AccessAction.REVOKE, tenant, user, topic);
	}

	/**
	 * Has rules run again.
	 * @param tenant whose
	 * @param user who, or {@code null} for everybody of the tenant
	 * @param topic which topic, as declared or with its variables filled in, or
	 * {@code null} for all
	 * @return completed once the backplane has the order
	 */
	public CompletableFuture<Void> recheck(Tenant tenant, @Nullable String user, @Nullable String topic) {
		return order(AccessAction.RECHECK, tenant, user, topic);
	}

	/**
	 * Ends connections for good.
	 * @param tenant whose
	 * @param user who, or {@code null} for everybody of the tenant
	 * @return completed once the backplane has the order
	 */
	public CompletableFuture<Void> disconnect(Tenant tenant, @Nullable String user) {
		return order(AccessAction.DISCONNECT, tenant, user, null);
	}

	/**
	 * Ends connections whose clients are to come back and authenticate anew.
	 * @param tenant whose
	 * @param user who, or {@code null} for everybody of the tenant
	 * @return completed once the backplane has the order
	 */
	public CompletableFuture<Void> reconnect(Tenant tenant, @Nullable String user) {
		return order(AccessAction.RECONNECT, tenant, user, null);
	}

	/**
	 * Ends the connections of an HTTP session.
	 * @param session the hashed id of the session
	 * @return completed once the backplane has the order
	 */
	public CompletableFuture<Void> endSession(String session) {
		return order(new AccessCommand(AccessCommand.VERSION, this.node, AccessAction.END_SESSION, null, null, null,
				session, null, null));
	}

	/**
	 * Ends the connections of an HTTP session that goes on, for somebody else.
	 * @param session the hashed id of the session
	 * @return completed once the backplane has the order
	 */
	public CompletableFuture<Void> logout(String session) {
		return order(new AccessCommand(AccessCommand.VERSION, this.node, AccessAction.LOGOUT, null, null, null, session,
				null, null));
	}

	/**
	 * Keeps connections with their HTTP session when that gets another id.
	 * @param from the hashed old id
	 * @param to the hashed new id
	 * @return completed once the backplane has the order
	 */
	public CompletableFuture<Void> renameSession(String from, String to) {
		return order(new AccessCommand(AccessCommand.VERSION, this.node, AccessAction.RENAME_SESSION, null, null, null,
				from, to, null));
	}

	private CompletableFuture<Void> order(AccessAction action, Tenant tenant, @Nullable String user,
			@Nullable String topic) {
		return order(new AccessCommand(AccessCommand.VERSION, this.node, action, tenant.id(), user, topic, null, null,
				null));
	}

	private CompletableFuture<Void> order(AccessCommand command) {
		obey(command);
		if (command.action().endsConnections()) {
			this.endOrders.add(command);
			// To hear when it has to be repeated, also on nodes without connections.
			this.nodes.listen();
		}
		return this.nodes.send(command.toJson());
	}

	private void obey(AccessCommand command) {
		logger.debug("Obeying {}", command.action());
		this.counters.obeyed(command.action());
		switch (command.action()) {
			case END_SESSION, LOGOUT -> {
				String session = String.valueOf(command.session());
				boolean forGood = command.action() == AccessAction.END_SESSION;
				this.registry.endSession(session, forGood, time(command))
					.forEach((connection) -> connection.close(CloseReason.SESSION_ENDED));
				if (forGood || command.given() == null) {
					this.sessionListeners.forEach((listener) -> listener.onEnd(session));
				}
			}
			case RENAME_SESSION -> {
				String from = String.valueOf(command.session());
				String to = String.valueOf(command.renamed());
				this.registry.renameSession(from, to);
				this.sessionListeners.forEach((listener) -> listener.onRename(from, to));
			}
			default -> obey(command, new Tenant(String.valueOf(command.tenant())), command.user());
		}
	}

	private void obey(AccessCommand command, Tenant tenant, @Nullable String user) {
		TopicPattern topics = TopicPattern.of(command.topic());
		if (command.action() == AccessAction.REVOKE || command.action() == AccessAction.RECHECK) {
			// First, so that who comes in between is found by one of them.
			this.withdrawals.add(tenant, user, command.topic());
		}
		boolean here = command.node().equals(this.node);
		switch (command.action()) {
			case REVOKE -> this.registry.find(tenant, user).forEach((connection) -> connection.revoke(topics, here));
			case RECHECK -> this.registry.find(tenant, user).forEach((connection) -> connection.recheck(topics));
			case DISCONNECT -> end(command, tenant, user, CloseReason.DISCONNECTED);
			default -> end(command, tenant, user, CloseReason.ACCESS_CHANGED);
		}
	}

	/**
	 * Nobody knows whose rights were withdrawn meanwhile.
	 */
	void missed() {
		logger.info("Orders of other nodes were missed: all rules run again");
		// First, as above.
		this.withdrawals.addUnknown();
		this.registry.all().forEach((connection) -> connection.recheck(TopicPattern.ALL));
		this.nodes.send(AccessCommand.repeat(this.node).toJson());
	}

	private void end(AccessCommand command, Tenant tenant, @Nullable String user, CloseReason reason) {
		this.registry.end(tenant, user, reason, time(command)).forEach((connection) -> connection.close(reason));
	}

	/**
	 * When an order was given, as {@link #now()}.
	 */
	private long time(AccessCommand command) {
		Long given = command.given();
		return (given != null) ? now() - TimeUnit.MILLISECONDS.toNanos(Math.max(0, this.wallClock.millis() - given))
				: now();
	}

	/**
	 * Gives orders again to end connections. Several nodes may ask for it at once.
	 */
	private void repeatLater() {
		if (this.repeating.compareAndSet(false, true)) {
			CompletableFuture.delayedExecutor(REPEAT_MILLIS, TimeUnit.MILLISECONDS, this.executor).execute(() -> {
				this.repeating.set(false);
				this.endOrders.all().forEach((order) -> this.nodes.send(order.toJson()));
			});
		}
	}

	/**
	 * Whether a proof of a right is from before the right was withdrawn or was to be
	 * asked again.
	 * @param tenant the tenant
	 * @param user who
	 * @param topic the name of the topic with its variables filled in
	 * @param provedAt when the proof was made
	 * @return whether a fresh one is needed
	 */
	public boolean isOutdated(Tenant tenant, String user, String topic, Instant provedAt) {
		return this.withdrawals.isOutdated(tenant, user, topic, provedAt);
	}

	/**
	 * What became of rights on this node.
	 * @return the counters
	 */
	public AccessCounters counters() {
		return this.counters;
	}

	RealtimeEngine engine() {
		return this.engine;
	}

	AccessOptions options() {
		return this.options;
	}

	Executor executor() {
		return this.executor;
	}

	ConnectionRegistry registry() {
		return this.registry;
	}

	/**
	 * The rule that a worker asks is too late. Another worker takes its place, or the
	 * rules of others would not run again either.
	 */
	void hangs() {
		resize(1);
	}

	/**
	 * A worker is back whose rule was too late.
	 */
	void returns() {
		resize(-1);
	}

	private synchronized void resize(int change) {
		this.hanging += change;
		if (this.executor instanceof ThreadPoolExecutor workers) {
			int size = WORKERS + Math.min(this.hanging, MAX_REPLACED);
			// The maximum is never less than the core.
			if (size > workers.getMaximumPoolSize()) {
				workers.setMaximumPoolSize(size);
				workers.setCorePoolSize(size);
			}
			else {
				workers.setCorePoolSize(size);
				workers.setMaximumPoolSize(size);
			}
		}
	}

	/**
	 * The time, whatever happens to the clock on the wall.
	 * @return nanoseconds since this was made
	 */
	public long now() {
		return this.nanoTime.getAsLong() - this.started;
	}

	long ruleDeadline() {
		return now() + this.options.ruleTimeout().toNanos();
	}

	/**
	 * When an authentication is over for good.
	 */
	long expiry(@Nullable Instant expiresAt) {
		if (expiresAt == null) {
			return Grant.NEVER;
		}
		Duration left = Duration.between(this.wallClock.instant(), expiresAt).plus(this.options.expiryGrace());
		// Far ahead of what fits into nanoseconds it is as good as never.
		return (left.compareTo(Duration.ofDays(365)) > 0) ? Grant.NEVER : now() + left.toNanos();
	}

	/**
	 * When the rules of a connection run again: not those of all at the same time.
	 */
	long nextPeriodicRecheck(boolean first) {
		Duration interval = this.options.recheckInterval();
		if (interval == null) {
			return Grant.NEVER;
		}
		long nanos = interval.toNanos();
		return now() + (first ? ThreadLocalRandom.current().nextLong(nanos / 2, nanos + 1) : nanos);
	}

	@Override
	public void close() {
		this.nodes.close();
		this.executor.shutdown();
	}

	/**
	 * Does what other nodes say.
	 */
	private final class OtherNodes implements NodeChannel.Listener {

		/** Of its one thread. */
		private boolean warned;

		@Override
		public void onMessage(byte[] data) {
			AccessCommand command = AccessCommand.parse(data);
			try {
				if (command == null) {
					ignored();
				}
				else if (command.action() == AccessAction.REPEAT) {
					AccessControl.this.counters.obeyed(command.action());
					repeatLater();
				}
				else if (!command.node().equals(AccessControl.this.node)) {
					obey(command);
				}
			}
			catch (IllegalArgumentException ex) {
				ignored();
			}
		}

		private void ignored() {
			if (!this.warned) {
				this.warned = true;
				logger
					.warn("Ignored what is no order of version {}. Do all nodes run the same version, and does nobody "
							+ "else write to Redis under this key prefix?", AccessCommand.VERSION);
			}
		}

		@Override
		public void onGap() {
			missed();
		}

	}

}
