package dev.realtime.core;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.realtime.StreamPosition;
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

	private static final Logger logger = LoggerFactory.getLogger(RealtimeEngine.class);

	private final Backplane backplane;

	private final InstantSource clock;

	private final int subscriptionsPerConnection;

	private final Map<ChannelId, ChannelHub> hubs = new ConcurrentHashMap<>();

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
		this.backplane = backplane;
		this.clock = clock;
		this.subscriptionsPerConnection = subscriptionsPerConnection;
		backplane.start(this::onPublication);
	}

	/**
	 * Publishes.
	 * @param channel the channel
	 * @param request the publication
	 * @return completed with the position once the backplane has the publication
	 */
	public CompletableFuture<StreamPosition> publish(ChannelId channel, PublicationRequest request) {
		this.publications.increment();
		return this.backplane.append(channel, request);
	}

	/**
	 * Takes a connection in.
	 * @param <F> the frame type of the transport
	 * @param id an id that is unique in the node
	 * @param lane where the connection lives
	 * @param sink where its frames go
	 * @return the connection, to be ended with {@link #disconnect}
	 */
	public <F> Connection<F> connect(String id, Lane<F> lane, FrameSink<F> sink) {
		Connection<F> connection = new Connection<>(id, lane, sink);
		lane.transport().connections.increment();
		lane.execute(() -> lane.add(connection));
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
		connection.end().forEach(this::end);
		Lane<F> lane = connection.lane();
		CloseReason reason = connection.closeReason();
		logger.debug("{} ended: {}", connection, (reason != null) ? reason.text() : "the client left");
		lane.transport().connections.decrement();
		lane.transport().closed(reason);
		lane.execute(() -> lane.remove(connection));
	}

	/**
	 * Subscribes a connection. Once the subscription is live, nothing published later is
	 * missed; the connection gets the receipt, then what comes first, then the live
	 * publications.
	 * @param <F> the frame type of the transport
	 * @param connection the connection
	 * @param request what it asks for
	 * @param onFailure called if the backplane failed; the subscription does not exist
	 * then
	 * @return what became of it
	 */
	public <F> SubscribeOutcome subscribe(Connection<F> connection, SubscriptionRequest request,
			Consumer<Throwable> onFailure) {
		Subscription<F> subscription = new Subscription<>(connection, request);
		ChannelHub hub = retain(request);
		Transport transport = connection.lane().transport();
		transport.subscriptions.increment();
		SubscribeOutcome outcome = connection.register(subscription, this.subscriptionsPerConnection);
		if (outcome != SubscribeOutcome.ACCEPTED) {
			release(request.channel());
			transport.subscriptions.decrement();
			return outcome;
		}
		hub.started().thenCompose((started) -> attach(hub, subscription, 1)).exceptionally((ex) -> {
			if (connection.unregister(subscription)) {
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
		return new EngineStatistics(this.hubs.size(), this.publications.sum(),
				this.transports.stream().map(Transport::statistics).toList());
	}

	int hubCount() {
		return this.hubs.size();
	}

	private void onPublication(ChannelId channel, Publication publication) {
		ChannelHub hub = this.hubs.get(channel);
		if (hub != null) {
			hub.onPublication(publication);
		}
	}

	private CompletableFuture<Void> attach(ChannelHub hub, Subscription<?> subscription, int lookup) {
		if (!(subscription.start() instanceof Start.Last last) || last.keys().isEmpty()) {
			hub.attach(subscription, List.of(), 0);
			return CompletableFuture.completedFuture(null);
		}
		long asOf = (lookup <= MAX_LOOKUPS) ? hub.offset() : Long.MAX_VALUE - 1;
		return this.backplane.lastByKey(subscription.channel(), last.keys())
			.thenCompose((found) -> hub.attach(subscription, found, asOf) ? CompletableFuture.completedFuture(null)
					: attach(hub, subscription, lookup + 1));
	}

	private void end(Subscription<?> subscription) {
		subscription.connection().lane().transport().subscriptions.decrement();
		ChannelHub hub = this.hubs.get(subscription.channel());
		if (hub != null) {
			hub.detach(subscription);
			release(subscription.channel());
		}
	}

	private ChannelHub retain(SubscriptionRequest request) {
		ChannelHub hub = this.hubs.compute(request.channel(), (channel, existing) -> {
			ChannelHub retained = (existing != null) ? existing
					: new ChannelHub(channel, request.history(), this.clock, this.backplane.subscribe(channel));
			retained.retained++;
			return retained;
		});
		// Only now: what is published before the map shows the hub must be in the past.
		if (hub.claimOpening()) {
			open(hub, request);
		}
		return hub;
	}

	private void open(ChannelHub hub, SubscriptionRequest request) {
		hub.subscribed()
			.thenCompose((subscribed) -> this.backplane.past(request.channel(), request.history().size()))
			.thenAccept(hub::start)
			.exceptionally((ex) -> {
				hub.fail(ex);
				return null;
			});
	}

	private void release(ChannelId channel) {
		this.hubs.computeIfPresent(channel, (id, hub) -> {
			if (--hub.retained > 0) {
				return hub;
			}
			this.backplane.unsubscribe(id);
			return null;
		});
	}

}
