package dev.realtime.benchmarks.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.stream.Stream;

import dev.realtime.benchmarks.server.FloorServer;
import dev.realtime.benchmarks.server.Load;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LoadClient}, with the simplest of the servers.
 */
@Timeout(30)
class LoadClientTests {

	private static final int CONNECTIONS = 20;

	private static int control;

	private static LoadClient client;

	@BeforeAll
	static void connect() throws Exception {
		control = freePort();
		int port = freePort();
		Thread server = new Thread(() -> serve(port), "floor");
		server.setDaemon(true);
		server.start();
		Awaitility.await().pollInterval(Duration.ofMillis(20)).ignoreExceptions().until(() -> publish(0, 0) > 0);
		client = new LoadClient(new PlainDialect("/"), new InetSocketAddress("127.0.0.1", port), 5, 0);
		client.connect(Stream.generate(Wanted::everything).limit(CONNECTIONS));
		Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> client.progress().ready() == CONNECTIONS);
	}

	@AfterAll
	static void close() {
		client.close();
	}

	private static void serve(int port) {
		try {
			FloorServer.serve(control, port);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static long publish(int count, long first) throws Exception {
		String query = new Load(count, 0, 300, 1, first).query();
		URI uri = URI.create("http://127.0.0.1:" + control + "/publish?" + query);
		return Long.parseLong(
				HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body());
	}

	@Test
	void everyDeliveryIsCountedAndWhatComesTwiceIsDisorder() throws Exception {
		client.count(1);
		publish(50, 0);
		awaitDeliveries(50 * CONNECTIONS);
		assertThat(client.progress().disorder()).isZero();
		assertThat(client.counted().latency().getTotalCount()).isEqualTo(50 * CONNECTIONS);
		publish(50, 0);
		awaitDeliveries(100 * CONNECTIONS);
		assertThat(client.progress().disorder()).isEqualTo(CONNECTIONS);
	}

	@Test
	void pausedConnectionsDoNotCount() throws Exception {
		client.pause(1);
		client.count(1);
		publish(10, 1000);
		awaitDeliveries(10 * (CONNECTIONS - 1));
		client.resume();
		assertThat(client.progress().closed()).isZero();
	}

	private static void awaitDeliveries(long deliveries) {
		Awaitility.await()
			.pollInterval(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(client.progress().deliveries()).isEqualTo(deliveries));
	}

}
