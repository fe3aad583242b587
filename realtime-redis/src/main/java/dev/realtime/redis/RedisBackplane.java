package dev.realtime.redis;

import java.security.SecureRandom;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.realtime.StreamPosition;
import dev.realtime.core.Append;
import dev.realtime.core.Backplane;
import dev.realtime.core.BackplaneListener;
import dev.realtime.core.ChannelId;
import dev.realtime.core.ChannelPast;
import dev.realtime.core.Ephemeral;
import dev.realtime.core.Publication;
import dev.realtime.core.PublicationRequest;
import dev.realtime.redis.Availability.Part;
import dev.realtime.redis.Interests.Interest;
import dev.realtime.redis.Interests.Sighting;
import io.lettuce.core.AbstractRedisClient;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backplane for any number of nodes, on Redis 6.2 or newer. Has two connections of its
 * own, which it opens again whenever they are lost; meanwhile publications wait in order
 * in a bounded outbox, and everything else waits too. Publications are in Redis exactly
 * once, also when a connection breaks before Redis could answer.
 * <p>
 * Thread-safe, never blocks. The futures of publications complete on one thread, those of
 * questions on that of the connection: what depends on them must not block.
 *
 * @since 0.1.0
 */
public final class RedisBackplane implements Backplane {

	private static final Logger logger = LoggerFactory.getLogger(RedisBackplane.class);

	/**
	 * A server that took this long for a batch, while the connection is up, may be gone
	 * without a trace.
	 */
	private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(10);

	private static final long RETRY_MILLIS = 100;

	/** Larger than any offset, and exact in Lua's floating point numbers. */
	private static final long BEYOND = 1L << 52;

	private final String node = Long.toString(new SecureRandom().nextLong() >>> 1, Character.MAX_RADIX);

	private final RedisBackplaneOptions options;

	private final Signatures signatures;

	private final Connector connector;

	private final Availability availability = new Availability();

	private final ScheduledExecutorService scheduler = executor("realtime-redis");

	private final ScheduledExecutorService callbacks = executor("realtime-redis-callbacks");

	private final Link<CommandWire> commands;

	private final Link<PubSubWire> pubSub;

	private final Outbox outbox;

	private final Broadcasts broadcasts;

	private final Reads reads;

	private final Probe probe;

	private final CompletableFuture<@Nullable Exception> pubSubAttempt = new CompletableFuture<>();

	private volatile @Nullable Interests interests;

	private volatile boolean sharded;

	private @Nullable CompletableFuture<Void> started;

	private boolean delivered;

	/**
	 * A node on Redis, not connected yet.
	 * @param client the client that the application configured, a {@code RedisClient}
	 * with a default URI or a {@code RedisClusterClient}; asked for with each connection.
	 * It is not closed here
	 * @param options the settings
	 */
	public RedisBackplane(Supplier<? extends AbstractRedisClient> client, RedisBackplaneOptions options) {
		this.options = options;
		this.signatures = new Signatures(options.secrets());
		this.connector = new Connector(client, this.node, options.keyPrefix());
		this.commands = new Link<>(this.connector::openCommands, new CommandListener(),
				executor("realtime-redis-commands"));
		this.pubSub = new Link<>(() -> this.connector.openPubSub(this.sharded), new PubSubListener(),
				executor("realtime-redis-delivery"));
		this.outbox = new Outbox(this.node, options, this.signatures, this.commands, this.availability, this.scheduler,
				this.callbacks);
		this.broadcasts = new Broadcasts(this.commands, this.signatures);
		this.reads = new Reads(this.commands, this.scheduler);
		this.probe = new Probe(this.connector.probe(), this.commands, this.pubSub, this.availability,
				options.probeInterval().toNanos());
	}

