package dev.realtime.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

import dev.realtime.StreamPosition;
import dev.realtime.core.Backplane;
import dev.realtime.core.ChannelId;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.PublicationRequest;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * The nodes of a test, each with a client of its own.
 */
final class Nodes implements AutoCloseable {

	static final ChannelId CHANNEL = new ChannelId("acme", null, "contact.updated");

	static final HistoryOptions HISTORY = new HistoryOptions(100_000, Duration.ofMinutes(30), 1000);

	/** Publications that one publisher has under way at a time. */
	private static final int WINDOW = 5000;

	private final List<AutoCloseable> open = new ArrayList<>();

	RedisBackplane node(RedisURI uri) {
		return node(uri, Duration.ofSeconds(1));
	}

	RedisBackplane node(RedisURI uri, Duration probeInterval) {
		return node(RedisClient.create(uri), new RedisBackplaneOptions("realtime", 10_000, probeInterval));
	}

	/**
	 * A node whose connection for what is delivered goes another way than its commands.
	 */
	RedisBackplane node(RedisURI commands, RedisURI delivery) {
		return node(new SplitClient(commands, delivery),
				new RedisBackplaneOptions("realtime", 10_000, Duration.ofSeconds(1)));
	}

	RedisBackplane node(AbstractRedisClient client, RedisBackplaneOptions options) {
		RedisBackplane backplane = new RedisBackplane(() -> client, options);
		this.open.add(0, () -> client.shutdown(0, 10, TimeUnit.SECONDS));
		this.open.add(0, backplane);
		return backplane;
	}

	/**
	 * A node that publishes only.
	 */
	RedisBackplane publisher(RedisURI uri) {
		RedisBackplane backplane = node(uri);
		backplane.start((channel, publication) -> {
		});
		return backplane;
	}

	Collector collector(RedisBackplane backplane) throws Exception {
		Collector collector = new Collector(backplane);
		this.open.add(0, collector);
		collector.subscribe(CHANNEL);
		return collector;
	}

	static ConditionFactory await() {
		return Awaitility.await().atMost(Duration.ofSeconds(120)).pollInterval(Duration.ofMillis(20));
	}

	static PublicationRequest request(Object data) {
		return new PublicationRequest(data.toString().getBytes(StandardCharsets.UTF_8), Map.of("id", data.toString()),
				null, List.of(data.toString()), null, null, HISTORY);
	}

	static CompletableFuture<StreamPosition> publish(Backplane backplane, Object data) {
		return backplane.append(CHANNEL, request(data));
	}

	/**
	 * Publishes numbers, and does not wait for Redis.
	 * @param from the first
	 * @param to the one after the last
	 */
	static List<CompletableFuture<StreamPosition>> publish(Backplane backplane, int from, int to) {
		return IntStream.range(from, to).mapToObj((number) -> publish(backplane, number)).toList();
	}

	/**
	 * Waits until Redis has them.
	 * @return the position of the last
	 */
	static StreamPosition awaitAll(List<CompletableFuture<StreamPosition>> published) throws Exception {
		StreamPosition last = null;
		for (CompletableFuture<StreamPosition> position : published) {
			last = position.get(120, TimeUnit.SECONDS);
		}
		return last;
	}

	/**
	 * Publishes the numbers from zero on, as fast as Redis takes them.
	 * @param observer told before each
	 */
	static List<StreamPosition> publishAll(Backplane backplane, int count, IntConsumer observer) throws Exception {
		Semaphore window = new Semaphore(WINDOW);
		List<CompletableFuture<StreamPosition>> positions = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			observer.accept(i);
			if (!window.tryAcquire(60, TimeUnit.SECONDS)) {
				throw new IllegalStateException("Redis takes nothing any more");
			}
			positions.add(publish(backplane, i).whenComplete((position, failure) -> window.release()));
		}
		List<StreamPosition> done = new ArrayList<>();
		for (CompletableFuture<StreamPosition> position : positions) {
			done.add(position.get(60, TimeUnit.SECONDS));
		}
		return done;
	}

	static List<String> numbers(int from, int to) {
		return IntStream.range(from, to).mapToObj(Integer::toString).toList();
	}

	@Override
	public void close() throws Exception {
		for (AutoCloseable resource : this.open) {
			resource.close();
		}
	}

	/**
	 * A client whose connections for pub/sub lead to another address.
	 */
	private static final class SplitClient extends RedisClient {

		private final RedisURI delivery;

		SplitClient(RedisURI commands, RedisURI delivery) {
			super(null, commands);
			this.delivery = delivery;
		}

		@Override
		public <K, V> StatefulRedisPubSubConnection<K, V> connectPubSub(RedisCodec<K, V> codec) {
			return connectPubSub(codec, this.delivery);
		}

	}

}
