package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

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

	/**
	 * How much faster it warms up: compilers would still be at work otherwise. Not as
	 * fast as may be, or the client becomes a slow consumer.
	 */
	private static final int WARM_UP = 3;

	@Override
	public List<Measurement> run(Lab lab) throws IOException, InterruptedException {
		List<Measurement> measurements = new ArrayList<>();
		for (int count : this.clients) {
			measurements.add(run(lab, count));
		}
		return measurements;
	}

	private Measurement run(Lab lab, int clients) throws IOException, InterruptedException {
		try (Nodes nodes = Nodes.start(lab, 2);
				Audience there = new Audience(nodes, 1);
				Audience here = new Audience(nodes.publisher(), 1)) {
			there.join(clients, (i) -> Wanted.everything());
			here.join(clients, (i) -> Wanted.everything());
			publish(there, here, clients, this.warmUpSeconds, WARM_UP * this.rate);
			nodes.measure();
			publish(there, here, clients, this.seconds, this.rate);
			String costs = nodes.costs((long) this.rate * this.seconds);
			Measurement measurement = there.result("redis-cross-" + clients, clients);
			long missing = (long) this.rate * this.seconds * clients - here.client().progress().deliveries();
			return measurement.errors(measurement.lost() + Math.max(0, missing),
					measurement.disorder() + here.client().progress().disorder() + Math.max(0, -missing),
					(measurement.note() + " " + costs).trim());
		}
	}

	private static void publish(Audience there, Audience here, int clients, int seconds, int rate)
			throws IOException, InterruptedException {
		here.measure();
		there.measure();
		there.publish(rate * seconds, rate, SIZE, clients);
		here.await((long) rate * seconds * clients);
	}

}
