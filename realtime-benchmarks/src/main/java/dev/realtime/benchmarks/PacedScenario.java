package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.List;

import dev.realtime.benchmarks.client.Wanted;

/**
 * Everybody gets everything, at a rate that leaves the server time: how long it takes
 * from publish to client, and what a delivery costs that can not wait for others.
 *
 * @param subscribers the number of connections
 * @param rate publications a second
 * @param warmUpSeconds seconds before measuring
 * @param seconds seconds measured
 */
record PacedScenario(int subscribers, int rate, int warmUpSeconds, int seconds) implements Scenario {

	private static final int SIZE = 100;

	@Override
	public List<Measurement> run(Lab lab) throws IOException, InterruptedException {
		try (RunningServer server = lab.start(); Audience audience = new Audience(server, 1)) {
			audience.join(this.subscribers, (i) -> Wanted.everything());
			audience.measure();
			audience.publish(this.rate * this.warmUpSeconds, this.rate, SIZE, this.subscribers);
			audience.measure();
			audience.publish(this.rate * this.seconds, this.rate, SIZE, this.subscribers);
			return List.of(audience.result("paced", 1));
		}
	}

}
