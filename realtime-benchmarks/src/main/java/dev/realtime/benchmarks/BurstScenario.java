package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.List;

import dev.realtime.benchmarks.client.Wanted;

/**
 * Everybody gets everything, published as fast as the server takes it: how many
 * deliveries a second, and what each costs. Times are those of a queue and say little.
 *
 * @param subscribers the number of connections
 * @param messages publications in a round
 * @param warmUps rounds before measuring
 * @param rounds rounds measured
 */
record BurstScenario(int subscribers, int messages, int warmUps, int rounds) implements Scenario {

	private static final int SIZE = 100;

	@Override
	public List<Measurement> run(Lab lab) throws IOException, InterruptedException {
		try (RunningServer server = lab.start(); Audience audience = new Audience(server, 1)) {
			audience.join(this.subscribers, (i) -> Wanted.everything());
			audience.measure();
			publish(audience, this.warmUps);
			audience.measure();
			publish(audience, this.rounds);
			return List.of(audience.result("burst", 1));
		}
	}

	private void publish(Audience audience, int rounds) throws IOException, InterruptedException {
		for (int i = 0; i < rounds; i++) {
			audience.publish(this.messages, 0, SIZE, this.subscribers);
		}
	}

}
