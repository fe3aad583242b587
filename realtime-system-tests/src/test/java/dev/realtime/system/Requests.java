package dev.realtime.system;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long requests took that publish, and others in turn with them that do not: what
 * slows down both is the machine.
 *
 * @param publishing the shortest first
 * @param others the shortest first
 */
record Requests(List<Duration> publishing, List<Duration> others) {

	private static final Duration SLOW = Duration.ofMillis(100);

	/** What a busy machine may add to most requests. */
	private static final Duration TOLERANCE = Duration.ofMillis(5);

	/**
	 * Lets a node publish numbers.
	 * @param from the first
	 * @param to the one after the last
	 */
	static Requests publish(Node node, String path, int from, int to) throws Exception {
		List<Duration> publishing = new ArrayList<>();
		List<Duration> others = new ArrayList<>();
		for (int number = from; number < to; number++) {
			publishing.add(time(node, path + "?number=" + number));
			others.add(time(node, "/guard?open=true"));
		}
		return new Requests(publishing.stream().sorted().toList(), others.stream().sorted().toList());
	}

	private static Duration time(Node node, String path) throws Exception {
		long start = System.nanoTime();
		assertThat(node.post(path)).isEqualTo(200);
		return Duration.ofNanos(System.nanoTime() - start);
	}

	/**
	 * Most are about as fast as before, and no more of them are slow than of the others.
	 */
	void assertNotSlowerThan(Requests before) {
		assertThat(median(this.publishing)).as("%s after %s", this, before)
			.isLessThan(median(before.publishing).multipliedBy(3).plus(TOLERANCE));
		assertThat(slow(this.publishing)).as("%s after %s", this, before)
			.isLessThanOrEqualTo(slow(this.others) + this.publishing.size() / 50);
	}

	private static Duration median(List<Duration> durations) {
		return percentile(durations, 50);
	}

	private static Duration percentile(List<Duration> durations, int percent) {
		return durations.get(durations.size() * percent / 100);
	}

	private static long slow(List<Duration> durations) {
		return durations.stream().filter((duration) -> duration.compareTo(SLOW) > 0).count();
	}

	@Override
	public String toString() {
		return describe(this.publishing) + " (others " + describe(this.others) + ")";
	}

	private static String describe(List<Duration> durations) {
		return "p50 " + percentile(durations, 50).toNanos() / 1000 + " µs, p99 "
				+ percentile(durations, 99).toNanos() / 1000 + " µs, " + slow(durations) + " slow";
	}

}
