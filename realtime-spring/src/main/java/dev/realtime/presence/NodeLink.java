package dev.realtime.presence;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import dev.realtime.core.HistoryOptions;
import dev.realtime.core.NodeChannel;
import dev.realtime.core.RealtimeEngine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the other nodes: takes there what this one says, hands over what they say,
 * and looks at the clock. Thread-safe; what it calls runs on the timer.
 */
final class NodeLink implements NodeChannel.Listener {

	private static final String CHANNEL = "presence";

	/** What a node can catch up with after it was cut off. Beyond it all tell all. */
	private static final HistoryOptions HISTORY = new HistoryOptions(100, Duration.ofMinutes(1), 0);

	private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

	private static final int TICKS_PER_LEASE = 10;

	private static final Logger logger = LoggerFactory.getLogger(NodeLink.class);

	private final AtomicBoolean started = new AtomicBoolean();

	private final PresenceTimer timer;

	private final Duration tick;

	private final NodeChannel channel;

	private final NodeSessions sessions;

	/** Of the thread of the channel. */
	private boolean warned;

	/**
	 * A way that nobody goes yet.
	 * @param node the name of this node, unique in the installation
	 * @param timer runs everything that has to do with sessions
	 * @param events gets events for the application
	 */
	NodeLink(RealtimeEngine engine, String node, PresenceTable table, PresenceOptions options, PresenceTimer timer,
			Consumer<Object> events) {
		this.timer = timer;
		Duration tick = options.lease().dividedBy(TICKS_PER_LEASE);
		this.tick = (tick.compareTo(LONGEST_TICK) < 0) ? tick : LONGEST_TICK;
		this.channel = engine.nodeChannel(CHANNEL, HISTORY, this);
		this.sessions = new NodeSessions(node, table, options, timer, this.channel::send, events);
	}

	/**
	 * The sessions of this node, for the thread of the timer.
	 */
	OwnSessions own() {
		return this.sessions.own();
	}

	/**
	 * Begins to hear the others, or goes on after a good-bye.
	 */
	void start() {
		if (this.started.compareAndSet(false, true)) {
			this.channel.listen();
			tickLater();
		}
		else {
			this.timer.execute(this.sessions.replication()::comeBack);
		}
	}

	private void tickLater() {
		this.timer.schedule(() -> {
			// First, whatever happens: who falls silent is taken for dead.
			tickLater();
			this.sessions.replication().tick();
		}, this.tick);
	}

	/**
	 * Says good-bye.
	 * @return completed once it is said
	 */
	CompletableFuture<Void> leave() {
		CompletableFuture<Void> said = new CompletableFuture<>();
		this.timer
			.execute(() -> this.sessions.replication().bye().whenComplete((done, failure) -> said.complete(null)));
		return said;
	}

	void close() {
		this.channel.close();
	}

	@Override
	public void onListening() {
		this.timer.execute(this.sessions.replication()::resync);
	}

	@Override
	public void onMessage(byte[] data) {
		NodeMessage message = NodeMessage.parse(data);
		if (message != null) {
			this.timer.execute(() -> this.sessions.replication().heard(message));
		}
		else if (!this.warned) {
			this.warned = true;
			logger.warn("Ignored what is no word about presence that this version knows. Do all nodes run the same "
					+ "version, and does nobody else write to Redis under this key prefix?");
		}
	}

	@Override
	public void onGap() {
		logger.debug("Something about presence was missed: all nodes tell all");
		this.timer.execute(this.sessions.replication()::resync);
	}

}
