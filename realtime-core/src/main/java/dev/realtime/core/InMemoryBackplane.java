package dev.realtime.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * A backplane for one node: everything stays in its memory, within the bounds of each
 * publication's {@link HistoryOptions}, and is gone when the process ends. Never fails.
 *
 * @since 0.1.0
 */
public final class InMemoryBackplane implements Backplane {

	/** Calls between two looks for channels that nobody needs any more. */
	private static final int CALLS_PER_EVICTION = 1024;

	/** How long a channel keeps its epoch that nobody has published to yet. */
	private static final Duration IDLE_TTL = Duration.ofMinutes(5);

	/** Idempotency keys remembered per channel, so that they do not fill the memory. */
	private static final int MAX_IDEMPOTENCY_KEYS = 10_000;

	private static final BackplaneListener NOT_STARTED = (channel, publication) -> {
	};

	private final Map<ChannelId, Stream> streams = new ConcurrentHashMap<>();

	private final InstantSource clock;

	private final RandomGenerator random;

	private volatile BackplaneListener listener = NOT_STARTED;

	private int calls;

	public InMemoryBackplane(InstantSource clock, RandomGenerator random) {
		this.clock = clock;
		this.random = random;
	}

	@Override
	public void start(BackplaneListener listener) {
		this.listener = listener;
	}

	@Override
	public CompletableFuture<StreamPosition> append(ChannelId channel, PublicationRequest request) {
		evictNowAndThen();
		return CompletableFuture.completedFuture(inStream(channel, (stream) -> stream.append(channel, request)));
	}

	@Override
	public void broadcast(ChannelId channel, Ephemeral ephemeral) {
		Stream stream = this.streams.get(channel);
		if (stream != null) {
			stream.broadcast(channel, ephemeral);
		}
	}

	@Override
	public CompletableFuture<Void> subscribe(ChannelId channel) {
		evictNowAndThen();
		inStream(channel, (stream) -> stream.interest = true);
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public void unsubscribe(ChannelId channel) {
		inStream(channel, (stream) -> {
			stream.touched = this.clock.millis();
			stream.interest = false;
			return null;
		});
	}

	@Override
	public CompletableFuture<ChannelPast> past(ChannelId channel, int limit) {
		return CompletableFuture.completedFuture(inStream(channel, (stream) -> stream.past(limit)));
	}

	@Override
	public CompletableFuture<List<Publication>> lastByKey(ChannelId channel, Collection<List<@Nullable Object>> keys) {
		return CompletableFuture.completedFuture(inStream(channel, (stream) -> stream.lastByKey(keys)));
	}

	@Override
	public void close() {
		this.listener = NOT_STARTED;
		this.streams.clear();
	}

	/**
	 * Forgets channels without interest that nobody published to, or was interested in,
	 * for the time their history is kept.
	 */
	void evictExpired() {
		for (Map.Entry<ChannelId, Stream> entry : this.streams.entrySet()) {
			Stream stream = entry.getValue();
			synchronized (stream) {
				if (stream.isExpired()) {
					stream.evicted = true;
					this.streams.remove(entry.getKey(), stream);
				}
			}
		}
	}

	int channels() {
		return this.streams.size();
	}

	private synchronized boolean isEvictionDue() {
		this.calls = (this.calls + 1) % CALLS_PER_EVICTION;
		return this.calls == 0;
	}

	private void evictNowAndThen() {
		if (isEvictionDue()) {
			evictExpired();
		}
	}

	private <T> T inStream(ChannelId channel, Function<Stream, T> action) {
		while (true) {
			Stream stream = this.streams.computeIfAbsent(channel, (id) -> new Stream(newEpoch()));
			synchronized (stream) {
				if (!stream.evicted) {
					return action.apply(stream);
				}
			}
		}
	}

	private String newEpoch() {
		return Long.toString(this.random.nextLong(1L << 40), Character.MAX_RADIX);
	}

	/**
	 * One channel. All access holds its monitor, also while the listener is called: that
	 * is what keeps the order of offsets.
	 */
	private final class Stream {

		private final String epoch;

		private final ArrayDeque<Publication> history = new ArrayDeque<>();

		private final LinkedHashMap<List<@Nullable Object>, Publication> byKey = new LinkedHashMap<>();

		private final LinkedHashMap<String, Done> byIdempotencyKey = new LinkedHashMap<>();

		private @Nullable HistoryOptions options;

		private long offset;

		private long touched = InMemoryBackplane.this.clock.millis();

		private boolean interest;

		private boolean evicted;

		Stream(String epoch) {
			this.epoch = epoch;
		}

		StreamPosition append(ChannelId channel, PublicationRequest request) {
			this.options = request.history();
			this.touched = InMemoryBackplane.this.clock.millis();
			trim();
			Done first = this.byIdempotencyKey.get(request.idempotencyKey());
			if (first != null) {
				return first.position();
			}
			StreamPosition position = new StreamPosition(this.epoch, ++this.offset);
			Publication publication = new Publication(position, this.touched, request.event(), request.data(),
					request.attributes(), request.except(), request.sender());
			this.history.add(publication);
			putLast(this.byKey, request.key(), publication);
			putLast(this.byIdempotencyKey, request.idempotencyKey(), new Done(position, this.touched));
			trim();
			if (this.interest) {
				InMemoryBackplane.this.listener.onPublication(channel, publication);
			}
			return position;
		}

		synchronized void broadcast(ChannelId channel, Ephemeral ephemeral) {
			if (this.interest) {
				InMemoryBackplane.this.listener.onEphemeral(channel, ephemeral);
			}
		}

		private <K, V> void putLast(LinkedHashMap<K, V> map, @Nullable K key, V value) {
			if (key != null) {
				map.remove(key);
				map.put(key, value);
			}
		}

		private void trim() {
			HistoryOptions options = this.options;
			if (options != null) {
				long oldest = InMemoryBackplane.this.clock.millis() - options.ttl().toMillis();
				trim(this.history, Publication::timestamp, options.size(), oldest);
				trim(this.byKey.values(), Publication::timestamp, options.keys(), oldest);
				trim(this.byIdempotencyKey.values(), Done::timestamp, MAX_IDEMPOTENCY_KEYS, oldest);
			}
		}

		private <V> void trim(Collection<V> values, ToLongFunction<V> timestamp, int size, long oldest) {
			Iterator<V> iterator = values.iterator();
			while (iterator.hasNext() && (timestamp.applyAsLong(iterator.next()) < oldest || values.size() > size)) {
				iterator.remove();
			}
		}

		ChannelPast past(int limit) {
			trim();
			List<Publication> publications = new ArrayList<>(this.history);
			int from = Math.max(0, publications.size() - limit);
			return new ChannelPast(new StreamPosition(this.epoch, this.offset),
					List.copyOf(publications.subList(from, publications.size())));
		}

		List<Publication> lastByKey(Collection<List<@Nullable Object>> keys) {
			trim();
			List<Publication> found = new ArrayList<>();
			for (List<@Nullable Object> key : keys) {
				Publication publication = this.byKey.get(key);
				if (publication != null) {
					found.add(publication);
				}
			}
			return found;
		}

		boolean isExpired() {
			trim();
			Duration ttl = (this.options != null) ? this.options.ttl() : IDLE_TTL;
			long age = InMemoryBackplane.this.clock.millis() - this.touched;
			return !this.interest && age > ttl.toMillis();
		}

	}

	/**
	 * A publication that took place: its payload is not kept for as long.
	 *
	 * @param position its position
	 * @param timestamp when that was, in milliseconds since 1970
	 */
	private record Done(StreamPosition position, long timestamp) {

	}

}
