package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Objects;

import dev.realtime.benchmarks.client.LoadClient;
import dev.realtime.benchmarks.client.StompDialect;
import dev.realtime.benchmarks.client.Wanted;
import dev.realtime.benchmarks.server.Load;
import dev.realtime.benchmarks.server.Payload;
import dev.realtime.benchmarks.server.Publisher;
import org.jspecify.annotations.Nullable;

/**
 * Everybody in a room moves a cursor, and sees those of all others: events of clients
 * that pass by. Times are from just before a client sends until another has read it.
 *
 * @param clients the number of connections
 * @param rate events a second of each
 * @param warmUpSeconds seconds before measuring
 * @param seconds seconds measured
 */
record CursorsScenario(int clients, int rate, int warmUpSeconds, int seconds) implements Scenario {

	private static final int SIZE = 100;

	@Override
	public List<Measurement> run(Lab lab) throws IOException, InterruptedException {
		try (RunningServer server = lab.start()) {
			Room room = new Room(server);
			try (Audience audience = new Audience(room, 1)) {
				audience.join(this.clients, (i) -> Wanted.everything());
				measure(audience);
				move(audience, this.warmUpSeconds);
				measure(audience);
				move(audience, this.seconds);
				return List.of(audience.result("cursors", 1));
			}
		}
	}

	private void measure(Audience audience) {
		audience.measure();
		audience.client().countSent(this.clients);
	}

	private void move(Audience audience, int seconds) throws IOException, InterruptedException {
		int all = this.clients * this.rate;
		audience.publish(all * seconds, all, SIZE, this.clients - 1);
	}

	/**
	 * A server whose clients publish to each other, in turn.
	 */
	private final class Room implements Target, Publisher {

		private final RunningServer server;

		private final StompDialect dialect;

		private @Nullable LoadClient client;

		Room(RunningServer server) {
			this.server = server;
			if (!(server.kind().dialect() instanceof StompDialect stomp)) {
				throw new IllegalArgumentException(server.kind().name() + " does not speak STOMP");
			}
			this.dialect = new StompDialect(stomp.path(), stomp.httpHeaders(), stomp.connectHeaders(),
					"/realtime/cursors", stomp.acknowledges());
		}

		@Override
		public ServerKind kind() {
			return this.server.kind();
		}

		@Override
		public LoadClient client(int handshakes, int receiveBuffer) throws IOException {
			LoadClient client = new LoadClient(this.dialect, this.server.address(), handshakes, receiveBuffer);
			this.client = client;
			return client;
		}

		@Override
		public long publish(Load load) {
			return load.run(this);
		}

		@Override
		public void publish(int id, Payload payload) {
			int sender = (int) (Long.parseLong(payload.seq()) % CursorsScenario.this.clients);
			Objects.requireNonNull(this.client)
				.send(sender, "SEND\ndestination:" + this.dialect.destination() + "\nevent:moved\n\n" + payload.json()
						+ "\0");
		}

		@Override
		public long cpuMicros() {
			return this.server.cpuMicros();
		}

	}

}
