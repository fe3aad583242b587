package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.List;

import dev.realtime.benchmarks.Measurement.Cost;
import dev.realtime.benchmarks.client.Wanted;
import org.HdrHistogram.Histogram;

/**
 * Everybody comes, 100 at a time: TCP, handshake, authentication, CONNECT, SUBSCRIBE.
 * Numbers are per connection. Where a server does not acknowledge subscriptions, times
 * end when the client has asked, which is in favour of the server. A few publications
 * show that all subscriptions are live.
 *
 * @param warmUp connections before measuring
 * @param connections connections measured
 */
record StormScenario(int warmUp, int connections) implements Scenario {

	private static final int MESSAGES = 10;

	private static final int RATE = 10;

	private static final int SIZE = 100;

	private static final int DIGITS = 3;

	@Override
	public List<Measurement> run(Lab lab) throws IOException, InterruptedException {
		try (RunningServer server = lab.start()) {
			try (Audience audience = new Audience(server, 1)) {
				audience.join(this.warmUp, (i) -> Wanted.everything());
			}
			try (Audience audience = new Audience(server, 1)) {
				Cost before = audience.cost();
				long micros = audience.join(this.connections, (i) -> Wanted.everything());
				Cost after = audience.cost();
				Cost cost = new Cost(after.serverMicros() - before.serverMicros(),
						after.clientMicros() - before.clientMicros());
				audience.measure();
				audience.publish(MESSAGES, RATE, SIZE, this.connections);
				Measurement publications = audience.result("storm", 1);
				return List.of(Measurement.of(server.kind().name(), "storm", this.connections, cost)
					.rate(this.connections * 1e6 / micros)
					.times(micros(audience.client().subscribeTimes()))
					.errors(publications.lost(), publications.disorder(), publications.note()));
			}
		}
	}

	private static Histogram micros(Histogram nanos) {
		Histogram micros = new Histogram(DIGITS);
		nanos.recordedValues()
			.forEach((value) -> micros.recordValueWithCount(value.getValueIteratedTo() / 1000,
					value.getCountAtValueIteratedTo()));
		return micros;
	}

}
