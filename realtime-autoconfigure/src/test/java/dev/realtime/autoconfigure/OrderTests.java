package dev.realtime.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every offset once and in order, also for clients that come and go while others publish.
 */
@SpringBootTest(classes = { TestApplication.class, NettyPortTests.TokenConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", TestApplication.SECRET, "realtime.limits.pending-bytes=16MB" })
@ExtendWith(NoLeaks.class)
@Tag("endpoint")
@Timeout(180)
class OrderTests {

	private static final int PUBLICATIONS = 10_000;

	private static final int PUBLISHERS = 2;

	private static final int ROOMS = 4;

	private static final int CLIENTS = 8;

	private static final int VISITS = 40;

	@LocalServerPort
	private int port;

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private Realtime realtime;

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	void whenSeveralPublishAtTheSameTimeThenAllArriveInOrder(String transport) throws Exception {
		String room = Rooms.fresh();
		ExecutorService publishers = Executors.newFixedThreadPool(PUBLISHERS);
		try (RawStompClient first = connect(transport); RawStompClient second = connect(transport)) {
			first.subscribe("s1", "/realtime/room." + room);
			second.subscribe("s1", "/realtime/room." + room);
			List<Future<?>> done = new ArrayList<>();
			for (int i = 0; i < PUBLISHERS; i++) {
				done.add(publishers.submit(() -> {
					for (int n = 0; n < PUBLICATIONS / PUBLISHERS; n++) {
						publish("room." + room, n);
					}
				}));
			}
			for (int offset = 1; offset <= PUBLICATIONS; offset++) {
				assertThat(RawStompClient.offset(first.next())).isEqualTo(offset);
				assertThat(RawStompClient.offset(second.next())).isEqualTo(offset);
			}
			for (Future<?> publisher : done) {
				publisher.get();
			}
			first.expectNothingElse();
			second.expectNothingElse();
		}
		finally {
			publishers.shutdownNow();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	void whenClientsComeAndGoDuringPublishingThenNoneHasAHoleOrADuplicate(String transport) throws Exception {
		List<String> rooms = new ArrayList<>();
		for (int i = 0; i < ROOMS; i++) {
			rooms.add(Rooms.fresh());
		}
		AtomicBoolean running = new AtomicBoolean(true);
		ExecutorService threads = Executors.newFixedThreadPool(CLIENTS + 1);
		try (RawStompClient steady = connect(transport)) {
			steady.subscribe("s1", "/realtime/room." + rooms.get(0));
			Future<Integer> publisher = threads.submit(() -> {
				int published = 0;
				while (running.get()) {
					for (String room : rooms) {
						publish("room." + room, published);
					}
					published++;
					// As fast as clients can follow, which is what the publisher hears
					// of.
					assertThat(RawStompClient.offset(steady.next())).isEqualTo(published);
				}
				return published;
			});
			List<Future<?>> clients = new ArrayList<>();
			for (int i = 0; i < CLIENTS; i++) {
				Random random = new Random(i);
				clients.add(threads.submit((Callable<Void>) () -> {
					new Visitor(transport, "/realtime/room." + rooms.get(random.nextInt(ROOMS)), random).run();
					return null;
				}));
			}
			for (Future<?> client : clients) {
				client.get();
			}
			running.set(false);
			assertThat(publisher.get()).isPositive();
			steady.expectNothingElse();
		}
		finally {
			running.set(false);
			threads.shutdownNow();
		}
	}

	private void publish(String topic, int data) {
		this.realtime.forTenant("acme").publish(topic, data);
	}

	private RawStompClient connect(String transport) {
		return RawStompClient.handshake(transport.equals("netty") ? this.endpoint.getPort() : this.port)
			.connect("Authorization:Bearer acme");
	}

	/**
	 * A client that subscribes, listens for a while, unsubscribes or leaves, and comes
	 * back where it was.
	 */
	private final class Visitor {

		private final String transport;

		private final String destination;

		private final Random random;

		private String position = "";

		private long offset;

		private int recovered;

		Visitor(String transport, String destination, Random random) {
			this.transport = transport;
			this.destination = destination;
			this.random = random;
		}

		void run() {
			RawStompClient client = connect(this.transport);
			for (int i = 0; i < VISITS; i++) {
				subscribe(client);
				int messages = this.random.nextInt(30);
				for (int n = 0; n < messages; n++) {
					take(client.next());
				}
				if (this.random.nextBoolean()) {
					unsubscribe(client);
				}
				else {
					client.close();
					client = connect(this.transport);
				}
			}
			client.close();
			assertThat(this.recovered).isPositive();
		}

		private void subscribe(RawStompClient client) {
			boolean since = !this.position.isEmpty() && this.random.nextInt(4) > 0;
			String receipt = since ? client.subscribe("s1", this.destination, "since:" + this.position)
					: client.subscribe("s1", this.destination, "replay:none");
			if (!since) {
				arrived(RawStompClient.header(receipt, "position"));
			}
			else if (RawStompClient.header(receipt, "recovered").equals("true")) {
				this.recovered++;
			}
			else {
				String gap = client.next();
				assertThat(RawStompClient.header(gap, "realtime-control")).isEqualTo("gap");
				arrived(RawStompClient.header(receipt, "position"));
			}
		}

		private void unsubscribe(RawStompClient client) {
			client.send("UNSUBSCRIBE\nid:s1\nreceipt:u\n\n\0");
			String frame = client.next();
			while (frame.startsWith("MESSAGE")) {
				take(frame);
				frame = client.next();
			}
			assertThat(frame).startsWith("RECEIPT\nreceipt-id:u\n");
			assertThat(client.hasNext()).isFalse();
		}

		private void take(String message) {
			assertThat(RawStompClient.offset(message)).isEqualTo(this.offset + 1);
			arrived(RawStompClient.header(message, "message-id"));
		}

		private void arrived(String position) {
			this.position = position;
			this.offset = Long.parseLong(position.substring(position.indexOf('-') + 1));
		}

	}

}
