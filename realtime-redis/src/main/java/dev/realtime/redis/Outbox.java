package dev.realtime.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import dev.realtime.StreamPosition;
import dev.realtime.core.Append;
import dev.realtime.core.ChannelId;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.PublicationRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publications on their way to Redis. Each channel has at most one batch under way, which
 * is repeated under the same number until Redis has answered; what comes meanwhile makes
 * the next batch. So order is kept whatever happens to connections, Redis can tell
 * repetitions by the last number alone, and batches grow with the load.
 * <p>
 * Thread-safe, never blocks. Bounded: while Redis is away by the number of publications,
 * the oldest are dropped; otherwise by their bytes.
 */
final class Outbox {

	/** Redis does nothing else while it runs a script: about a millisecond for this. */
	private static final int MAX_BATCH = 100;

	private static final int MAX_BATCH_BYTES = 256 * 1024;

	/** What a publication takes besides its payload, roughly. */
	private static final int OVERHEAD_BYTES = 512;

	/**
	 * For publishers that outrun Redis for a while, a quarter of a million small
	 * publications.
	 */
	private static final long MAX_BYTES = 128L * 1024 * 1024;

	/** Channels without publications under way whose position is remembered. */
	private static final int MAX_IDLE_LINES = 10_000;

	private static final long RETRY_MILLIS = 100;

	private static final Logger logger = LoggerFactory.getLogger(Outbox.class);

	private final String node;

	private final RedisBackplaneOptions options;

	private final Signatures signatures;

	private final Link<CommandWire> link;

	private final Availability availability;

	private final ScheduledExecutorService scheduler;

	private final Executor callbacks;

	private final Map<ChannelId, Line> lines = new LinkedHashMap<>(16, 0.75f, true);

	/** All that was not handed to Redis, the oldest first. */
	private final LinkedHashSet<Entry> waiting = new LinkedHashSet<>();

	private final OnceAMinute dropLog = new OnceAMinute();

	private final List<CompletableFuture<Void>> drained = new ArrayList<>();

	private int underWay;

	private long bytes;

	private long sequence;

	private long dropped;

	private boolean closed;

	Outbox(String node, RedisBackplaneOptions options, Signatures signatures, Link<CommandWire> link,
			Availability availability, ScheduledExecutorService scheduler, Executor callbacks) {
		this.node = node;
		this.options = options;
		this.signatures = signatures;
		this.link = link;
		this.availability = availability;
		this.scheduler = scheduler;
		this.callbacks = callbacks;
	}

	CompletableFuture<StreamPosition> append(ChannelId channel, PublicationRequest request) {
		return appendAll(List.of(new Append(channel, request))).get(0);
	}

	/**
	 * Appends to any channels. What Redis may get now leaves in one write.
	 */
	List<CompletableFuture<StreamPosition>> appendAll(List<Append> appends) {
		List<CompletableFuture<StreamPosition>> positions = new ArrayList<>(appends.size());
		List<Entry> entries = new ArrayList<>(appends.size());
		for (Append append : appends) {
			positions.add(entry(append, entries));
		}
		List<Entry> dropped = new ArrayList<>();
		List<Batch> batches = new ArrayList<>();
		synchronized (this) {
			if (this.closed) {
				CancellationException closed = new CancellationException("The backplane was closed");
				entries.forEach((entry) -> entry.future.completeExceptionally(closed));
				return positions;
			}
			Set<Line> lines = new LinkedHashSet<>();
			for (Entry entry : entries) {
				Line line = line(entry.channel);
				line.entries.add(entry);
				lines.add(line);
				this.waiting.add(entry);
				this.bytes += entry.size();
			}
			makeRoom(dropped);
			lines.forEach((line) -> addNext(line, batches));
		}
		fail(dropped);
		send(batches);
		return positions;
	}

