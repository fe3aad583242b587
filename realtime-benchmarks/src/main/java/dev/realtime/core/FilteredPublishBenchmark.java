package dev.realtime.core;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.realtime.StreamPosition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a whole publication costs in the engine, from the publisher to the one connection
 * it is for, on a channel with this many filtered subscriptions. Nanoseconds, without the
 * JSON before and the transport behind.
 *
 * @since 0.1.0
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FilteredPublishBenchmark {

	/** Coprime to the numbers of subscriptions, so that every id has its turn. */
	private static final int STRIDE = 7919;

	private static final int PER_CONNECTION = 10;

	private static final ChannelId CHANNEL = new ChannelId("acme", null, "bench");

	private static final HistoryOptions HISTORY = new HistoryOptions(100, Duration.ofMinutes(5), 1000);

	@Param({ "100", "1000", "10000", "100000" })
	private int subscriptions;

	private final RealtimeEngine engine = new RealtimeEngine(
			new InMemoryBackplane(InstantSource.system(), new Random(1)), InstantSource.system(), PER_CONNECTION);

	private final byte[] data = "{\"id\":12345,\"by\":7}".getBytes(StandardCharsets.UTF_8);

	private int next;

	/**
	 * Subscribes.
	 */
	@Setup
	public void subscribe() {
		Lane<String> lane = BenchmarkConnections.lane();
		IntStream.range(0, this.subscriptions / PER_CONNECTION).forEach((number) -> {
			Connection<String> connection = BenchmarkConnections.create(this.engine, lane, "c" + number);
			for (long i = 0; i < PER_CONNECTION; i++) {
				MessageFilter filter = MessageFilter.of(Map.of("id", List.of(number * PER_CONNECTION + i)));
				this.engine.subscribe(connection,
						new SubscriptionRequest("s" + i, CHANNEL, filter, new Start.Live(), null, HISTORY),
						(failure) -> {
							throw new IllegalStateException(failure);
						});
			}
		});
	}

	/**
	 * Publishes what concerns one subscription.
	 * @return the position
	 */
	@Benchmark
	public CompletableFuture<StreamPosition> publish() {
		this.next = (this.next + STRIDE) % this.subscriptions;
		Map<String, Object> attributes = Map.of("id", (long) this.next, "by", 7L);
		return this.engine.publish(CHANNEL,
				new PublicationRequest(this.data, attributes, null, null, null, null, HISTORY));
	}

}
