package dev.realtime.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.realtime.benchmarks.client.LoadClient;
import dev.realtime.benchmarks.client.Wanted;

/**
 * Some clients stop reading, and messages are large: what the others notice of it.
 * Everything counted is about the others; the note says what became of those that
 * stopped.
 *
 * @param subscribers the number of connections
 * @param rate publications a second
 * @param warmUpSeconds seconds before measuring
 * @param seconds seconds measured
 * @param paused how many of the connections stop reading, one run for each number
 */
record SlowReaderScenario(int subscribers, int rate, int warmUpSeconds, int seconds,
		List<Integer> paused) implements Scenario {

	private static final int SIZE = 12_000;

	private static final int HANDSHAKES = 10;

	/** Small, so that it is the server who has to wait and not the kernel. */
	private static final int RECEIVE_BUFFER = 4096;

	/** For what the kernel holds for those that stopped. */
	private static final Duration RESUME_TIMEOUT = Duration.ofSeconds(20);

	private static final long POLL_MILLIS = 20;

	@Override
	public List<Measurement> run(Lab lab) throws IOException, InterruptedException {
		List<Measurement> measurements = new ArrayList<>();
		for (int count : this.paused) {
			measurements.add(run(lab, count));
		}
		return measurements;
	}

	private Measurement run(Lab lab, int paused) throws IOException, InterruptedException {
		int healthy = this.subscribers - paused;
		try (RunningServer server = lab.start();
				Audience audience = new Audience(server, 1);
				LoadClient slow = server.client(HANDSHAKES, RECEIVE_BUFFER)) {
			audience.join(healthy, (i) -> Wanted.everything());
			slow.connect(Stream.generate(Wanted::everything).limit(paused));
			audience.measure();
			audience.publish(this.rate * this.warmUpSeconds, this.rate, SIZE, healthy);
			while (slow.progress().ready() < paused && server.kind().dialect().acknowledges()) {
				Thread.sleep(POLL_MILLIS);
			}
			slow.pause(paused);
			audience.measure();
			audience.publish(this.rate * this.seconds, this.rate, SIZE, healthy);
			Measurement measurement = audience.result("slow-" + paused, 1);
			return measurement.errors(measurement.lost(), measurement.disorder(),
					measurement.note() + fate(slow, paused));
		}
	}

	private static String fate(LoadClient slow, int paused) throws InterruptedException {
		if (paused == 0) {
			return "";
		}
		slow.resume();
		long began = System.nanoTime();
		LoadClient.Progress progress = slow.progress();
		while (progress.closed() < paused && System.nanoTime() - began < RESUME_TIMEOUT.toNanos()) {
			Thread.sleep(POLL_MILLIS);
			progress = slow.progress();
		}
		return progress.closed() + " of " + paused + " closed " + progress.closeReasons();
	}

}
