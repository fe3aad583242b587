package dev.realtime.core;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What one publication, and one subscription that comes and goes, cost on a channel with
 * this many subscriptions, each with a filter on an id of its own. Nanoseconds; they are
 * to be the same in every row. Publications walk through the ids, so that a large index
 * pays for its cache misses.
 *
 * @since 0.1.0
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FilterIndexBenchmark {

	/** Coprime to the numbers of subscriptions, so that every id has its turn. */
	private static final int STRIDE = 7919;

	@Param({ "100", "1000", "10000", "100000" })
	private int subscriptions;

	private final SubscriptionIndex<String> index = new SubscriptionIndex<>();

	/** One map for all publications: that of a real one was just parsed, and is hot. */
	private final Map<String, Object> attributes = new HashMap<>(Map.of("by", 7L, "kind", "contact"));

	private List<Subscription<String>> newcomers = List.of();

	private int next;

	/**
	 * Fills the index.
	 */
	@Setup(Level.Trial)
	public void fill() {
		Connection<String> connection = BenchmarkConnections.create("c");
		IntStream.range(0, this.subscriptions).forEach((id) -> this.index.add(subscription(connection, id)));
		this.newcomers = IntStream.range(0, this.subscriptions)
			.mapToObj((id) -> subscription(connection, this.subscriptions + id))
			.toList();
	}

	private static Subscription<String> subscription(Connection<String> connection, long id) {
		MessageFilter filter = MessageFilter.of(Map.of("id", List.of(id)));
		return new Subscription<>(connection, new SubscriptionRequest("s", new ChannelId("acme", null, "bench"), filter,
				new Start.Live(), null, new HistoryOptions(0, Duration.ofHours(1), 0)));
	}

	/**
	 * Finds the one subscription a publication is for.
	 * @param blackhole takes it
	 */
	@Benchmark
	public void publish(Blackhole blackhole) {
		this.attributes.put("id", (long) step());
		this.index.forEachMatch(this.attributes, blackhole::consume);
	}

	/**
	 * Adds a subscription and removes it.
	 */
	@Benchmark
	public void addAndRemove() {
		Subscription<String> newcomer = this.newcomers.get(step());
		this.index.add(newcomer);
		this.index.remove(newcomer);
	}

	private int step() {
		this.next = (this.next + STRIDE) % this.subscriptions;
		return this.next;
	}

}
