package dev.realtime.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

import dev.realtime.benchmarks.client.LoadClient;
import dev.realtime.benchmarks.client.Wanted;

/**
 * Publications at a rate, while other clients come, subscribe and leave all the time:
 * whether those that stay miss anything, and what it costs them. Of those that come and
 * go it is checked that nothing comes twice or out of order, and their number is noted.
 *
 * @param subscribers the number of connections that stay
 * @param comers how many come and go at a time
 * @param rate publications a second
 * @param warmUpSeconds seconds before measuring
 * @param seconds seconds measured
 */
record ChurnScenario(int subscribers, int comers, int rate, int warmUpSeconds, int seconds) implements Scenario {

	private static final int SIZE = 100;

	private static final int HANDSHAKES = 20;

	private static final long POLL_MILLIS = 5;

	@Override
	public List<Measurement> run(Lab lab) throws IOException, InterruptedException {
		AtomicBoolean over = new AtomicBoolean();
		try (RunningServer server = lab.start(); Audience audience = new Audience(server, 1)) {
			audience.join(this.subscribers, (i) -> Wanted.everything());
			CompletableFuture<Long> churn = CompletableFuture.supplyAsync(() -> comeAndGo(server, over));
			try {
				audience.measure();
				audience.publish(this.rate * this.warmUpSeconds, this.rate, SIZE, this.subscribers);
				audience.measure();
				audience.publish(this.rate * this.seconds, this.rate, SIZE, this.subscribers);
			}
			finally {
				over.set(true);
			}
			Measurement measurement = audience.result("churn", 1);
			return List.of(measurement.errors(measurement.lost(), measurement.disorder(),
					measurement.note() + churn.join() + " came and went"));
		}
	}

	private long comeAndGo(RunningServer server, AtomicBoolean over) {
		long visitors = 0;
		while (!over.get()) {
			visitors += visit(server, over);
		}
		return visitors;
	}

	private int visit(RunningServer server, AtomicBoolean over) {
		try (LoadClient visitors = server.client(HANDSHAKES, 0)) {
			visitors.connect(Stream.generate(Wanted::everything).limit(this.comers));
			while (visitors.progress().subscribed() < this.comers && !over.get()) {
				Thread.sleep(POLL_MILLIS);
			}
			LoadClient.Progress progress = visitors.progress();
			if (progress.disorder() > 0 || progress.closed() > 0) {
				throw new IllegalStateException("Those that came and went: " + progress);
			}
			return progress.subscribed();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return 0;
		}
	}

}
