package dev.realtime.core;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: takes publications to the {@link Backplane} and from there to the connections
 * whose subscriptions match. Thread-safe; nothing blocks.
 *
 * @since 0.1.0
 */
public final class RealtimeEngine {

	/**
	 * How often the last messages by key are looked up when a channel is so busy that
	 * newer ones come and go meanwhile. After that what was found counts as the newest.
	 */
	private static final int MAX_LOOKUPS = 3;

	/**
	 * How long a subscription waits for the backplane, before its client is told to try
	 * again later.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Logger logger = LoggerFactory.getLogger(RealtimeEngine.class);

	/** In what is ephemeral, where publications have an epoch. */
	private final String node = Long.toString(new SecureRandom().nextLong() >>> 1, Character.MAX_RADIX);

	private final AtomicLong broadcasts = new AtomicLong();

	private final Backplane backplane;

	private final InstantSource clock;

	private final int subscriptionsPerConnection;

	private final Duration patience;

	private final PastReader reader;

	private final Scheduler scheduler;

	private final List<NodeChannel> nodeChannels = new CopyOnWriteArrayList<>();

	private final Map<ChannelId, ChannelHub> hubs = new ConcurrentHashMap<>();

	private volatile @Nullable Departure departure;

	private final LongAdder publications = new LongAdder();

	private final List<Transport> transports = new CopyOnWriteArrayList<>();

	private final List<Function<Transport, LatencyObserver>> observers = new ArrayList<>();

	/**
	 * A node on a backplane, which it starts.
	 * @param backplane carries the publications
	 * @param clock tells the age of publications
	 * @param subscriptionsPerConnection the most subscriptions one connection may have
	 */
	public RealtimeEngine(Backplane backplane, InstantSource clock, int subscriptionsPerConnection) {
		this(backplane, clock, subscriptionsPerConnection, PATIENCE, Scheduler.common());
	}

	/**
	 * A node on a backplane, which it starts.
	 * @param backplane carries the publications
	 * @param clock tells the age of publications
	 * @param subscriptionsPerConnection the most subscriptions one connection may have
	 * @param patience how long a subscription waits for the backplane
	 * @param scheduler runs what must not run on the thread of the backplane
	 */
	RealtimeEngine(Backplane backplane, InstantSource clock, int subscriptionsPerConnection, Duration patience,
			Scheduler scheduler) {
		this.backplane = backplane;
		this.clock = clock;
		this.subscriptionsPerConnection = subscriptionsPerConnection;
		this.patience = patience;
		this.scheduler = scheduler;
		this.reader = new PastReader(backplane, scheduler, patience);
		backplane.start(new Listener());
	}

	/**
	 * Publishes. Trouble of the backplane comes through the future alone.
	 * @param channel the channel
	 * @param request the publication
	 * @return completed with the position once the backplane has the publication
	 */
	public CompletableFuture<StreamPosition> publish(ChannelId channel, PublicationRequest request) {
		this.publications.increment();
		return append(channel, request);
	}

	/**
	 * Publishes to any channels together. Trouble of the backplane comes through the
	 * future alone.
	 * @param appends the publications
	 * @return completed with the positions, in the order of the publications, once the
	 * backplane has all of them; with the first failure if it does not take one, which
	 * says nothing about the others
	 */
	public CompletableFuture<List<StreamPosition>> publishAll(List<Append> appends) {
		this.publications.add(appends.size());
		return ask(() -> {
			List<CompletableFuture<StreamPosition>> positions = this.backplane.appendAll(appends);
			return CompletableFuture.allOf(positions.toArray(CompletableFuture[]::new))
				.thenApply((done) -> positions.stream().map(CompletableFuture::join).toList());
		});
	}

	/**
	 * Hands something to the subscribers there are at this moment, without keeping it.
	 * For those who do not keep up only the newest of each event and sender waits.
	 * @param channel the channel
	 * @param request what to say; key, idempotency key and history do not matter
	 * @param toUser the user whose connections get it, or {@code null} for all
	 */
	public void broadcast(ChannelId channel, PublicationRequest request, @Nullable String toUser) {
		Publication publication = new Publication(new StreamPosition(this.node, this.broadcasts.incrementAndGet()),
				this.clock.millis(), request.event(), request.data(), request.attributes(), request.except(),
				request.sender());
		try {
			this.backplane.broadcast(channel, new Ephemeral(publication, toUser));
		}
		catch (RuntimeException ex) {
			logger.debug("Could not broadcast to {}", channel, ex);
		}
	}