	private static ScheduledExecutorService executor(String name) {
		return Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		});
	}

	@Override
	public synchronized void start(BackplaneListener listener) {
		this.interests = new Interests(this.options.keyPrefix(), this.signatures, listener, this::renew,
				this::replaceLater);
		this.started = this.commands.open()
			.thenCompose(
					(failure) -> (failure != null) ? CompletableFuture.completedFuture(failure) : this.pubSubAttempt)
			.thenAccept(RedisBackplane::throwIfUnsuitable);
		long interval = this.options.probeInterval().toNanos();
		this.scheduler.scheduleWithFixedDelay(this::look, interval, interval, TimeUnit.NANOSECONDS);
		this.scheduler.scheduleWithFixedDelay(this::keepEpochs, 1, 1, TimeUnit.DAYS);
	}

	private static void throwIfUnsuitable(@Nullable Exception failure) {
		if (failure instanceof UnsuitableRedisException unsuitable) {
			throw unsuitable;
		}
	}

	/**
	 * Whether the server, if it can be reached, can do what is needed.
	 * @return completed after the first attempt to connect, exceptionally with an
	 * {@link UnsuitableRedisException} if it can not
	 */
	public synchronized CompletableFuture<Void> firstAttempt() {
		return (this.started != null) ? this.started.copy()
				: CompletableFuture.failedFuture(new IllegalStateException("Not started"));
	}

	/**
	 * How this node and Redis get on now.
	 * @return a snapshot
	 */
	public RedisStatus status() {
		return this.availability.status(this.outbox.backlog(), this.outbox.dropped());
	}

	/**
	 * Lets what waits get through before the end.
	 * @return completed once Redis has all that was published, or at once if Redis is
	 * away
	 */
	public CompletableFuture<Void> drain() {
		return status().connected() ? this.outbox.drain() : CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<StreamPosition> append(ChannelId channel, PublicationRequest request) {
		return this.outbox.append(channel, request);
	}

	@Override
	public List<CompletableFuture<StreamPosition>> appendAll(List<Append> appends) {
		return this.outbox.appendAll(appends);
	}

	@Override
	public void broadcast(ChannelId channel, Ephemeral ephemeral) {
		this.broadcasts.send(RedisChannel.of(this.options.keyPrefix(), channel), ephemeral);
	}

	@Override
	public CompletableFuture<Void> subscribe(ChannelId channel) {
		return interests().subscribe(channel);
	}

	@Override
	public void unsubscribe(ChannelId channel) {
		interests().unsubscribe(channel);
	}

	@Override
	public CompletableFuture<ChannelPast> past(ChannelId id, int limit) {
		RedisChannel channel = RedisChannel.of(this.options.keyPrefix(), id);
		return past(channel, limit).thenApply((answer) -> PastCall.past(answer, channel, this.signatures));
	}

	private CompletableFuture<List<byte[]>> past(RedisChannel channel, int limit) {
		Interest interest = interests().get(channel);
		return this.reads.read((wire) -> PastCall.run(wire, channel, newest(interest), limit)).thenApply((answer) -> {
			if (interest != null) {
				interest.read(PastCall.newest(answer, channel, this.signatures));
			}
			return answer;
		});
	}

	private static @Nullable Sighting newest(@Nullable Interest interest) {
		return (interest != null) ? interest.newest() : null;
	}

	@Override
	public CompletableFuture<List<Publication>> lastByKey(ChannelId id, Collection<List<@Nullable Object>> keys) {
		if (keys.isEmpty()) {
			return CompletableFuture.completedFuture(List.of());
		}
		RedisChannel channel = RedisChannel.of(this.options.keyPrefix(), id);
		String[] names = { channel.metaKey(), channel.lastByKeyKey() };
		byte[][] fields;
		try {
			fields = keys.stream().map(Message::key).toArray(byte[][]::new);
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		return this.reads.read((wire) -> Script.LAST_BY_KEY.run(wire.commands(), names, fields))
			.thenApply((answer) -> PastCall.lastByKey(answer, channel, this.signatures));
	}

	@Override
	public void close() {
		this.scheduler.shutdownNow();
		this.pubSub.close();
		this.commands.close();
		this.outbox.close();
		this.reads.close();
		Interests interests = this.interests;
		if (interests != null) {
			interests.close();
		}
		this.callbacks.shutdown();
	}

	private Interests interests() {
		Interests interests = this.interests;
		if (interests == null) {
			throw new IllegalStateException("Not started");
		}
		return interests;
	}

	private void look() {
		try {
			CommandWire wire = this.commands.wire();
			if (wire != null && this.outbox.longestWait() > ANSWER_NANOS) {
				this.commands.lost(wire, "Redis did not answer");
			}
			this.probe.run();
			this.availability.log();
		}
		catch (RuntimeException ex) {
			// A wire broke under it. An exception would end all later looks.
			logger.debug("Could not look after Redis", ex);
		}
	}

	/**
	 * Reading keeps the epoch of a channel that has subscribers but no publications.
	 */
	private void keepEpochs() {
		interests().all().forEach((interest) -> past(interest.channel(), 0));
	}

	/**
	 * Replaces a wire on which a subscription failed, unless that happened already. Not
	 * at once, for it may fail on the next one too.
	 */
	private void replaceLater(PubSubWire wire) {
		try {
			this.scheduler.schedule(() -> this.pubSub.lost(wire, "Redis refused a subscription"), RETRY_MILLIS,
					TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// Closed meanwhile.
		}
	}

	/**
	 * Lets a channel start anew whose latest publications Redis has lost, so that nobody
	 * takes other publications at the same offsets for those.
	 */
	private void renew(Interest interest) {
		Sighting delivered = interest.delivered();
		if (delivered != null) {
			Sighting beyond = new Sighting(new StreamPosition(delivered.position().epoch(), BEYOND), null);
			this.reads.read((wire) -> PastCall.run(wire, interest.channel(), beyond, 0))
				.thenRunAsync(interests()::onInterruption, this.callbacks);
		}
	}

	private void arrived(String channel, byte[] message) {
		if (channel.startsWith(this.connector.probe())) {
			this.probe.heard(channel);
		}
		else {
			interests().onMessage(channel, message);
		}
	}

	/**
	 * Uses the connection for commands.
	 */
	private final class CommandListener implements Link.Listener<CommandWire> {

		@Override
		public void onUp(CommandWire wire) {
			RedisBackplane backplane = RedisBackplane.this;
			backplane.availability.up(Part.COMMANDS);
			backplane.availability.up(Part.ANSWERS);
			backplane.outbox.resume();
			backplane.reads.resume();
			if (!backplane.delivered) {
				backplane.delivered = true;
				backplane.sharded = wire.isSharded();
				backplane.pubSub.open().thenAccept(backplane.pubSubAttempt::complete);
			}
		}

		@Override
		public void onDown(String reason) {
			RedisBackplane.this.availability.down(Part.COMMANDS, reason);
			RedisBackplane.this.availability.log();
		}

	}

	/**
	 * Uses the connection for what is delivered.
	 */
	private final class PubSubListener implements Link.Listener<PubSubWire> {

		private boolean interrupted;

		@Override
		public void onUp(PubSubWire wire) {
			RedisBackplane backplane = RedisBackplane.this;
			boolean again = this.interrupted;
			this.interrupted = true;
			wire.onMessage(backplane::arrived);
			backplane.interests().moveTo(wire).thenAccept((confirmed) -> {
				if (confirmed && backplane.pubSub.wire() == wire) {
					backplane.availability.up(Part.DELIVERY);
					if (again) {
						backplane.interests().onInterruption();
					}
				}
			});
		}

		@Override
		public void onDown(String reason) {
			RedisBackplane.this.interests().leave();
			RedisBackplane.this.availability.down(Part.DELIVERY, reason);
			RedisBackplane.this.availability.log();
		}

	}

}
