package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import dev.realtime.benchmarks.client.LoadClient.Progress;
import dev.realtime.benchmarks.client.Wanted;

/**
 * One of two nodes publishes at a rate that leaves everybody time, and both have clients:
 * how long it takes from publish to a client of the other node, and what a publication
 * costs both nodes and Redis together.
 *
 * @param clients how many clients each node has, one run for each number
 * @param rate publications a second
 * @param warmUpSeconds seconds before measuring
 * @param seconds seconds measured
 */
record RedisCrossScenario(List<Integer> clients, int rate, int warmUpSeconds, int seconds) implements Scenario {

	private static final int SIZE = 100;

	/** How much faster it warms up: compilers would still be at work otherwise. */
	private static final int WARM_UP = 10;

	@Override
	public List<Measurement> run(Lab lab) throws IOException, InterruptedException {
		List<Measurement> measurements = new ArrayList<>();
		for (int count : this.clients) {
			measurements.add(run(lab, count));
		}
		return measurements;
	}

	private Measurement run(Lab lab, int clients) throws IOException, InterruptedException {
		int publications = this.rate * this.seconds;
		try (Nodes nodes = Nodes.start(lab, 2);
				Audience audience = new Audience(nodes, 1);
				Audience neighbours = new Audience(nodes.publisher(), 1)) {
			audience.join(clients, (i) -> Wanted.everything());
			neighbours.join(clients, (i) -> Wanted.everything());
			audience.measure();
			int warmUpRate = WARM_UP * this.rate;
			audience.publish(warmUpRate * this.warmUpSeconds, warmUpRate, SIZE, clients);
			neighbours.measure();
			audience.measure();
			nodes.measure();
			audience.publish(publications, this.rate, SIZE, clients);
			String costs = nodes.costs(publications);
			Measurement measurement = audience.result("redis-cross-" + clients, clients);
			Progress there = neighbours.client().progress();
			return measurement.errors(measurement.lost() + (long) publications * clients - there.deliveries(),
					measurement.disorder() + there.disorder(), measurement.note() + costs);
		}
	}

}
