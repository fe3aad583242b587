package dev.realtime.serverside;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import dev.realtime.Tenant;
import dev.realtime.access.AccessControl;
import dev.realtime.access.GuardedConnection;
import dev.realtime.access.SessionListener;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.NodeChannel;
import dev.realtime.core.RealtimeEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Subscribes connections, sessions and users as server code says, on all nodes: orders go
 * through the backplane, where all nodes hear them in the same order, and every node sees
 * to its own connections. Thread-safe, never blocks.
 *
 * @since 0.1.0
 */
public final class ServerSubscriptionControl implements AutoCloseable {

	private static final String CHANNEL = "subscriptions";

	/**
	 * What a node can catch up with after it was cut off. Beyond it the node asks
	 * another.
	 */
	private static final HistoryOptions HISTORY = new HistoryOptions(1000, Duration.ofHours(1), 0);

	private static final Duration RETRY = Duration.ofSeconds(1);

	private static final Duration MAX_SWEEP = Duration.ofMinutes(1);

	private static final Duration MIN_SWEEP = Duration.ofMillis(50);

	/** Subscriptions that are renewed in one order. */
	private static final int RENEWALS = 100;

	private static final Logger logger = LoggerFactory.getLogger(ServerSubscriptionControl.class);

	private final String node = Long.toString(new SecureRandom().nextLong() >>> 1, Character.MAX_RADIX);

	private final AccessControl access;

	private final Duration ttl;

	private final SubscriptionMemory memory = new SubscriptionMemory(System::nanoTime);

	private final Map<String, ServerSideConnection> connections = new ConcurrentHashMap<>();

