package dev.realtime.benchmarks.server;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * A series of publications.
 *
 * @param count how many
 * @param rate how many per second; zero for as many as possible
 * @param size bytes of each payload
 * @param streams of how many ids each is about one, see {@link #idOf}
 * @param first the sequence number of the first
 * @since 0.1.0
 */
public record Load(int count, int rate, int size, int streams, long first) {

	/** The same as that of the load client's tally. */
	private static final int STRIDE = 7919;

	private static final long NANOS_PER_SECOND = 1_000_000_000L;

	/**
	 * Publishes all, on this thread, and waits until it is done.
	 * @param publisher takes each
	 * @return when the first was published, in microseconds of {@link System#nanoTime()}
	 */
	public long run(Publisher publisher) {
		long start = System.nanoTime();
		for (int i = 0; i < this.count; i++) {
			if (this.rate > 0) {
				awaitTime(start + i * NANOS_PER_SECOND / this.rate);
			}
			long sequence = this.first + i;
			int id = idOf(sequence);
			publisher.publish(id, Payload.now(id, sequence, this.size));
		}
		publisher.await();
		return start / 1000;
	}

	private int idOf(long sequence) {
		return (int) (sequence * STRIDE % this.streams);
	}

	private static void awaitTime(long nanoTime) {
		for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

	/**
	 * The load as a query.
	 * @return what {@link #of} reads
	 */
	public String query() {
		return "count=" + this.count + "&rate=" + this.rate + "&size=" + this.size + "&streams=" + this.streams
				+ "&first=" + this.first;
	}

	/**
	 * Reads a query.
	 * @param query what {@link #query} wrote
	 * @return the load
	 */
	public static Load of(String query) {
		Map<String, Long> numbers = Arrays.stream(query.split("&"))
			.map((parameter) -> parameter.split("="))
			.collect(Collectors.toMap((parameter) -> parameter[0], (parameter) -> Long.valueOf(parameter[1])));
		return new Load(number(numbers, "count"), number(numbers, "rate"), number(numbers, "size"),
				number(numbers, "streams"), numbers.getOrDefault("first", 0L));
	}

	private static int number(Map<String, Long> numbers, String name) {
		return numbers.getOrDefault(name, 0L).intValue();
	}

}
