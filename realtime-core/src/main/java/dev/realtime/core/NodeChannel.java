package dev.realtime.core;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel among the nodes themselves, which no client can subscribe to: what one says,
 * all hear, in one order. What was missed while the backplane was away is made up for, or
 * told as a gap. Thread-safe, never blocks.
 *
 * @since 0.1.0
 * @see RealtimeEngine#nodeChannel
 */
public final class NodeChannel implements AutoCloseable {

	/** No name of a topic begins like this. */
	private static final char MARK = '@';

	private static final Duration RETRY = Duration.ofSeconds(1);

	/** The receipt that is asked for where something may have been missed. */
	private static final String AGAIN = "again";

	/** The receipt that is asked for at first. */
	private static final String FIRST = "first";

	/** What the encoder makes of a gap. */
	private static final Object GAP = new Object();

	/** What the encoder makes of the first receipt. */
	private static final Object LISTENING = new Object();

	private static final Logger logger = LoggerFactory.getLogger(NodeChannel.class);

	private final RealtimeEngine engine;

	private final ChannelId channel;

	private final HistoryOptions history;

	private final Scheduler scheduler;

	private final Listener listener;

	private @Nullable ExecutorService executor;

	private @Nullable Connection<Object> connection;

	private boolean closed;

	NodeChannel(RealtimeEngine engine, String name, HistoryOptions history, Scheduler scheduler, Listener listener) {
		this.engine = engine;
		this.channel = new ChannelId(null, null, MARK + name);
		this.history = history;
		this.scheduler = scheduler;
		this.listener = listener;
	}

	/**
	 * Whether nodes talk to each other on a channel. Backplanes that can not keep
	 * everything keep this.
	 * @param channel any channel
	 * @return {@code false} if clients may subscribe to it
	 */
	public static boolean isNodeChannel(ChannelId channel) {
		return channel.tenant() == null && !channel.name().isEmpty() && channel.name().charAt(0) == MARK;
	}

	ChannelId channel() {
		return this.channel;
	}

	/**
	 * Says something to all nodes.
	 * @param data what to say
	 * @return completed once the backplane has it
	 */
	public CompletableFuture<Void> send(byte[] data) {
		return this.engine
			.append(this.channel, new PublicationRequest(data, Map.of(), null, null, null, null, this.history))
			.thenApply((position) -> null);
	}

	/**
	 * Begins to listen. Tries until the backplane is there. A second call does nothing.
	 */
	public synchronized void listen() {
		if (this.connection != null || this.closed) {
			return;
		}
		ExecutorService executor = Executors.newSingleThreadExecutor((task) -> {
			Thread thread = new Thread(task, "realtime-" + this.channel.name().substring(1));
			thread.setDaemon(true);
			return thread;
		});
		this.executor = executor;
		this.connection = new Connection<>(this.channel.name(), new Lane<>(new Encoder(), executor), new Sink());
		join(FIRST);
	}

	private synchronized void join(String receipt) {
		if (this.connection != null && !this.closed) {
			this.engine.join(this.connection, new SubscriptionRequest("nodes", this.channel, MessageFilter.all(),
					new Start.Live(), receipt, this.history), this::retry);
		}
	}

	private void retry(Throwable failure) {
		logger.debug("Not listening on {} yet", this.channel, failure);
		this.scheduler.schedule(() -> join(AGAIN), RETRY);
	}

	/**
	 * Stops to listen.
	 */
	@Override
	public synchronized void close() {
		this.closed = true;
		if (this.connection != null && this.executor != null) {
			this.connection.end().forEach(this.engine::end);
			this.executor.shutdown();
		}
		this.engine.leave(this);
	}

	/**
	 * Hears what the nodes say, on a thread of its own.
	 */
	public interface Listener {

		/**
		 * From now on everything that is said is heard. Not called where the backplane
		 * was away at first: then it is a gap.
		 */
		default void onListening() {
		}

		/**
		 * A node said something, maybe this one.
		 * @param data what it said
		 */
		void onMessage(byte[] data);

		/**
		 * Something was said that is not known here.
		 */
		void onGap();

	}

	/**
	 * Leaves publications as they are.
	 */
	private static final class Encoder implements FrameEncoder<Object> {

		@Override
		public Object message(Publication publication, Subscription<Object> subscription, DeliveryMode mode) {
			return publication;
		}

		@Override
		public Object live(Subscription<Object> subscription, String receipt, StreamPosition position,
				@Nullable Boolean recovered) {
			return receipt.equals(AGAIN) ? GAP : LISTENING;
		}

		@Override
		public Object gap(Subscription<Object> subscription) {
			return GAP;
		}

	}

	/**
	 * Hands over to the listener.
	 */
	private final class Sink implements FrameSink<Object> {

		@Override
		public void write(Object message, int frames) {
			try {
				if (message instanceof Publication publication) {
					NodeChannel.this.listener.onMessage(publication.data());
				}
				else if (message == LISTENING) {
					NodeChannel.this.listener.onListening();
				}
				else {
					NodeChannel.this.listener.onGap();
				}
			}
			catch (RuntimeException ex) {
				// The next message is to be heard all the same.
				logger.error("Could not handle what a node said on {}", NodeChannel.this.channel, ex);
			}
		}

		@Override
		public boolean isWritable() {
			return true;
		}

		@Override
		public void flush() {
		}

		@Override
		public void close(CloseReason reason) {
		}

		@Override
		public void tick(long nanoTime) {
		}

	}

}
