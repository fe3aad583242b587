package dev.realtime.redis;

import java.util.ArrayList;
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
import dev.realtime.core.PublicationRequest;
import dev.realtime.redis.Backlog.Batch;
import dev.realtime.redis.Backlog.Entry;
import dev.realtime.redis.Backlog.Line;
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
 * otherwise by their bytes. The oldest are dropped, those from node to node last.
 */
final class Outbox {

	private static final long RETRY_MILLIS = 100;

	private static final Logger logger = LoggerFactory.getLogger(Outbox.class);

	private final String node;

	private final RedisBackplaneOptions options;

	private final Signatures signatures;

	private final Link<CommandWire> link;

	private final Availability availability;

	private final ScheduledExecutorService scheduler;

	private final Executor callbacks;

	/** Guarded by the monitor of this. */
	private final Backlog backlog;

	private final OnceAMinute dropLog = new OnceAMinute();

	private final List<CompletableFuture<Void>> drained = new ArrayList<>();

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
		this.backlog = new Backlog(options.keyPrefix(), options.outboxSize());
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
		List<Entry> dropped;
		List<Batch> batches;
		synchronized (this) {
			if (this.closed) {
				CancellationException closed = new CancellationException("The backplane was closed");
				entries.forEach((entry) -> entry.future().completeExceptionally(closed));
				return positions;
			}
			Set<Line> lines = new LinkedHashSet<>();
			entries.forEach((entry) -> lines.add(this.backlog.add(entry)));
			dropped = this.backlog.makeRoom(this.availability.isAway());
			this.dropped += dropped.size();
			batches = this.backlog.next(lines, this.link.wire());
		}
		fail(dropped);
		send(batches);
		return positions;
	}

	private @Nullable Batch next(Line line) {
		return this.backlog.next(line, this.link.wire());
	}

	private CompletableFuture<StreamPosition> entry(Append append, List<Entry> entries) {
		try {
			PublicationRequest request = append.request();
			byte[] body = Message.body(request, RedisChannel.of(this.options.keyPrefix(), append.channel()),
					this.signatures);
			Entry entry = new Entry(append.channel(), body, request);
			entries.add(entry);
			return entry.future();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	synchronized int backlog() {
		return this.backlog.size();
	}

	synchronized long dropped() {
		return this.dropped;
	}

	/**
	 * The longest that Redis has kept a batch waiting, in nanoseconds.
	 */
	synchronized long longestWait() {
		return this.backlog.longestWait();
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
			callBack(() -> drained.forEach((future) -> future.complete(null)));
		}
	}

	/**
	 * Goes on, on a new wire.
	 */
	void resume() {
		List<Batch> batches;
		synchronized (this) {
			batches = this.backlog.next(this.backlog.lines(), this.link.wire());
		}
		send(batches);
	}

	void close() {
		List<Entry> left;
		synchronized (this) {
			this.closed = true;
			left = this.backlog.clear();
		}
		if (!left.isEmpty()) {
			logger.warn("{} publications were still waiting for Redis and are lost", left.size());
		}
		CancellationException closed = new CancellationException("The backplane was closed");
		left.forEach((entry) -> entry.future().completeExceptionally(closed));
	}

	private void fail(List<Entry> dropped) {
		if (dropped.isEmpty()) {
			return;
		}
		if (this.dropLog.isDue()) {
			logger.error("Publications wait for Redis, and the oldest are dropped: {} so far, see "
					+ "realtime.redis.outbox.max-size", dropped());
		}
		callBack(() -> dropped.forEach((entry) -> entry.future()
			.completeExceptionally(new PublicationDroppedException(
					"Dropped because more than " + this.options.outboxSize() + " publications waited for Redis"))));
	}

	private void send(@Nullable Batch batch) {
		if (batch != null) {
			send(List.of(batch));
		}
	}

	private void send(List<Batch> batches) {
		Map<CommandWire, List<Batch>> byWire = new LinkedHashMap<>();
		for (Batch batch : batches) {
			CommandWire wire = batch.wire();
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
			positions.forEach(batch.line()::saw);
			next = next(batch.line());
		}
		send(next);
		callBack(() -> batch.complete(positions));
	}

	private void onFailure(Batch batch, CommandWire wire, Throwable failure) {
		synchronized (this) {
			if (!batch.isUnderWay() || batch.wire() != wire) {
				// Lettuce may lose a command of a wire that breaks, so nobody waited for
				// this.
				return;
			}
			if (!Failures.isFinal(failure)) {
				batch.failed();
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
				again = batch.isUnderWay() ? next(batch.line()) : null;
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
			next = next(batch.line());
		}
		logger.error("Redis refused publications on {}: {}", batch.line().channel().name(), Failures.message(failure));
		callBack(() -> batch.entries()
			.forEach((entry) -> entry.future().completeExceptionally(Failures.unwrap(failure))));
		later(() -> send(next));
	}

	private boolean end(Batch batch) {
		boolean ended = this.backlog.end(batch);
		if (ended) {
			completeIfDrained();
		}
		return ended;
	}

	/**
	 * Answers, also when this is closed at the same time.
	 */
	private void callBack(Runnable answer) {
		try {
			this.callbacks.execute(answer);
		}
		catch (RejectedExecutionException ex) {
			answer.run();
		}
	}

	private void later(Runnable action) {
		try {
			this.scheduler.schedule(action, RETRY_MILLIS, TimeUnit.MILLISECONDS);
		}
		catch (RejectedExecutionException ex) {
			// Closed meanwhile.
		}
	}

}