	CompletableFuture<StreamPosition> append(ChannelId channel, PublicationRequest request) {
		return ask(() -> this.backplane.append(channel, request));
	}

	private static <T> CompletableFuture<T> ask(Supplier<CompletableFuture<T>> question) {
		try {
			return question.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	/**
	 * Takes a connection in.
	 * @param <F> the frame type of the transport
	 * @param id an id that nobody can guess: who knows it may leave the connection out of
	 * publications
	 * @param lane where the connection lives
	 * @param sink where its frames go
	 * @return the connection, to be ended with {@link #disconnect}
	 */
	public <F> Connection<F> connect(String id, Lane<F> lane, FrameSink<F> sink) {
		Connection<F> connection = new Connection<>(id, lane, sink);
		lane.transport().connections.increment();
		lane.execute(() -> lane.add(connection));
		Departure departure = this.departure;
		if (departure != null) {
			connection.close(CloseReason.GOING_AWAY, departure.nextText());
		}
		return connection;
	}

	/**
	 * Ends a connection with all its subscriptions. A second call does nothing.
	 * @param <F> the frame type of the transport
	 * @param connection the connection
	 */
	public <F> void disconnect(Connection<F> connection) {
		if (!connection.claimEnd()) {
			return;
		}
		Lane<F> lane = connection.lane();
		CloseReason reason = connection.closeReason();
		Ending ending = Ending.of(reason);
		connection.end().forEach((subscription) -> {
			subscription.ending = ending;
			end(subscription);
		});
		connection.ended(ending);
		logger.debug("{} ended: {}", connection, (reason != null) ? reason.text() : "the client left");
		lane.transport().connections.decrement();
		lane.transport().closed(reason);
		lane.execute(() -> lane.remove(connection));
		completeDeparture();
	}

	/**
	 * Closes all connections, and those that come later at once, until
	 * {@link #comeBack()}. Each client is told after how long to connect again.
	 * @param spread the time over which clients are to come back
	 * @return completed once all connections have ended
	 */
	public CompletableFuture<Void> goAway(Duration spread) {
		Departure departure = new Departure(spread);
		this.departure = departure;
		this.transports.forEach((transport) -> transport.closeAll(CloseReason.GOING_AWAY, departure::nextText));
		completeDeparture();
		return departure.completion().copy();
	}

	private void completeDeparture() {
		Departure departure = this.departure;
		if (departure != null && connections() == 0) {
			departure.completion().complete(null);
		}
	}

	private long connections() {
		return this.transports.stream().mapToLong((transport) -> transport.connections.sum()).sum();
	}

	/**
	 * Takes connections in again.
	 */
	public void comeBack() {
		this.departure = null;
	}

	/**
	 * Subscribes a connection. Once the subscription is live, nothing published later is
	 * missed; the connection gets the receipt, then what comes first, then the live
	 * publications.
	 * @param <F> the frame type of the transport
	 * @param connection the connection
	 * @param request what it asks for
	 * @param onFailure called if the backplane failed or did not answer in time; the
	 * subscription does not exist then
	 * @return what became of it
	 */
	public <F> SubscribeOutcome subscribe(Connection<F> connection, SubscriptionRequest request,
			Consumer<Throwable> onFailure) {
		if (NodeChannel.isNodeChannel(request.channel())) {
			throw new IllegalArgumentException(request.channel() + " is not for clients");
		}
		return join(connection, request, onFailure);
	}

	<F> SubscribeOutcome join(Connection<F> connection, SubscriptionRequest request, Consumer<Throwable> onFailure) {
		Subscription<F> subscription = new Subscription<>(connection, request);
		ChannelHub hub = retain(request);
		subscription.hub = hub;
		Transport transport = connection.lane().transport();
		transport.subscriptions.increment();
		SubscribeOutcome outcome = connection.register(subscription, this.subscriptionsPerConnection);
		if (outcome != SubscribeOutcome.ACCEPTED) {
			release(hub);
			transport.subscriptions.decrement();
			return outcome;
		}
		CompletableFuture<Void> live = hub.started().thenCompose((started) -> attach(hub, subscription));
		live.orTimeout(this.patience.toNanos(), TimeUnit.NANOSECONDS).exceptionally((ex) -> {
			if (hub.giveUp(subscription) && connection.unregister(subscription)) {
				end(subscription);
				onFailure.accept((ex instanceof CompletionException && ex.getCause() != null) ? ex.getCause() : ex);
			}
			return null;
		});
		return outcome;
	}

	/**
	 * Ends a subscription. Nothing published later is delivered.
	 * @param <F> the frame type of the transport
	 * @param connection the connection
	 * @param subscriptionId the client's name of the subscription
	 * @return {@code false} if the connection has no such subscription
	 */
	public <F> boolean unsubscribe(Connection<F> connection, String subscriptionId) {
		Subscription<F> subscription = connection.unregister(subscriptionId);
		if (subscription != null) {
			end(subscription);
		}
		return subscription != null;
	}

	/**
	 * Ends a subscription. Nothing that reaches this node later is delivered.
	 * @param <F> the frame type of the transport
	 * @param subscription the subscription
	 * @return what it was until now
	 */
	public <F> UnsubscribeOutcome unsubscribe(Subscription<F> subscription) {
		if (!subscription.connection().unregister(subscription)) {
			return UnsubscribeOutcome.UNKNOWN;
		}
		return end(subscription) ? UnsubscribeOutcome.WAS_LIVE : UnsubscribeOutcome.WAS_PENDING;
	}

	/**
	 * Says something about their channel to some subscriptions, after what they were told
	 * before. Those that are not live do not get it.
	 * @param subscriptions the subscriptions, of any connections
	 * @param kind what it is about
	 * @param body the body, JSON in UTF-8
	 */
	public void tell(Collection<? extends Subscription<?>> subscriptions, String kind, byte[] body) {
		Map<Lane<?>, List<Subscription<?>>> byLane = new IdentityHashMap<>();
		for (Subscription<?> subscription : subscriptions) {
			byLane.computeIfAbsent(subscription.connection().lane(), (lane) -> new ArrayList<>()).add(subscription);
		}
		byLane.forEach((lane, told) -> tell(lane, told, kind, body));
	}

	@SuppressWarnings("unchecked")
	private static <F> void tell(Lane<F> lane, List<? extends Subscription<?>> subscriptions, String kind,
			byte[] body) {
		// Subscriptions of a lane are of its frames.
		List<Subscription<F>> told = (List<Subscription<F>>) subscriptions;
		lane.execute(() -> lane.tell(told, kind, body));
	}

	/**
	 * A channel among the nodes.
	 * @param name the name, unique in the application
	 * @param history how much a node can catch up with after it was cut off
	 * @param listener hears the other nodes, and this one too, once
	 * {@link NodeChannel#listen()} was called
	 * @return the channel
	 */
	public NodeChannel nodeChannel(String name, HistoryOptions history, NodeChannel.Listener listener) {
		NodeChannel channel = new NodeChannel(this, name, history, this.scheduler, listener);
		this.nodeChannels.add(channel);
		return channel;
	}

	void leave(NodeChannel channel) {
		this.nodeChannels.remove(channel);
	}

	/**
	 * A transport of this node, for the lanes to count in.
	 * @param name what it is called, such as {@code netty}
	 * @return the transport, the same for the same name
	 */
	public synchronized Transport transport(String name) {
		for (Transport transport : this.transports) {
			if (transport.name().equals(name)) {
				return transport;
			}
		}
		Transport transport = new Transport(name);
		this.observers.forEach((observer) -> transport.observe(observer.apply(transport)));
		this.transports.add(transport);
		return transport;
	}

	/**
	 * Adds an observer for each transport, for as long as the engine lives.
	 * @param observer called once for each transport: now for those there are, and later
	 * for others when they come
	 */
	public synchronized void observe(Function<Transport, LatencyObserver> observer) {
		this.observers.add(observer);
		this.transports.forEach((transport) -> transport.observe(observer.apply(transport)));
	}

	/**
	 * What was counted so far. The numbers are taken one after the other while others go
	 * on counting.
	 * @return the numbers
	 */
	public EngineStatistics statistics() {
		long nodeChannels = this.nodeChannels.stream()
			.map(NodeChannel::channel)
			.distinct()
			.filter(this.hubs::containsKey)
			.count();
		return new EngineStatistics((int) (this.hubs.size() - nodeChannels), this.publications.sum(),
				this.transports.stream().map(Transport::statistics).toList());
	}

	int hubCount() {
		return this.hubs.size();
	}

	private CompletableFuture<Void> attach(ChannelHub hub, Subscription<?> subscription) {
		if (subscription.start() instanceof Start.Last last && !last.keys().isEmpty()) {
			return attachLast(hub, subscription, last, 1);
		}
		CompletableFuture<Void> ready = (subscription.start() instanceof Start.Since since)
				? hub.catchUpWith(since.position()).orTimeout(this.patience.toNanos(), TimeUnit.NANOSECONDS)
				: CompletableFuture.completedFuture(null);
		return ready.thenAccept((caughtUp) -> hub.attach(subscription, List.of(), null));
	}

	private CompletableFuture<Void> attachLast(ChannelHub hub, Subscription<?> subscription, Start.Last last,
			int lookup) {
		StreamPosition asOf = (lookup <= MAX_LOOKUPS) ? hub.position() : null;
		return this.backplane.lastByKey(subscription.channel(), last.keys())
			.thenCompose((found) -> hub.attach(subscription, found, asOf) ? CompletableFuture.completedFuture(null)
					: attachLast(hub, subscription, last, lookup + 1));
	}

	/**
	 * Ends a subscription that was taken from its connection.
	 * @return whether it was live
	 */
	boolean end(Subscription<?> subscription) {
		subscription.connection().lane().transport().subscriptions.decrement();
		ChannelHub hub = subscription.hub;
		if (hub == null) {
			return false;
		}
		boolean live = hub.detach(subscription);
		release(hub);
		return live;
	}

	private ChannelHub retain(SubscriptionRequest request) {
		ChannelHub hub = this.hubs.compute(request.channel(), (channel, existing) -> {
			ChannelHub retained = (existing != null) ? existing : new ChannelHub(channel, request.history(), this.clock,
					ask(() -> this.backplane.subscribe(channel)), this.reader::read);
			retained.retained++;
			return retained;
		});
		// Only now: what is published before the map shows the hub must be in the past.
		if (hub.claimOpening()) {
			open(hub);
		}
		return hub;
	}

	private void open(ChannelHub hub) {
		hub.subscribed().thenCompose((subscribed) -> {
			hub.beginRead();
			return this.backplane.past(hub.channel(), hub.historySize());
		}).orTimeout(this.patience.toNanos(), TimeUnit.NANOSECONDS).thenAccept(hub::onPast).exceptionally((ex) -> {
			if (!NodeChannel.isNodeChannel(hub.channel())) {
				logger.warn("Could not open {}: {}", hub.channel(), ex.toString());
			}
			// The next subscriber tries again.
			remove(hub, () -> true);
			hub.fail(ex);
			return null;
		});
	}

	private void release(ChannelHub hub) {
		remove(hub, () -> --hub.retained == 0);
	}

	private void remove(ChannelHub hub, BooleanSupplier condition) {
		this.hubs.computeIfPresent(hub.channel(), (channel, current) -> {
			if (current != hub || !condition.getAsBoolean()) {
				return current;
			}
			hub.close();
			this.backplane.unsubscribe(channel);
			return null;
		});
	}

	/**
	 * Where the backplane delivers.
	 */
	private final class Listener implements BackplaneListener {

		@Override
		public void onPublication(ChannelId channel, Publication publication) {
			ChannelHub hub = RealtimeEngine.this.hubs.get(channel);
			if (hub != null) {
				hub.onPublication(publication);
			}
		}

		@Override
		public void onEphemeral(ChannelId channel, Ephemeral ephemeral) {
			ChannelHub hub = RealtimeEngine.this.hubs.get(channel);
			if (hub != null) {
				hub.onEphemeral(ephemeral);
			}
		}

		@Override
		public void onInterruption() {
			RealtimeEngine.this.hubs.values().forEach(ChannelHub::check);
		}

	}

}
