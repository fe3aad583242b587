package dev.realtime.core;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread's share of the connections, with their subscriptions and pending frames.
 * What is queued when the lane gets its turn goes out together: one flush per touched
 * connection. Without load that is a single frame at once; under load writes shrink
 * instead of latency growing.
 * <p>
 * {@link #execute} may be called by any thread; everything else runs on the lane.
 *
 * @param <F> the frame type of the transport
 * @since 0.1.0
 */
public final class Lane<F> {

	/** The kind of word that tells a subscription where it is. */
	static final String POSITION = "position";

	private static final Logger logger = LoggerFactory.getLogger(Lane.class);

	private final Transport transport;

	private final FrameEncoder<F> encoder;

	private final LaneQueue queue;

	private final TurnOutput<F> output;

	private final TurnStatistics statistics;

	private final Set<Connection<F>> conflating = new LinkedHashSet<>();

	private final Set<Connection<F>> connections = new LinkedHashSet<>();

	private final Map<ChannelHub, SubscriptionIndex<F>> channels = new HashMap<>();

	/**
	 * A lane on a thread.
	 * @param transport where to count
	 * @param encoder writes the frames
	 * @param executor runs one task at a time, in order, and makes each task's effects
	 * visible to the next
	 */
	public Lane(Transport transport, FrameEncoder<F> encoder, Executor executor) {
		this.transport = transport;
		this.encoder = encoder;
		this.queue = new LaneQueue(executor, new Turn());
		this.output = new TurnOutput<>(encoder);
		this.statistics = new TurnStatistics(transport);
		transport.add(this);
	}

	/**
	 * A lane on a thread, which is not part of the statistics of an engine.
	 * @param encoder writes the frames
	 * @param executor runs one task at a time, in order, and makes each task's effects
	 * visible to the next
	 */
	public Lane(FrameEncoder<F> encoder, Executor executor) {
		this(new Transport("other"), encoder, executor);
	}

	/**
	 * Runs a task on the lane, after all that was handed over before, and flushes what it
	 * wrote. Does nothing once the executor is shut down.
	 * @param task the task, which does not block
	 */
	public void execute(Runnable task) {
		this.queue.execute(task);
	}

	/**
	 * Runs a task on the lane, after all that was queued there before, and while other
	 * channels have their turns too.
	 */
	void execute(ChannelQueue channel, Runnable task) {
		this.queue.execute(channel, task);
	}

	/**
	 * Queues a publication of a channel, or drops it once the executor is shut down.
	 * @return {@code false} if the lane is behind by too much: then {@link #resumeLater}
	 * and try again
	 */
	boolean offer(ChannelHub hub, ChannelQueue channel, Publication publication) {
		long published = published(hub, publication);
		long number = channel.handOver();
		return this.queue.offer(channel, publication.data().length, () -> deliver(hub, publication, number, published));
	}

	/**
	 * Queues a publication however much the lane is behind.
	 */
	void deliverLater(ChannelHub hub, ChannelQueue channel, Publication publication) {
		long published = published(hub, publication);
		long number = channel.handOver();
		execute(channel, () -> deliver(hub, publication, number, published));
	}

	/**
	 * Queues something ephemeral, or drops it once the executor is shut down.
	 * @return {@code false} if the lane is behind by too much
	 */
	boolean offer(ChannelHub hub, ChannelQueue channel, Ephemeral ephemeral) {
		long number = channel.handOver();
		return this.queue.offer(channel, ephemeral.publication().data().length, () -> deliver(hub, ephemeral, number));
	}

	/**
	 * When something was published, as {@link System#nanoTime()}; zero if nobody wants to
	 * know.
	 */
	private long published(ChannelHub hub, Publication publication) {
		return this.transport.isObserved() ? System.nanoTime() - hub.ageNanos(publication) : 0;
	}

	Transport transport() {
		return this.transport;
	}

	long queuedBytes() {
		return this.queue.queuedBytes();
	}

	/**
	 * Lets a channel go on when the lane has caught up.
	 */
	void resumeLater(ChannelHub hub) {
		this.queue.resumeLater(hub);
	}

	/**
	 * Does some of what waits of one channel.
	 */
	void takeShare(ChannelQueue channel) {
		this.queue.takeShare(channel);
	}

	/**
	 * Closes a connection after all that was written to it.
	 */
	void close(Connection<F> connection, CloseReason reason, String text) {
		this.output.flush(connection);
		connection.sink().close(reason, text);
	}

	/**
	 * Closes all connections, each with a text of its own.
	 */
	void closeAll(CloseReason reason, Supplier<String> text) {
		for (Connection<F> connection : List.copyOf(this.connections)) {
			connection.close(reason, text.get());
		}
	}

	/**
	 * Writes a frame to one connection, and lets go of it.
	 */
	void send(Connection<F> connection, F frame) {
		this.output.send(connection, frame);
	}

	private void send(Subscription<F> subscription, Publication publication, DeliveryMode mode) {
		send(subscription.connection(), this.encoder.message(publication, subscription, mode));
		this.statistics.delivered();
		this.output.addBytes(publication.data().length);
	}

	void add(Connection<F> connection) {
		this.connections.add(connection);
	}

	void remove(Connection<F> connection) {
		if (this.connections.remove(connection)) {
			this.transport.dropped(DropReason.DISCONNECTED, connection.sink().dropped());
		}
		this.conflating.remove(connection);
	}

	/**
	 * Lets every connection look at the clock. On the lane only.
	 * @param nanoTime the current {@link System#nanoTime()}
	 */
	public void tick(long nanoTime) {
		for (Connection<F> connection : List.copyOf(this.connections)) {
			try {
				tick(connection, nanoTime);
			}
			catch (RuntimeException | Error ex) {
				// The others have heart-beats to send.
				logger.error("{} could not look at the clock", connection, ex);
			}
		}
	}

	private void tick(Connection<F> connection, long nanoTime) {
		connection.tick(nanoTime);
		if (connection.isPositionLookDue(nanoTime)) {
			connection.subscriptions().forEach((subscription) -> tellPosition(subscription, nanoTime));
		}
	}

	/**
	 * Tells a subscription where it is, if that could not be told from what it gets.
	 */
	private void tellPosition(Subscription<F> subscription, long now) {
		SubscriptionIndex<F> index = (subscription.entries != null) ? this.channels.get(subscription.hub) : null;
		StreamPosition position = (index != null) ? index.position : null;
		if (position != null && !subscription.filter().keys().isEmpty()
				&& !subscription.connection().isConflating(subscription)
				&& subscription.isFallingBehind(position, now)) {
			subscription.told(position, now);
			byte[] body = ("{\"position\":\"" + position + "\"}").getBytes(StandardCharsets.UTF_8);
			send(subscription.connection(), this.encoder.control(subscription, POSITION, body));
		}
	}

	void start(ChannelHub hub, Subscription<F> subscription, Beginning beginning) {
		try {
			begin(hub, subscription, beginning);
		}
		catch (RuntimeException | Error ex) {
			this.output.giveUp(subscription.connection(), ex);
		}
		if (subscription.entries != null && subscription.observer() != null) {
			subscription.observer().onLive(subscription);
		}
	}

	private void begin(ChannelHub hub, Subscription<F> subscription, Beginning beginning) {
		if (subscription.receipt() != null) {
			send(subscription.connection(), this.encoder.live(subscription, subscription.receipt(),
					beginning.position(), beginning.recovered()));
		}
		if (subscription.over) {
			return;
		}
		if (Boolean.FALSE.equals(beginning.recovered())) {
			send(subscription.connection(), this.encoder.gap(subscription));
		}
		for (Publication publication : beginning.publications()) {
			if (isFor(publication, subscription)) {
				send(subscription, publication, beginning.mode());
			}
		}
		SubscriptionIndex<F> index = this.channels.computeIfAbsent(hub, (absent) -> new SubscriptionIndex<>());
		index.position = beginning.position();
		index.add(subscription);
		subscription.told(beginning.position(), System.nanoTime());
	}

	void end(ChannelHub hub, Subscription<F> subscription) {
		boolean begun = subscription.entries != null;
		subscription.over = true;
		subscription.connection().dropConflated(subscription);
		SubscriptionIndex<F> index = this.channels.get(hub);
		if (index != null) {
			index.remove(subscription);
			if (index.isEmpty()) {
				this.channels.remove(hub);
			}
		}
		if (begun && subscription.observer() != null) {
			subscription.observer().onEnd(subscription, subscription.ending);
		}
	}

	private void deliver(ChannelHub hub, Publication publication, long number, long published) {
		SubscriptionIndex<F> index = this.channels.get(hub);
		if (index != null) {
			long before = this.statistics.deliveries();
			try {
				index.forEachMatch(publication.attributes(), (subscription) -> {
					if (subscription.lastMessage >= number) {
						deliver(publication, subscription);
					}
				});
			}
			finally {
				this.output.endMessage();
			}
			index.position = publication.position();
			this.output.addBytes(publication.data().length);
			if (published != 0 && this.statistics.deliveries() > before) {
				this.statistics.written(published);
			}
		}
	}

	private void deliver(ChannelHub hub, Ephemeral ephemeral, long number) {
		SubscriptionIndex<F> index = this.channels.get(hub);
		if (index != null) {
			try {
				index.forEachMatch(ephemeral.publication().attributes(), (subscription) -> {
					if (subscription.lastMessage >= number) {
						deliver(ephemeral, subscription);
					}
				});
			}
			finally {
				this.output.endMessage();
			}
			this.output.addBytes(ephemeral.publication().data().length);
		}
	}

	private void deliver(Ephemeral ephemeral, Subscription<F> subscription) {
		Connection<F> connection = subscription.connection();
		if (!isFor(ephemeral.publication(), subscription)
				|| (ephemeral.toUser() != null && !ephemeral.toUser().equals(connection.user()))) {
			return;
		}
		if (connection.heldBack != null || !connection.sink().isWritable()) {
			holdBack(connection, subscription, ephemeral.publication());
			return;
		}
		F frame = this.output.share(subscription.id(),
				(id) -> this.encoder.message(ephemeral.publication(), subscription, DeliveryMode.EPHEMERAL));
		this.output.write(connection, frame);
		this.statistics.delivered();
	}

	private void holdBack(Connection<F> connection, Subscription<F> subscription, Publication publication) {
		if (connection.heldBack == null) {
			connection.heldBack = new HeldBack<>();
		}
		if (connection.heldBack.put(subscription, publication)) {
			this.statistics.conflated(1);
		}
		this.transport.dropped(DropReason.EPHEMERAL, connection.heldBack.makeRoom());
		this.conflating.add(connection);
	}

	private void deliver(Publication publication, Subscription<F> subscription) {
		if (!isFor(publication, subscription)) {
			return;
		}
		Connection<F> connection = subscription.connection();
		try {
			if (subscription.conflateBy() != null
					&& (connection.isConflating(subscription) || !connection.sink().isWritable())) {
				this.statistics.conflated(connection.conflate(subscription, publication));
				this.conflating.add(connection);
			}
			else {
				F frame = this.output.share(subscription.id(),
						(id) -> this.encoder.message(publication, subscription, DeliveryMode.LIVE));
				this.output.write(connection, frame);
				this.statistics.delivered();
			}
		}
		catch (RuntimeException | Error ex) {
			this.output.giveUp(connection, ex);
		}
	}

	/**
	 * Brings those level that could not take everything and now can take more.
	 */
	private void sendConflated() {
		if (this.conflating.isEmpty()) {
			return;
		}
		for (Connection<F> connection : List.copyOf(this.conflating)) {
			if (connection.sink().isWritable()) {
				this.conflating.remove(connection);
				try {
					connection.takeConflated().forEach(this::sendConflated);
					sendHeldBack(connection);
				}
				catch (RuntimeException | Error ex) {
					this.output.giveUp(connection, ex);
				}
			}
		}
	}

	private void sendConflated(Subscription<F> subscription, Conflated conflated) {
		if (conflated.isLossy()) {
			send(subscription.connection(), this.encoder.gap(subscription));
		}
		conflated.publications().forEach((publication) -> send(subscription, publication, DeliveryMode.LIVE));
	}

	private void sendHeldBack(Connection<F> connection) {
		HeldBack<F> heldBack = connection.heldBack;
		connection.heldBack = null;
		if (heldBack != null) {
			heldBack.forEach((subscription, publication) -> send(subscription, publication, DeliveryMode.EPHEMERAL));
		}
	}

	void gap(ChannelHub hub) {
		SubscriptionIndex<F> index = this.channels.get(hub);
		if (index != null) {
			index.position = null;
			index.forEach(this::gap);
		}
	}

	private void gap(Subscription<F> subscription) {
		try {
			send(subscription.connection(), this.encoder.gap(subscription));
		}
		catch (RuntimeException | Error ex) {
			this.output.giveUp(subscription.connection(), ex);
		}
	}

	/**
	 * Says something about their channel to subscriptions of this lane. Those that have
	 * ended do not get it.
	 */
	void tell(List<Subscription<F>> subscriptions, String kind, byte[] body) {
		try {
			for (Subscription<F> subscription : subscriptions) {
				if (subscription.entries != null) {
					this.output.write(subscription.connection(), this.output.share(subscription.id(),
							(id) -> this.encoder.control(subscription, kind, body)));
				}
			}
		}
		finally {
			this.output.endMessage();
		}
		this.output.addBytes(body.length);
	}

	private boolean isFor(Publication publication, Subscription<F> subscription) {
		return publication.except() == null || !publication.except().equals(subscription.connection().id());
	}

	/**
	 * What the lane makes of a turn.
	 */
	private final class Turn implements LaneQueue.Turn {

		@Override
		public boolean isFull() {
			return Lane.this.output.isFull();
		}

		@Override
		public void end() {
			sendConflated();
			Lane.this.statistics.count();
			Lane.this.output.flush();
			Lane.this.statistics.observe();
		}

		@Override
		public void resume(ChannelHub hub) {
			hub.resume(Lane.this);
		}

	}

	/**
	 * What a subscription gets before the live publications.
	 *
	 * @param position where the channel stands
	 * @param publications those that come first, in order
	 * @param mode how they come
	 * @param recovered whether they are all since the client's position; {@code null} if
	 * the client gave none
	 */
	record Beginning(StreamPosition position, List<Publication> publications, DeliveryMode mode,
			@Nullable Boolean recovered) {

	}

}
