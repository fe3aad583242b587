package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.List;

import dev.realtime.benchmarks.Measurement.Cost;
import dev.realtime.benchmarks.server.Load;

/**
 * One node publishes through Redis as fast as it can, and nobody listens: publications a
 * second until Redis has confirmed the last, and what each costs the node and Redis.
 *
 * @param messages publications in a round
 * @param keys the number of ids that publications are about
 * @param warmUps rounds before measuring
 * @param rounds rounds measured
 */
record RedisPublishScenario(int messages, int keys, int warmUps, int rounds) implements Scenario {

	private static final int SIZE = 100;

	@Override
	public List<Measurement> run(Lab lab) throws IOException, InterruptedException {
		try (Nodes nodes = Nodes.start(lab, 1)) {
			publish(nodes, this.warmUps);
			long before = nodes.cpuMicros();
			nodes.measure();
			long elapsed = publish(nodes, this.rounds);
			Cost cost = new Cost(nodes.cpuMicros() - before, 0);
			long count = (long) this.messages * this.rounds;
			return List.of(Measurement.of(lab.kind().name(), "redis-publish", count, cost)
				.rate(count * 1e6 / elapsed)
				.errors(0, 0, nodes.costs(count)));
		}
	}

	private long publish(Nodes nodes, int rounds) throws IOException, InterruptedException {
		long elapsed = 0;
		for (int i = 0; i < rounds; i++) {
			long began = nodes.publish(new Load(this.messages, 0, SIZE, this.keys, (long) i * this.messages));
			elapsed += System.nanoTime() / 1000 - began;
		}
		return elapsed;
	}

}
