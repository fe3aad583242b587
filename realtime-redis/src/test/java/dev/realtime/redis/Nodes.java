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

}
