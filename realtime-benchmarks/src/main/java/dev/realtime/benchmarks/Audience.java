package dev.realtime.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

import com.sun.management.OperatingSystemMXBean;
import dev.realtime.benchmarks.Measurement.Cost;
import dev.realtime.benchmarks.client.LoadClient;
import dev.realtime.benchmarks.client.LoadClient.Progress;
import dev.realtime.benchmarks.client.Tally;
import dev.realtime.benchmarks.client.Wanted;
import dev.realtime.benchmarks.server.Load;

/**
 * The clients of a server, and what they are told.
 */
final class Audience implements AutoCloseable {

	/**
	 * Handshakes on their way at a time: more than a server works on, and less than
	 * overflows its backlog, where clients would wait a second for the kernel to try
	 * again.
	 */
	private static final int HANDSHAKES = 100;

	/**
	 * A server that has not made progress for so long does not go on. Spring's simple
	 * broker stands still for 20 s with clients that do not read.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration READY_TIMEOUT = Duration.ofMinutes(3);

	/** Long enough for a message that should not have come. */
	private static final long SETTLE_MILLIS = 200;

	private static final long POLL_MILLIS = 5;

	private static final long PROBE_MILLIS = 500;

	private static final long PROBES = 9_000_000_000L;

	private static final int PROBE_SIZE = 100;

	private static final OperatingSystemMXBean SYSTEM = ManagementFactory
		.getPlatformMXBean(OperatingSystemMXBean.class);

	private final Target server;

	private final LoadClient client;

	private final int streams;

	private int connections;

	private long published;

	private long expected;

	private long elapsed;

	private Cost start = new Cost(0, 0);

	private Cost end = this.start;

	/**
	 * An audience without clients.
	 * @param server the server
	 * @param streams the number of ids that publications are about
	 */
	Audience(Target server, int streams) throws IOException {
		this.server = server;
		this.streams = streams;
		this.client = server.client(HANDSHAKES, 0);
	}

	LoadClient client() {
		return this.client;
	}

	/**
	 * Opens connections and waits until all subscriptions are live.
	 * @return microseconds that it took
	 */
	long join(int connections, IntFunction<Wanted> wanted) throws IOException, InterruptedException {
		long began = System.nanoTime();
		this.connections += connections;
		this.client.connect(IntStream.range(0, connections).mapToObj(wanted));
		long probe = began;
		Progress progress = this.client.progress();
		while (progress.ready() < this.connections) {
			if (progress.closed() > 0 || System.nanoTime() - began > READY_TIMEOUT.toNanos()) {
				throw new IOException(progress.ready() + " of " + this.connections + " connections are subscribed, "
						+ progress.closed() + " closed: " + progress.closeReasons());
			}
			if (!this.server.kind().dialect().acknowledges()
					&& System.nanoTime() - probe > Duration.ofMillis(PROBE_MILLIS).toNanos()) {
				this.server.publish(new Load(this.streams, 0, PROBE_SIZE, this.streams, firstProbe()));
				probe = System.nanoTime();
			}
			Thread.sleep(POLL_MILLIS);
			progress = this.client.progress();
		}
		return (System.nanoTime() - began) / 1000;
	}

	/**
	 * A multiple of the number of ids, so that every id gets its probe.
	 */
	private long firstProbe() {
		return (PROBES + this.streams - 1) / this.streams * this.streams;
	}

	/**
	 * Starts to measure anew.
	 */
	void measure() {
		this.client.count(this.streams);
		this.expected = 0;
		this.elapsed = 0;
		this.start = cost();
	}

	/**
	 * Publishes, and waits until all has arrived or nothing arrives any more.
	 * @param count the number of publications
	 * @param rate how many per second, or zero
	 * @param size bytes of each
	 * @param deliveries how many clients each is for
	 */
	void publish(int count, int rate, int size, int deliveries) throws IOException, InterruptedException {
		this.expected += (long) count * deliveries;
		long began = this.server.publish(new Load(count, rate, size, this.streams, this.published));
		this.published += count;
		await(this.expected);
		this.end = cost();
		this.elapsed += this.client.counted().last() - began;
	}

	/**
	 * Waits until so much has arrived since {@link #measure()}, or nothing arrives any
	 * more.
	 */
	void await(long deliveries) throws InterruptedException {
		long before = -1;
		long since = System.nanoTime();
		while (true) {
			long now = this.client.progress().deliveries();
			if (now >= deliveries) {
				return;
			}
			if (now > before) {
				before = now;
				since = System.nanoTime();
			}
			else if (System.nanoTime() - since > PATIENCE.toNanos()) {
				return;
			}
			Thread.sleep(POLL_MILLIS);
		}
	}

	/**
	 * What came of it since {@link #measure()}.
	 * @param each how many deliveries count as one
	 */
	Measurement result(String scenario, int each) throws InterruptedException {
		Thread.sleep(SETTLE_MILLIS);
		Tally tally = this.client.counted();
		Cost cost = new Cost(this.end.serverMicros() - this.start.serverMicros(),
				this.end.clientMicros() - this.start.clientMicros());
		long count = Math.max(1, tally.deliveries() / each);
		Progress progress = this.client.progress();
		long lost = Math.max(0, this.expected - tally.deliveries());
		return Measurement.of(this.server.kind().name(), scenario, count, cost)
			.rate((lost > 0) ? Double.NaN : count * 1e6 / this.elapsed)
			.times(tally.latency())
			.errors(lost, tally.disorder() + Math.max(0, tally.deliveries() - this.expected),
					(progress.closed() > 0) ? "closed: " + progress.closeReasons() : "");
	}

	/**
	 * CPU time used up to now.
	 */
	Cost cost() {
		return new Cost(this.server.cpuMicros(), SYSTEM.getProcessCpuTime() / 1000);
	}

	@Override
	public void close() {
		this.client.close();
	}

}