	private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "realtime-subscriptions-timer");
		thread.setDaemon(true);
		return thread;
	});

	private final CatchUp catchUp = new CatchUp(this.node, this.memory, this::send, this::later,
			(targets) -> update(targets, false));

	private final NodeChannel nodes;

	private final UnheardOrders orders = new UnheardOrders(this::send);

	private volatile boolean started;

	/**
	 * The subscriptions of a node.
	 * @param engine carries the orders
	 * @param access knows the connections, and whose rights are withdrawn
	 * @param ttl how long subscriptions of sessions and users are remembered while none
	 * of them is connected
	 */
	public ServerSubscriptionControl(RealtimeEngine engine, AccessControl access, Duration ttl) {
		if (ttl.isNegative() || ttl.isZero()) {
			throw new IllegalArgumentException("realtime.server-subscriptions.ttl is positive");
		}
		this.access = access;
		this.ttl = ttl;
		this.nodes = engine.nodeChannel(CHANNEL, HISTORY, new OtherNodes());
	}

	/**
	 * Begins to obey orders. For nodes that have connections.
	 */
	public void start() {
		this.started = true;
		this.access.onSessions(new Sessions());
		this.nodes.listen();
		long sweep = Math.max(MIN_SWEEP.toNanos(), Math.min(MAX_SWEEP.toNanos(), this.ttl.toNanos() / 10));
		this.scheduler.scheduleWithFixedDelay(this::sweep, sweep, sweep, TimeUnit.NANOSECONDS);
	}

	/**
	 * Subscribes.
	 * @param subscription who, and to what
	 * @return completed once the backplane has the order
	 */
	public CompletableFuture<Void> subscribe(ServerSubscription subscription) {
		return give(Order.subscribe(this.node, id(), remembered(subscription)));
	}

	private Remembered remembered(ServerSubscription subscription) {
		return new Remembered(subscription, this.ttl.toMillis(), Set.of());
	}

	/**
	 * Ends subscriptions.
	 * @param target whose
	 * @param topic the name of a topic with its variables filled in
	 * @return completed once the backplane has the order
	 */
	public CompletableFuture<Void> unsubscribe(Target target, String topic) {
		return give(Order.unsubscribe(this.node, id(), target, topic));
	}

	/**
	 * Withdraws a right: what server code gave is forgotten, and on the other nodes ends
	 * with this. To be called before the subscriptions on this node are ended.
	 * @param tenant whose
	 * @param user who, or {@code null} for everybody of the tenant
	 * @param topic which topic, as declared or with its variables filled in, or
	 * {@code null} for all
	 * @return completed once the backplane has the order
	 */
	public CompletableFuture<Void> revoke(Tenant tenant, @Nullable String user, @Nullable String topic) {
		Revocation revocation = new Revocation(id(), tenant.id(), user, topic);
		if (this.started) {
			this.memory.revokeAhead(revocation);
		}
		return give(Order.revoke(this.node, revocation)).whenComplete((done, failure) -> {
			if (failure != null) {
				// Nobody will hear of it any more: here at least it holds.
				revoked(revocation);
			}
		});
	}

	/**
	 * Takes a connection in. To be called before its client hears that it is connected.
	 * @param client the connection
	 * @return the connection, to be told when it begins and ends
	 */
	public ServerSideConnection add(ServerSideClient client) {
		ServerSideConnection connection = new ServerSideConnection(this, client);
		this.connections.put(client.id(), connection);
		return connection;
	}

	void remove(ServerSideConnection connection) {
		this.connections.remove(connection.client().id(), connection);
	}

	SubscriptionMemory memory() {
		return this.memory;
	}

	private static String id() {
		return Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, Character.MAX_RADIX);
	}

	/**
	 * A node without connections hears nothing, and has nothing of its own to do.
	 */
	private CompletableFuture<Void> give(Order order) {
		return this.started ? this.orders.give(order) : send(order);
	}

	private CompletableFuture<Void> send(Order order) {
		return this.nodes.send(order.toJson());
	}

	private void later(Runnable task, Duration delay) {
		try {
			this.scheduler.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			// Closed meanwhile.
		}
	}

	/**
	 * Tries once more what the backplane could not do.
	 */
	void retry(ServerSideConnection connection) {
		later(() -> warn(connection, connection.update(false)), RETRY);
	}

	private void update(Collection<Target> targets, boolean revoked) {
		Set<ServerSideConnection> affected = new HashSet<>();
		targets.forEach((target) -> affected.addAll(connectionsOf(target)));
		affected.forEach((connection) -> warn(connection, connection.update(revoked)));
	}

	private List<ServerSideConnection> connectionsOf(Target target) {
		if (target.kind() == Target.Kind.CONNECTION) {
			ServerSideConnection connection = this.connections.get(target.id());
			return (connection != null && connection.isOf(target)) ? List.of(connection) : List.of();
		}
		List<GuardedConnection> guarded = (target.kind() == Target.Kind.USER)
				? this.access.connections(new Tenant(target.tenant()), target.id())
				: this.access.connectionsOfSession(target.id());
		return guarded.stream()
			.map((connection) -> this.connections.get(connection.id()))
			.filter((connection) -> connection != null && connection.isOf(target))
			.toList();
	}

	private void subscribed(String orderedBy, Remembered remembered) {
		ServerSubscription subscription = remembered.subscription();
		boolean forConnection = subscription.target().kind() == Target.Kind.CONNECTION;
		if (!forConnection) {
			this.memory.put(remembered);
		}
		for (ServerSideConnection connection : connectionsOf(subscription.target())) {
			connection.accept(subscription.id());
			if (forConnection) {
				connection.add(subscription);
			}
			String warning = warn(connection, connection.update(false));
			if (warning != null && !orderedBy.equals(this.node)) {
				send(Order.refused(this.node, orderedBy, warning));
			}
		}
	}

	private void unsubscribed(Target target, String topic) {
		this.memory.remove(target, topic);
		if (target.kind() == Target.Kind.CONNECTION) {
			connectionsOf(target).forEach((connection) -> connection.remove(topic));
		}
		update(List.of(target), false);
	}

	private void revoked(Revocation revocation) {
		update(this.memory.revoke(revocation), true);
		for (ServerSideConnection connection : this.connections.values()) {
			if (connection.revoke(revocation)) {
				connection.update(true);
			}
		}
	}

	/**
	 * Says in the log that there was no place.
	 * @return what was said, or {@code null} if there was a place for all
	 */
	@Nullable String warn(ServerSideConnection connection, List<ServerSubscription> refused) {
		if (refused.isEmpty()) {
			return null;
		}
		String warning = connection + " has as many subscriptions as it may "
				+ "(realtime.limits.subscriptions-per-connection, -per-user, -per-tenant): server code could not "
				+ "subscribe it to '" + refused.get(0).topic() + "'"
				+ ((refused.size() > 1) ? " and " + (refused.size() - 1) + " more" : "");
		logger.warn(warning);
		return warning;
	}

	/**
	 * Forgets what nobody uses any more, and lets all remember what is used.
	 */
	private void sweep() {
		try {
			List<Remembered> used = new ArrayList<>();
			for (ServerSubscription subscription : this.memory.expiringWithin(this.ttl.dividedBy(2))) {
				if (!connectionsOf(subscription.target()).isEmpty()) {
					used.add(remembered(subscription));
				}
			}
			for (int from = 0; from < used.size(); from += RENEWALS) {
				List<Remembered> part = used.subList(from, Math.min(from + RENEWALS, used.size()));
				part.forEach(this.memory::renew);
				send(Order.renew(this.node, part));
			}
			Set<Target> affected = new HashSet<>(this.memory.expire());
			// Where a sweep comes late, some of them had ended.
			used.forEach((remembered) -> affected.add(remembered.subscription().target()));
			update(affected, false);
		}
		catch (RuntimeException ex) {
			// An exception would end all later sweeps.
			logger.error("Could not look after subscriptions of the server", ex);
		}
	}

	@Override
	public void close() {
		this.nodes.close();
		this.scheduler.shutdownNow();
	}

	/**
	 * Follows HTTP sessions.
	 */
	private final class Sessions implements SessionListener {

		@Override
		public void onEnd(String session) {
			ServerSubscriptionControl.this.memory.endSession(session);
		}

		@Override
		public void onRename(String from, String to) {
			ServerSubscriptionControl.this.memory.renameSession(from, to);
		}

	}

	/**
	 * Does what nodes say, this one among them.
	 */
	private final class OtherNodes implements NodeChannel.Listener {

		/** Of its one thread. */
		private boolean warned;

		@Override
		public void onListening() {
			missed();
		}

		private void missed() {
			ServerSubscriptionControl.this.orders.repeat();
			ServerSubscriptionControl.this.catchUp.begin();
		}

		@Override
		public void onMessage(byte[] data) {
			Order order = Order.parse(data);
			try {
				if (order == null) {
					ignored();
				}
				else {
					obey(order);
				}
			}
			catch (IllegalArgumentException ex) {
				ignored();
			}
		}

		private void obey(Order order) {
			ServerSubscriptionControl control = ServerSubscriptionControl.this;
			boolean own = order.node().equals(control.node);
			if (own) {
				control.orders.heard(order);
			}
			List<Remembered> subscriptions = Objects.requireNonNullElse(order.subscriptions(), List.of());
			switch (order.action()) {
				case SUBSCRIBE ->
					subscriptions.forEach((subscription) -> control.subscribed(order.node(), subscription));
				case UNSUBSCRIBE ->
					control.unsubscribed(Objects.requireNonNull(order.target()), Objects.requireNonNull(order.topic()));
				case REVOKE -> control.revoked(Objects.requireNonNull(order.revocation()));
				case RENEW -> subscriptions.forEach(control.memory::renew);
				case REFUSED -> {
					if (control.node.equals(order.request())) {
						logger.warn("Another node says: {}", order.text());
					}
				}
				case ASK -> {
					if (!own) {
						control.catchUp.asked(String.valueOf(order.request()));
					}
				}
				case ANSWER -> control.catchUp.answered(order);
			}
		}

		private void ignored() {
			if (!this.warned) {
				this.warned = true;
				logger.warn("Ignored what is no order about subscriptions of this version. Do all nodes run the same "
						+ "version, and does nobody else write to Redis under this key prefix?");
			}
		}

		@Override
		public void onGap() {
			logger.info("Orders about subscriptions were missed: asking another node");
			missed();
		}

	}

}
