package dev.realtime.core;

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

	/**
	 * Tasks between two flushes, so that a busy channel does not hold back the others.
	 */
	private static final int TASKS_PER_FLUSH = 256;

	private static final Logger logger = LoggerFactory.getLogger(Lane.class);

	private final FrameEncoder<F> encoder;

	private final Executor executor;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean scheduled = new AtomicBoolean();

	private final Set<Connection<F>> connections = new LinkedHashSet<>();

	private final Map<ChannelHub, SubscriptionIndex<F>> channels = new HashMap<>();

	private final List<Connection<F>> touched = new ArrayList<>();

	private final Map<String, F> frames = new HashMap<>();

	/**
	 * A lane on a thread.
	 * @param encoder writes the frames
	 * @param executor runs one task at a time, in order, and makes each task's effects
	 * visible to the next
	 */
	public Lane(FrameEncoder<F> encoder, Executor executor) {
		this.encoder = encoder;
		this.executor = executor;
	}

	/**
	 * Runs a task on the lane, after all that was handed over before, and flushes what it
	 * wrote. Does nothing once the executor is shut down.
	 * @param task the task, which does not block
	 */
	public void execute(Runnable task) {
		this.tasks.add(task);
		wake();
	}

	private void wake() {
		if (this.scheduled.compareAndSet(false, true)) {
			try {
				this.executor.execute(this::run);
			}
			catch (RejectedExecutionException ex) {
				logger.debug("Lane is shut down");
			}
		}
	}

	private void run() {
		Runnable task = this.tasks.poll();
		for (int i = 1; task != null; i++) {
			try {
				task.run();
			}
			catch (RuntimeException ex) {
				logger.error("Task of a lane failed", ex);
			}
			task = (i < TASKS_PER_FLUSH) ? this.tasks.poll() : null;
		}
		flushTouched();
		this.scheduled.set(false);
		if (!this.tasks.isEmpty()) {
			wake();
		}
	}

	private void flushTouched() {
		for (Connection<F> connection : this.touched) {
			connection.touched = false;
			connection.sink().flush();
		}
		this.touched.clear();
	}

	/**
	 * Writes a frame to one connection, and lets go of it.
	 */
	void send(Connection<F> connection, F frame) {
		write(connection, frame);
		this.encoder.release(frame);
	}

	private void write(Connection<F> connection, F frame) {
		connection.sink().write(frame);
		if (!connection.touched) {
			connection.touched = true;
			this.touched.add(connection);
		}
	}

	void add(Connection<F> connection) {
		this.connections.add(connection);
	}

	void remove(Connection<F> connection) {
		this.connections.remove(connection);
	}

	/**
	 * Lets every connection look at the clock. On the lane only.
	 * @param nanoTime the current {@link System#nanoTime()}
	 */
	public void tick(long nanoTime) {
		for (Connection<F> connection : List.copyOf(this.connections)) {
			connection.sink().tick(nanoTime);
		}
	}

	void start(ChannelHub hub, Subscription<F> subscription, Beginning beginning) {
		if (subscription.receipt() != null) {
			send(subscription.connection(), this.encoder.live(subscription, subscription.receipt(),
					beginning.position(), beginning.recovered()));
		}
		if (Boolean.FALSE.equals(beginning.recovered())) {
			send(subscription.connection(), this.encoder.gap(subscription));
		}
		for (Publication publication : beginning.publications()) {
			if (isFor(publication, subscription)) {
				send(subscription.connection(), this.encoder.message(publication, subscription, beginning.mode()));
			}
		}
		this.channels.computeIfAbsent(hub, (absent) -> new SubscriptionIndex<>()).add(subscription);
	}

	void end(ChannelHub hub, Subscription<F> subscription) {
		SubscriptionIndex<F> index = this.channels.get(hub);
		if (index != null) {
			index.remove(subscription);
			if (index.isEmpty()) {
				this.channels.remove(hub);
			}
		}
	}

	void deliver(ChannelHub hub, Publication publication) {
		SubscriptionIndex<F> index = this.channels.get(hub);
		if (index != null) {
			index.forEachMatch(publication.attributes(), (subscription) -> deliver(publication, subscription));
			this.frames.values().forEach(this.encoder::release);
			this.frames.clear();
		}
	}

	private void deliver(Publication publication, Subscription<F> subscription) {
		if (isFor(publication, subscription)) {
			F frame = this.frames.computeIfAbsent(subscription.id(),
					(id) -> this.encoder.message(publication, subscription, DeliveryMode.LIVE));
			write(subscription.connection(), frame);
		}
	}

	void gap(ChannelHub hub) {
		SubscriptionIndex<F> index = this.channels.get(hub);
		if (index != null) {
			index.forEach((subscription) -> send(subscription.connection(), this.encoder.gap(subscription)));
		}
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
