package dev.realtime.system;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long requests took, one after the other.
 *
 * @param durations the shortest first
 */
record Requests(List<Duration> durations) {

	/**
	 * Lets a node publish numbers.
	 * @param from the first
	 * @param to the one after the last
	 */
	static Requests publish(Node node, String path, int from, int to) throws Exception {
		List<Duration> durations = new ArrayList<>();
		for (int number = from; number < to; number++) {
			long start = System.nanoTime();
			assertThat(node.post(path + "?number=" + number)).isEqualTo(200);
			durations.add(Duration.ofNanos(System.nanoTime() - start));
		}
		return new Requests(durations.stream().sorted().toList());
	}

	Duration percentile(int percent) {
		return this.durations.get(this.durations.size() * percent / 100);
	}

	@Override
	public String toString() {
		return "p50 " + percentile(50).toNanos() / 1000 + " µs, p99 " + percentile(99).toNanos() / 1000 + " µs";
	}

}
