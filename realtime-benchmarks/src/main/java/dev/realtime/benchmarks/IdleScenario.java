package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.List;

import dev.realtime.benchmarks.Measurement.Cost;
import dev.realtime.benchmarks.client.Wanted;

/**
 * What a connection with one subscription costs in memory while nothing happens: the
 * growth of the resident set. Before both readings garbage is collected, and the JVM is
 * told to give free heap back, or what would be measured is its heap policy.
 *
 * @param before connections before the first reading, by which code is loaded and warm
 * @param connections connections between the readings
 */
record IdleScenario(int before, int connections) implements Scenario {

	private static final long SETTLE_MILLIS = 2000;

	private static final String[] JAVA_OPTIONS = { "-Xms16m", "-XX:MinHeapFreeRatio=5", "-XX:MaxHeapFreeRatio=10" };

	private static final int MESSAGES = 3;

	private static final int RATE = 1;

	private static final int SIZE = 100;

	@Override
	public List<Measurement> run(Lab lab) throws IOException, InterruptedException {
		try (RunningServer server = lab.start(JAVA_OPTIONS); Audience audience = new Audience(server, 1)) {
			audience.join(this.before, (i) -> Wanted.everything());
			Cost start = audience.cost();
			long less = settled(server);
			audience.join(this.connections, (i) -> Wanted.everything());
			long more = settled(server);
			Cost end = audience.cost();
			audience.measure();
			audience.publish(MESSAGES, RATE, SIZE, this.before + this.connections);
			Measurement publications = audience.result("idle", 1);
			Cost cost = new Cost(end.serverMicros() - start.serverMicros(), end.clientMicros() - start.clientMicros());
			return List.of(Measurement.of(server.kind().name(), "idle", this.connections, cost)
				.memory((double) (more - less) / this.connections)
				.errors(publications.lost(), publications.disorder(), publications.note()));
		}
	}

	private static long settled(RunningServer server) throws IOException, InterruptedException {
		Thread.sleep(SETTLE_MILLIS);
		server.collectGarbage();
		Thread.sleep(SETTLE_MILLIS);
		return server.residentKilobytes();
	}

}
