package dev.realtime.core;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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

	/**
	 * Tasks between two flushes, so that a busy channel does not hold back the others.
	 */
	private static final int TASKS_PER_FLUSH = 256;

	/**
	 * Tasks of one channel before the others have their turn.
	 */
	private static final int TASKS_PER_SHARE = 32;

	/**
	 * Payloads that go out together, so that large ones do not either.
	 */
	private static final int BYTES_PER_FLUSH = 64 * 1024;

	/**
	 * What may wait for the lane in publications, payloads and bookkeeping together. One
	 * channel may queue as much as it leaves free, so that there is always room for
	 * others: half of it where it is alone, about 70,000 small publications. Beyond that
	 * it waits in its hub, which keeps its newest publications anyway; what no longer
	 * fits there is told as a gap.
	 */
	static final long MAX_QUEUED_BYTES = 32 * 1024 * 1024;

	/** What a queued publication costs besides its payload, roughly. */
	private static final int BYTES_PER_QUEUED = 128;

	private static final Logger logger = LoggerFactory.getLogger(Lane.class);

	private final Transport transport;

	private final FrameEncoder<F> encoder;

	private final Executor executor;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private volatile boolean stopped;

	private final AtomicLong queuedBytes = new AtomicLong();

	private final Queue<ChannelHub> waiting = new ConcurrentLinkedQueue<>();

	private final Set<Connection<F>> conflating = new LinkedHashSet<>();

	private final Set<Connection<F>> connections = new LinkedHashSet<>();

	private final Map<ChannelHub, SubscriptionIndex<F>> channels = new HashMap<>();

	private final List<Connection<F>> touched = new ArrayList<>();

	private final Map<String, F> frames = new HashMap<>();

	/** What is to be released after the flush. */
	private final List<F> written = new ArrayList<>();

	private Batch<F> emptyBatch = new Batch<>();

	private long batchBytes;

	/**
	 * When what was written since the last flush was published. A task delivers one
	 * publication at most, and the turn of a channel is a task itself.
	 */
	private final long[] published = new long[TASKS_PER_FLUSH];

	private int publishedCount;

	/** Tasks since the last flush. */
	private int ran;

	private long deliveries;

	private long conflated;

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
		this.executor = executor;
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
		enqueue(task);
	}

	private boolean enqueue(Runnable task) {
		if (this.stopped) {
			return false;
		}
		this.tasks.add(task);
		boolean awake = wake();
		if (!awake) {
			this.tasks.clear();
			this.queuedBytes.set(0);
		}
		return awake;
	}

	/**
	 * Runs a task on the lane, after all that was queued there before, and while other
	 * channels have their turns too.
	 */
	void execute(ChannelQueue queue, Runnable task) {
		if (!this.stopped && queue.add(task) && !enqueue(queue.turn())) {
			queue.clear();
		}
	}

	/**
	 * Queues a publication of a channel, or drops it once the executor is shut down.
	 * @return {@code false} if the lane is behind by too much: then {@link #resumeLater}
	 * and try again
	 */
	boolean offer(ChannelHub hub, ChannelQueue queue, Publication publication) {
		if (this.stopped) {
			return true;
		}
		long bytes = bytes(publication);
		if (!reserve(queue, bytes)) {
			return false;
		}
		long published = published(hub, publication);
		long number = queue.handOver();
		execute(queue, () -> {
			reserved(queue, -bytes);
			deliver(hub, publication, number, published);
		});
		return true;
	}

	/**
	 * Queues a publication however much the lane is behind.
	 */
	void deliverLater(ChannelHub hub, ChannelQueue queue, Publication publication) {
		long published = published(hub, publication);
		long number = queue.handOver();
		execute(queue, () -> deliver(hub, publication, number, published));
	}

	/**
	 * Queues something ephemeral, or drops it once the executor is shut down.
	 * @return {@code false} if the lane is behind by too much
	 */
	boolean offer(ChannelHub hub, ChannelQueue queue, Ephemeral ephemeral) {
		if (this.stopped) {
			return true;
		}
		long bytes = bytes(ephemeral.publication());
		if (!reserve(queue, bytes)) {
			return false;
		}
		long number = queue.handOver();
		execute(queue, () -> {
			reserved(queue, -bytes);
			deliver(hub, ephemeral, number);
		});
		return true;
	}

	private static long bytes(Publication publication) {
		return publication.data().length + BYTES_PER_QUEUED;
	}

	private boolean reserve(ChannelQueue queue, long bytes) {
		long queued = this.queuedBytes.get();
		boolean fits = queued == 0 || queue.bytes() + bytes <= MAX_QUEUED_BYTES - queued;
		if (fits) {
			reserved(queue, bytes);
		}
		return fits;
	}

	private void reserved(ChannelQueue queue, long bytes) {
		queue.addBytes(bytes);
		this.queuedBytes.addAndGet(bytes);
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
		return this.queuedBytes.get();
	}

	/**
	 * Lets a channel go on when the lane has caught up.
	 */
	void resumeLater(ChannelHub hub) {
		this.waiting.add(hub);
		wake();
	}

	/**
	 * Sees to it that what is queued gets a turn.
	 * @return {@code false} if the executor takes no more
	 */
	private boolean wake() {
		if (this.scheduled.compareAndSet(false, true)) {
			try {
				this.executor.execute(this::run);
			}
			catch (RejectedExecutionException ex) {
				logger.debug("Lane is shut down");
				this.stopped = true;
				return false;
			}
		}
		return true;
	}

	private void run() {
		do {
			turn();
			this.scheduled.set(false);
		}
		while ((!this.tasks.isEmpty() || isResumable()) && !wake());
	}

	/**
	 * Whether a channel waits for the next turn, and there may be no task to bring one.
	 */
	private boolean isResumable() {
		return !this.waiting.isEmpty() && hasCaughtUp();
	}

	private boolean hasCaughtUp() {
		return this.queuedBytes.get() < MAX_QUEUED_BYTES / 4;
	}

	private void turn() {
		this.ran = 0;
		Runnable task = this.tasks.poll();
		while (task != null) {
			run(task);
			task = isFull() ? null : this.tasks.poll();
		}
		sendConflated();
		count();
		flushTouched();
		observe();
		resumeWaiting();
	}

	private void run(Runnable task) {
		this.ran++;
		try {
			task.run();
		}
		catch (RuntimeException | Error ex) {
			// Others depend on this lane, whatever it is.
			logger.error("Task of a lane failed", ex);
		}
	}

	private boolean isFull() {
		return this.ran >= TASKS_PER_FLUSH || this.batchBytes >= BYTES_PER_FLUSH;
	}

	/**
	 * Does some of what waits of one channel. The rest waits for the next turn.
	 */
	void takeShare(ChannelQueue queue) {
		Runnable task = queue.poll();
		for (int i = 1; task != null; i++) {
			run(task);
			task = (i >= TASKS_PER_SHARE || isFull()) ? null : queue.poll();
		}
		if (queue.endTurn()) {
			this.tasks.add(queue.turn());
		}
	}

	private void resumeWaiting() {
		if (hasCaughtUp()) {
			for (int i = this.waiting.size(); i > 0; i--) {
				ChannelHub hub = this.waiting.poll();
				if (hub != null) {
					hub.resume(this);
				}
			}
		}
	}

	private void flushTouched() {
		this.touched.forEach(this::flush);
		this.touched.clear();
		this.written.forEach(this.encoder::release);
		this.written.clear();
		this.emptyBatch = new Batch<>();
		this.batchBytes = 0;
	}

	private void flush(Connection<F> connection) {
		Batch<F> batch = connection.batch;
		connection.batch = null;
		if (batch == null) {
			return;
		}
		try {
			FrameSink<F> sink = connection.sink();
			for (JoinedFrames<F> joined : batch.joined(this.encoder, this.written::add)) {
				sink.write(joined.message(), joined.frames());
			}
			sink.flush();
		}
		catch (RuntimeException | Error ex) {
			giveUp(connection, ex);
		}
	}

	/**
	 * Ends a connection that something could not be written to. It comes back for what it
	 * misses; if it were to stay, it would not see the hole.
	 */
	private void giveUp(Connection<F> connection, Throwable cause) {
		if (!connection.broken) {
			connection.broken = true;
			logger.error("Disconnecting {}, which could not be written to", connection, cause);
			connection.close(CloseReason.INTERNAL_ERROR);
		}
	}

	/**
	 * Closes a connection after all that was written to it.
	 */
	void close(Connection<F> connection, CloseReason reason, String text) {
		flush(connection);
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
	 * Before the flush, so that who got a message finds it counted.
	 */
	private void count() {
		if (this.deliveries > 0) {
			this.transport.deliveries.add(this.deliveries);
			this.deliveries = 0;
		}
		if (this.conflated > 0) {
			this.transport.dropped(DropReason.CONFLATED, this.conflated);
			this.conflated = 0;
		}
	}

	private void observe() {
		if (this.publishedCount > 0) {
			long now = System.nanoTime();
			for (int i = 0; i < this.publishedCount; i++) {
				this.transport.written(now - this.published[i]);
			}
			this.publishedCount = 0;
		}
	}

	/**
	 * Writes a frame to one connection, and lets go of it.
	 */
	void send(Connection<F> connection, F frame) {
		this.written.add(frame);
		write(connection, frame);
	}

	private void send(Subscription<F> subscription, Publication publication, DeliveryMode mode) {
		send(subscription.connection(), this.encoder.message(publication, subscription, mode));
		this.deliveries++;
		this.batchBytes += publication.data().length;
	}

	private void write(Connection<F> connection, F frame) {
		if (connection.broken) {
			return;
		}
		Batch<F> batch = connection.batch;
		if (batch == null) {
			this.touched.add(connection);
			batch = this.emptyBatch;
		}
		connection.batch = batch.with(frame);
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
			giveUp(subscription.connection(), ex);
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
			long before = this.deliveries;
			try {
				index.forEachMatch(publication.attributes(), (subscription) -> {
					if (subscription.lastMessage >= number) {
						deliver(publication, subscription);
					}
				});
			}
			finally {
				this.written.addAll(this.frames.values());
				this.frames.clear();
			}
			index.position = publication.position();
			this.batchBytes += publication.data().length;
			if (published != 0 && this.deliveries > before) {
				this.published[this.publishedCount++] = published;
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
				this.written.addAll(this.frames.values());
				this.frames.clear();
			}
			this.batchBytes += ephemeral.publication().data().length;
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
		F frame = this.frames.computeIfAbsent(subscription.id(),
				(id) -> this.encoder.message(ephemeral.publication(), subscription, DeliveryMode.EPHEMERAL));
		write(connection, frame);
		this.deliveries++;
	}

	private void holdBack(Connection<F> connection, Subscription<F> subscription, Publication publication) {
		if (connection.heldBack == null) {
			connection.heldBack = new HeldBack<>();
		}
		if (connection.heldBack.put(subscription, publication)) {
			this.conflated++;
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
				this.conflated += connection.conflate(subscription, publication);
				this.conflating.add(connection);
			}
			else {
				F frame = this.frames.computeIfAbsent(subscription.id(),
						(id) -> this.encoder.message(publication, subscription, DeliveryMode.LIVE));
				write(connection, frame);
				this.deliveries++;
			}
		}
		catch (RuntimeException | Error ex) {
			giveUp(connection, ex);
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
					giveUp(connection, ex);
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
			giveUp(subscription.connection(), ex);
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
					write(subscription.connection(), this.frames.computeIfAbsent(subscription.id(),
							(id) -> this.encoder.control(subscription, kind, body)));
				}
			}
		}
		finally {
			this.written.addAll(this.frames.values());
			this.frames.clear();
		}
		this.batchBytes += body.length;
	}

	private boolean isFor(Publication publication, Subscription<F> subscription) {
		return publication.except() == null || !publication.except().equals(subscription.connection().id());
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