	private CompletableFuture<StreamPosition> entry(Append append, List<Entry> entries) {
		try {
			PublicationRequest request = append.request();
			byte[] body = Message.body(request, RedisChannel.of(this.options.keyPrefix(), append.channel()),
					this.signatures);
			Entry entry = new Entry(append.channel(), body, (request.key() != null) ? Message.key(request.key()) : null,
					request);
			entries.add(entry);
			return entry.future;
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	synchronized int backlog() {
		return this.waiting.size() + this.underWay;
	}

	synchronized long dropped() {
		return this.dropped;
	}

	/**
	 * The longest that Redis has kept a batch waiting, in nanoseconds.
	 */
	synchronized long longestWait() {
		long now = System.nanoTime();
		long longest = 0;
		for (Line line : this.lines.values()) {
			if (line.batch != null && line.batch.wire != null) {
				longest = Math.max(longest, now - line.batch.sentAt);
			}
		}
		return longest;
	}

	/**
	 * Completed once Redis has everything that was appended so far.
	 */
	synchronized CompletableFuture<Void> drain() {
		CompletableFuture<Void> future = new CompletableFuture<>();
		this.drained.add(future);
		completeIfDrained();
		return future;
	}

	private void completeIfDrained() {
		if (backlog() == 0 && !this.drained.isEmpty()) {
			List<CompletableFuture<Void>> drained = List.copyOf(this.drained);
			this.drained.clear();
			this.callbacks.execute(() -> drained.forEach((future) -> future.complete(null)));
		}
	}

	/**
	 * Goes on, on a new wire.
	 */
	void resume() {
		List<Batch> batches = new ArrayList<>();
		synchronized (this) {
			List.copyOf(this.lines.values()).forEach((line) -> addNext(line, batches));
		}
		send(batches);
	}

	void close() {
		List<Entry> left = new ArrayList<>();
		synchronized (this) {
			this.closed = true;
			for (Line line : this.lines.values()) {
				if (line.batch != null) {
					left.addAll(line.batch.entries);
					line.batch = null;
				}
				left.addAll(line.entries);
			}
			this.lines.clear();
			this.waiting.clear();
			this.underWay = 0;
		}
		if (!left.isEmpty()) {
			logger.warn("{} publications were still waiting for Redis and are lost", left.size());
		}
		CancellationException closed = new CancellationException("The backplane was closed");
		left.forEach((entry) -> entry.future.completeExceptionally(closed));
	}

	private Line line(ChannelId channel) {
		Line line = this.lines.computeIfAbsent(channel,
				(id) -> new Line(RedisChannel.of(this.options.keyPrefix(), id)));
		if (this.lines.size() > MAX_IDLE_LINES) {
			Iterator<Line> oldest = this.lines.values().iterator();
			if (oldest.next().isIdle()) {
				oldest.remove();
			}
		}
		return line;
	}

	private void makeRoom(List<Entry> dropped) {
		boolean away = this.availability.isAway();
		while (this.waiting.size() > 1 && ((away && this.waiting.size() + this.underWay > this.options.outboxSize())
				|| this.bytes > MAX_BYTES)) {
			Entry oldest = this.waiting.iterator().next();
			this.waiting.remove(oldest);
			line(oldest.channel).entries.remove();
			this.bytes -= oldest.size();
			this.dropped++;
			dropped.add(oldest);
		}
	}

	private void fail(List<Entry> dropped) {
		if (dropped.isEmpty()) {
			return;
		}
		if (this.dropLog.isDue()) {
			logger.error("Publications wait for Redis, and the oldest are dropped: {} so far, see "
					+ "realtime.redis.outbox.max-size", dropped());
		}
		this.callbacks.execute(
				() -> dropped.forEach((entry) -> entry.future.completeExceptionally(new PublicationDroppedException(
						"Dropped because more than " + this.options.outboxSize() + " publications waited for Redis"))));
	}

	/**
	 * What to send for a line: the batch that Redis has not answered, or a new one.
	 */
	private @Nullable Batch next(Line line) {
		CommandWire wire = this.link.wire();
		if (wire == null || (line.batch != null && line.batch.wire == wire)) {
			return null;
		}
		if (line.batch == null) {
			line.batch = fill(line);
		}
		if (line.batch != null) {
			line.batch.wire = wire;
			line.batch.sentAt = System.nanoTime();
		}
		return line.batch;
	}

	private @Nullable Batch fill(Line line) {
		Entry first = line.entries.peek();
		if (first == null) {
			return null;
		}
		Batch batch = new Batch(line, ++this.sequence, first.history);
		int size = 0;
		for (Entry entry = first; entry != null && batch.takes(entry)
				&& (size == 0 || size + entry.body.length <= MAX_BATCH_BYTES); entry = line.entries.peek()) {
			line.entries.remove();
			this.waiting.remove(entry);
			batch.entries.add(entry);
			size += entry.body.length;
		}
		this.underWay += batch.entries.size();
		return batch;
	}

	private void addNext(Line line, List<Batch> batches) {
		Batch batch = next(line);
		if (batch != null) {
			batches.add(batch);
		}
	}

	private void send(@Nullable Batch batch) {
		if (batch != null) {
			send(List.of(batch));
		}
	}

	private void send(List<Batch> batches) {
		Map<CommandWire, List<Batch>> byWire = new LinkedHashMap<>();
		for (Batch batch : batches) {
			CommandWire wire = batch.wire;
			if (wire != null) {
				byWire.computeIfAbsent(wire, (absent) -> new ArrayList<>()).add(batch);
			}
		}
		byWire.forEach(this::send);
	}

	private void send(CommandWire wire, List<Batch> batches) {
		try {
			List<CompletionStage<byte[]>> answers = Script.runAll(Script.APPEND, wire,
					batches.stream().map((batch) -> batch.call(this.node, wire.isSharded())).toList());
			for (int i = 0; i < batches.size(); i++) {
				Batch batch = batches.get(i);
				answers.get(i).whenComplete((answer, failure) -> {
					if (failure == null) {
						onAnswer(batch, answer);
					}
					else {
						onFailure(batch, wire, failure);
					}
				});
			}
		}
		catch (RuntimeException ex) {
			batches.forEach((batch) -> onFailure(batch, wire, ex));
		}
	}

	private void onAnswer(Batch batch, byte[] answer) {
		List<StreamPosition> positions = AppendCall.positions(answer);
		Batch next;
		synchronized (this) {
			if (!end(batch)) {
				return;
			}
			positions.forEach(batch.line::saw);
			next = next(batch.line);
		}
		send(next);
		this.callbacks.execute(() -> batch.complete(positions));
	}

	private void onFailure(Batch batch, CommandWire wire, Throwable failure) {
		synchronized (this) {
			if (batch.line.batch != batch || batch.wire != wire) {
				// Lettuce may lose a command of a wire that breaks, so nobody waited for
				// this.
				return;
			}
			if (!Failures.isFinal(failure)) {
				batch.wire = null;
			}
		}
		if (Failures.isFinal(failure)) {
			refuse(batch, failure);
			return;
		}
		if (Failures.isDemotion(failure)) {
			this.link.lost(wire, "Redis answers: " + Failures.message(failure));
		}
		// Without a wire this does nothing, and the next wire resumes.
		later(() -> {
			Batch again;
			synchronized (this) {
				again = (batch.line.batch == batch) ? next(batch.line) : null;
			}
			send(again);
		});
	}

	private void refuse(Batch batch, Throwable failure) {
		Batch next;
		synchronized (this) {
			if (!end(batch)) {
				return;
			}
			next = next(batch.line);
		}
		logger.error("Redis refused publications on {}: {}", batch.line.channel.name(), Failures.message(failure));
		this.callbacks.execute(
				() -> batch.entries.forEach((entry) -> entry.future.completeExceptionally(Failures.unwrap(failure))));
		later(() -> send(next));
	}

	private boolean end(Batch batch) {
		if (batch.line.batch != batch) {
			return false;
		}
		batch.line.batch = null;
		this.underWay -= batch.entries.size();
		batch.entries.forEach((entry) -> this.bytes -= entry.size());
		completeIfDrained();
		return true;
	}

	private void later(Runnable action) {
		try {
			this.scheduler.schedule(action, RETRY_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// Closed meanwhile.
		}
	}

	/**
	 * A channel.
	 */
	private static final class Line {

		private final RedisChannel channel;

		private final ArrayDeque<Entry> entries = new ArrayDeque<>();

		private @Nullable Batch batch;

		private volatile @Nullable StreamPosition newest;

		Line(RedisChannel channel) {
			this.channel = channel;
		}

		boolean isIdle() {
			return this.batch == null && this.entries.isEmpty();
		}

		/**
		 * Remembers the newest position. A repeated idempotency key has an old one.
		 */
		void saw(StreamPosition position) {
			StreamPosition newest = this.newest;
			if (newest == null || !newest.epoch().equals(position.epoch()) || newest.offset() < position.offset()) {
				this.newest = position;
			}
		}

	}

	/**
	 * A publication.
	 */
	private static final class Entry {

		private final ChannelId channel;

		private final byte[] body;

		private final byte @Nullable [] key;

		private final @Nullable String idempotencyKey;

		private final HistoryOptions history;

		private final CompletableFuture<StreamPosition> future = new CompletableFuture<>();

		Entry(ChannelId channel, byte[] body, byte @Nullable [] key, PublicationRequest request) {
			this.channel = channel;
			this.body = body;
			this.key = key;
			this.idempotencyKey = request.idempotencyKey();
			this.history = request.history();
		}

		int size() {
			return this.body.length + OVERHEAD_BYTES;
		}

	}

	/**
	 * Publications of one channel with one number.
	 */
	private static final class Batch {

		private final Line line;

		private final long sequence;

		private final HistoryOptions history;

		private final List<Entry> entries = new ArrayList<>();

		/** On which it is under way, or was when that broke. */
		private @Nullable CommandWire wire;

		private long sentAt;

		Batch(Line line, long sequence, HistoryOptions history) {
			this.line = line;
			this.sequence = sequence;
			this.history = history;
		}

		boolean takes(Entry entry) {
			return this.entries.size() < MAX_BATCH && entry.history.equals(this.history);
		}

		Script.Call call(String node, boolean sharded) {
			AppendCall call = new AppendCall(this.line.channel, node, this.history);
			for (Entry entry : this.entries) {
				String id = entry.idempotencyKey;
				call.add(entry.body, entry.key, (id != null) ? Script.argument(id) : null);
			}
			return call.call(sharded, this.sequence, this.line.newest);
		}

		void complete(List<StreamPosition> positions) {
			for (int i = 0; i < this.entries.size(); i++) {
				this.entries.get(i).future.complete(positions.get(i));
			}
		}

	}

}
