package dev.realtime.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import dev.realtime.benchmarks.client.Attackers;
import dev.realtime.benchmarks.client.StompDialect;
import dev.realtime.benchmarks.client.Wanted;
import dev.realtime.benchmarks.server.BenchmarkUser;

/**
 * Clients of one tenant send as much as they can: what the clients of another notice of
 * it. Everything counted is about the others.
 *
 * @param subscribers the number of connections of the others
 * @param rate publications a second for them
 * @param warmUpSeconds seconds before measuring
 * @param seconds seconds measured
 * @param framesPerSecond what the attackers send, together
 * @param attackers how many there are, one run for each number
 */
record NoisyTenantScenario(int subscribers, int rate, int warmUpSeconds, int seconds, int framesPerSecond,
		List<Integer> attackers) implements Scenario {

	private static final int SIZE = 100;

	@Override
	public List<Measurement> run(Lab lab) throws IOException, InterruptedException {
		List<Measurement> measurements = new ArrayList<>();
		for (int count : this.attackers) {
			measurements.add(run(lab, count));
		}
		return measurements;
	}

	private Measurement run(Lab lab, int count) throws IOException, InterruptedException {
		try (RunningServer server = lab.start(); Audience audience = new Audience(server, 1)) {
			audience.join(this.subscribers, (i) -> Wanted.everything());
			audience.measure();
			audience.publish(this.rate * this.warmUpSeconds, this.rate, SIZE, this.subscribers);
			try (Attackers attack = new Attackers(server.address(), dialect(server), count, this.framesPerSecond)) {
				audience.publish(this.rate * this.warmUpSeconds, this.rate, SIZE, this.subscribers);
				audience.measure();
				audience.publish(this.rate * this.seconds, this.rate, SIZE, this.subscribers);
				Measurement measurement = audience.result("noisy-tenant-" + count, 1);
				return measurement.errors(measurement.lost(), measurement.disorder(), measurement.note() + attack);
			}
		}
	}

	private static StompDialect dialect(RunningServer server) {
		if (!(server.kind().dialect() instanceof StompDialect good)) {
			throw new IllegalArgumentException(server.kind().name() + " does not speak STOMP");
		}
		byte[] login = (BenchmarkUser.NOISY + ":password").getBytes(StandardCharsets.US_ASCII);
		List<String> http = good.httpHeaders().isEmpty() ? List.of()
				: List.of("Authorization: Basic " + Base64.getEncoder().encodeToString(login));
		List<String> connect = good.connectHeaders().isEmpty() ? List.of()
				: List.of("Authorization:Bearer " + BenchmarkUser.NOISY);
		return new StompDialect(good.path(), http, connect, good.destination(), good.acknowledges());
	}

}
