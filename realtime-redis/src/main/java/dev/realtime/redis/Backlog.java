package dev.realtime.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.realtime.StreamPosition;
import dev.realtime.core.ChannelId;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.NodeChannel;
import dev.realtime.core.PublicationRequest;
import org.jspecify.annotations.Nullable;

/**
 * Publications that Redis does not have yet, as far as we know: one line for each
 * channel, at its head at most one batch that is under way. Bounded as {@link Outbox}
 * says. Not thread-safe.
 */
final class Backlog {

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

	/** Lines beyond this are forgotten once they are idle. */
	static final int MAX_LINES = 10_000;

	private final String keyPrefix;

	private final int maxWaiting;

	/** Those used last at the end. */
	private final Map<ChannelId, Line> lines = new LinkedHashMap<>(16, 0.75f, true);

	/** What is in no batch, the oldest first. */
	private final LinkedHashSet<Entry> waiting = new LinkedHashSet<>();

	/** Likewise, from one node to the others: it is dropped last. */
	private final LinkedHashSet<Entry> waitingOfNodes = new LinkedHashSet<>();

	private int underWay;

	private long bytes;

	private long sequence;

	/**
	 * Nothing.
	 * @param keyPrefix what every channel begins with on Redis
	 * @param maxWaiting the most publications while Redis is away
	 */
	Backlog(String keyPrefix, int maxWaiting) {
		this.keyPrefix = keyPrefix;
		this.maxWaiting = maxWaiting;
	}

	int size() {
		return waiting() + this.underWay;
	}

	private int waiting() {
		return this.waiting.size() + this.waitingOfNodes.size();
	}

	private LinkedHashSet<Entry> waitingWith(Entry entry) {
		return NodeChannel.isNodeChannel(entry.channel) ? this.waitingOfNodes : this.waiting;
	}

	Collection<Line> lines() {
		return this.lines.values();
	}

	/**
	 * Puts a publication at the end of its line.
	 */
	Line add(Entry entry) {
		Line line = this.lines.computeIfAbsent(entry.channel, (id) -> new Line(RedisChannel.of(this.keyPrefix, id)));
		line.entries.add(entry);
		waitingWith(entry).add(entry);
		this.bytes += entry.size();
		forgetOldest();
		return line;
	}

	/**
	 * Lets go of the oldest that wait where there are too many.
	 * @param away whether Redis is
	 * @return those that are lost
	 */
	List<Entry> makeRoom(boolean away) {
		List<Entry> dropped = new ArrayList<>();
		while (waiting() > 1 && ((away && size() > this.maxWaiting) || this.bytes > MAX_BYTES)) {
			Entry oldest = (this.waiting.isEmpty() ? this.waitingOfNodes : this.waiting).iterator().next();
			Line line = Objects.requireNonNull(this.lines.get(oldest.channel));
			waitingWith(oldest).remove(oldest);
			line.entries.remove();
			this.bytes -= oldest.size();
			dropped.add(oldest);
			forgetIfIdle(line);
		}
		return dropped;
	}

	/**
	 * What to send for a line: the batch that Redis has not answered, or a new one.
	 * @param wire where to send it
	 * @return {@code null} if there is nothing, or it is under way there
	 */
	@Nullable Batch next(Line line, @Nullable CommandWire wire) {
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

	/**
	 * What to send for some lines.
	 */
	List<Batch> next(Collection<Line> lines, @Nullable CommandWire wire) {
		List<Batch> batches = new ArrayList<>();
		for (Line line : lines) {
			Batch batch = next(line, wire);
			if (batch != null) {
				batches.add(batch);
			}
		}
		return batches;
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
			waitingWith(entry).remove(entry);
			batch.entries.add(entry);
			size += entry.body.length;
		}
		this.underWay += batch.entries.size();
		return batch;
	}

	/**
	 * Lets go of a batch that Redis has answered.
	 * @return {@code false} if that happened already
	 */
	boolean end(Batch batch) {
		if (!batch.isUnderWay()) {
			return false;
		}
		batch.line.batch = null;
		this.underWay -= batch.entries.size();
		batch.entries.forEach((entry) -> this.bytes -= entry.size());
		forgetOldest();
		forgetIfIdle(batch.line);
		return true;
	}

	private void forgetOldest() {
		Iterator<Line> oldest = this.lines.values().iterator();
		while (this.lines.size() > MAX_LINES && oldest.next().isIdle()) {
			oldest.remove();
		}
	}

	/**
	 * The oldest line may be stuck, and hide those that are idle.
	 */
	private void forgetIfIdle(Line line) {
		if (this.lines.size() > MAX_LINES && line.isIdle()) {
			this.lines.remove(line.channel.id(), line);
		}
	}

	/**
	 * The longest that Redis has kept a batch waiting, in nanoseconds.
	 */
	long longestWait() {
		long now = System.nanoTime();
		return this.lines.values()
			.stream()
			.mapToLong((line) -> (line.batch != null && line.batch.wire != null) ? now - line.batch.sentAt : 0)
			.max()
			.orElse(0);
	}

	/**
	 * Lets go of everything.
	 * @return what it was
	 */
	List<Entry> clear() {
		List<Entry> left = new ArrayList<>();
		for (Line line : this.lines.values()) {
			if (line.batch != null) {
				left.addAll(line.batch.entries);
				line.batch = null;
			}
			left.addAll(line.entries);
		}
		this.lines.clear();
		this.waiting.clear();
		this.waitingOfNodes.clear();
		this.underWay = 0;
		this.bytes = 0;
		return left;
	}

	/**
	 * A channel.
	 */
	static final class Line {

		private final RedisChannel channel;

		private final ArrayDeque<Entry> entries = new ArrayDeque<>();

		private @Nullable Batch batch;

		private volatile @Nullable StreamPosition newest;

		private Line(RedisChannel channel) {
			this.channel = channel;
		}

		RedisChannel channel() {
			return this.channel;
		}

		private boolean isIdle() {
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
	static final class Entry {

		private final ChannelId channel;

		private final byte[] body;

		private final byte @Nullable [] key;

		private final @Nullable String idempotencyKey;

		private final HistoryOptions history;

		private final CompletableFuture<StreamPosition> future = new CompletableFuture<>();

		Entry(ChannelId channel, byte[] body, PublicationRequest request) {
			this.channel = channel;
			this.body = body;
			this.key = (request.key() != null) ? Message.key(request.key()) : null;
			this.idempotencyKey = request.idempotencyKey();
			this.history = request.history();
		}

		CompletableFuture<StreamPosition> future() {
			return this.future;
		}

		private int size() {
			return this.body.length + OVERHEAD_BYTES;
		}

	}

	/**
	 * Publications of one channel with one number.
	 */
	static final class Batch {

		private final Line line;

		private final long sequence;

		private final HistoryOptions history;

		private final List<Entry> entries = new ArrayList<>();

		/** On which it is under way, or was when that broke. */
		private @Nullable CommandWire wire;

		private long sentAt;

		private Batch(Line line, long sequence, HistoryOptions history) {
			this.line = line;
			this.sequence = sequence;
			this.history = history;
		}

		Line line() {
			return this.line;
		}

		@Nullable CommandWire wire() {
			return this.wire;
		}

		/**
		 * Whether Redis has not answered it, as far as we know.
		 */
		boolean isUnderWay() {
			return this.line.batch == this;
		}

		/**
		 * It failed where it was sent, and may be sent there again.
		 */
		void failed() {
			this.wire = null;
		}

		private boolean takes(Entry entry) {
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

		Stream<Entry> entries() {
			return this.entries.stream();
		}

	}

}
