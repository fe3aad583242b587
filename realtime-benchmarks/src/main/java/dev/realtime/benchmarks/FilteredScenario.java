package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import dev.realtime.benchmarks.client.Wanted;

/**
 * Many subscriptions, each for an id of its own, by a filter on one topic or by a topic
 * or room for each; every publication is about one of them. What a publication costs.
 *
 * @param name the name of the scenario
 * @param connections the number of connections
 * @param subscriptions the numbers of subscriptions, spread over the connections; one run
 * for each
 * @param messages publications in a round
 * @param warmUps rounds before measuring
 * @param rounds rounds measured
 */
record FilteredScenario(String name, int connections, List<Integer> subscriptions, int messages, int warmUps,
		int rounds) implements Scenario {

	private static final int SIZE = 100;

	@Override
	public List<Measurement> run(Lab lab) throws IOException, InterruptedException {
		List<Measurement> measurements = new ArrayList<>();
		for (int count : this.subscriptions) {
			measurements.add(run(lab, count));
		}
		return measurements;
	}

	private Measurement run(Lab lab, int subscriptions) throws IOException, InterruptedException {
		int each = Math.max(1, subscriptions / this.connections);
		try (RunningServer server = lab.start(); Audience audience = new Audience(server, subscriptions)) {
			audience.join(Math.min(subscriptions, this.connections),
					(i) -> new Wanted(IntStream.range(i * each, (i + 1) * each).toArray(), true));
			audience.measure();
			publish(audience, this.warmUps);
			audience.measure();
			publish(audience, this.rounds);
			return audience.result(this.name + "-" + subscriptions, 1);
		}
	}

	private void publish(Audience audience, int rounds) throws IOException, InterruptedException {
		for (int i = 0; i < rounds; i++) {
			audience.publish(this.messages, 0, SIZE, 1);
		}
	}

}
