package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;

import dev.realtime.benchmarks.client.Wanted;

/**
 * Many subscriptions, each for an id of its own, by a filter on one topic or by a topic
 * or room for each; every publication is about one of them. What a publication costs.
 *
 * @param connections the number of connections
 * @param subscriptions the number of subscriptions, spread over the connections
 * @param messages publications in a round
 * @param warmUps rounds before measuring
 * @param rounds rounds measured
 */
record FilteredScenario(int connections, int subscriptions, int messages, int warmUps, int rounds) implements Scenario {

	private static final int SIZE = 100;

	@Override
	public List<Measurement> run(Lab lab) throws IOException, InterruptedException {
		int each = this.subscriptions / this.connections;
		try (RunningServer server = lab.start(); Audience audience = new Audience(server, this.subscriptions)) {
			audience.join(this.connections,
					(i) -> new Wanted(IntStream.range(i * each, (i + 1) * each).toArray(), true));
			audience.measure();
			publish(audience, this.warmUps);
			audience.measure();
			publish(audience, this.rounds);
			return List.of(audience.result("filtered", 1));
		}
	}

	private void publish(Audience audience, int rounds) throws IOException, InterruptedException {
		for (int i = 0; i < rounds; i++) {
			audience.publish(this.messages, 0, SIZE, 1);
		}
	}

}
