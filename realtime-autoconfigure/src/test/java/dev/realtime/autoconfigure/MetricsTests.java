package dev.realtime.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Set;
import java.util.function.DoubleSupplier;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.autoconfigure.app.TestApplication.ContactUpdated;
import dev.realtime.netty.NettyEndpoint;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What meters show while clients come, listen and go, on a real Tomcat and on the
 * dedicated port.
 */
@SpringBootTest(classes = { TestApplication.class, NettyPortTests.TokenConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", TestApplication.SECRET, "realtime.limits.pending-bytes=64KB" })
@ExtendWith(NoLeaks.class)
@Timeout(60)
class MetricsTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	@LocalServerPort
	private int port;

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private Realtime realtime;

	@Autowired
	private MeterRegistry registry;

	/**
	 * Or the next test would count what this one leaves.
	 */
	@AfterEach
	void everybodyIsGone() {
		for (String transport : new String[] { "servlet", "netty" }) {
			awaitValue(() -> connections(transport), 0);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	void whenClientComesListensAndGoesThenTheMetersFollow(String transport) {
		double publications = counter("realtime.publications").count();
		double deliveries = deliveries(transport);
		double gone = closes(transport, "client-gone");
		long written = latency(transport).count();
		try (RawStompClient client = connect(transport)) {
			assertThat(connections(transport)).isEqualTo(1);
			client.subscribe("s1", "/realtime/contact.updated", "replay:none");
			client.subscribe("s2", "/realtime/contact.updated", "replay:none", "filter:{\"id\":1}");
			assertThat(gauge("realtime.subscriptions", transport)).isEqualTo(2);
			assertThat(this.registry.get("realtime.channels").gauge().value()).isEqualTo(1);
			this.realtime.forTenant("acme").publish(new ContactUpdated(1, "bob"));
			this.realtime.forTenant("acme").publish(new ContactUpdated(2, "bob"));
			this.realtime.forTenant("globex").publish(new ContactUpdated(3, "bob"));
			for (int i = 0; i < 3; i++) {
				assertThat(client.next()).startsWith("MESSAGE\n");
			}
			// The application also publishes on a schedule.
			assertThat(counter("realtime.publications").count() - publications).isGreaterThanOrEqualTo(3);
			assertThat(deliveries(transport) - deliveries).isEqualTo(3);
			awaitValue(() -> latency(transport).count() - written, 2);
			assertThat(gauge("realtime.lane.backlog", transport)).isZero();
		}
		awaitValue(() -> connections(transport), 0);
		awaitValue(() -> closes(transport, "client-gone") - gone, 1);
		assertThat(gauge("realtime.subscriptions", transport)).isZero();
		assertThat(this.registry.get("realtime.channels").gauge().value()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	void whenConnectionEndsThenTheReasonIsCountedOnce(String transport) {
		double before = allCloses(transport);
		double normal = closes(transport, "normal");
		double protocolError = closes(transport, "protocol-error");
		try (RawStompClient client = connect(transport)) {
			client.send("DISCONNECT\n\n\0");
			assertThat(client.closeCode()).isEqualTo(1000);
		}
		awaitValue(() -> closes(transport, "normal") - normal, 1);
		try (RawStompClient client = connect(transport)) {
			client.send("MESSAGE\n\n\0");
			assertThat(client.closeCode()).isEqualTo(4500);
		}
		awaitValue(() -> closes(transport, "protocol-error") - protocolError, 1);
		try (RawStompClient client = connect(transport)) {
			client.send("x".repeat(100 * 1024));
			awaitValue(() -> closes(transport, "protocol-error") - protocolError, 2);
		}
		awaitValue(() -> connections(transport), 0);
		assertThat(allCloses(transport) - before).isEqualTo(3);
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	void whenClientStopsReadingThenItIsCountedAsASlowConsumer(String transport) {
		double before = allCloses(transport);
		double slow = closes(transport, "slow-consumer");
		double dropped = drops(transport, "disconnected");
		WebSocket socket = HttpClient.newHttpClient()
			.newWebSocketBuilder()
			.subprotocols("v12.stomp")
			.buildAsync(URI.create("ws://localhost:" + port(transport) + "/realtime"), new WebSocket.Listener() {

				@Override
				public void onOpen(WebSocket webSocket) {
					// Never asks for anything.
				}

			})
			.join();
		socket
			.sendText("CONNECT\naccept-version:1.2\nAuthorization:Bearer acme\n\n\0"
					+ "SUBSCRIBE\nid:s1\ndestination:/realtime/contact.updated\nreplay:none\n\n\0", true)
			.join();
		awaitValue(() -> gauge("realtime.subscriptions", transport), 1);
		String large = "x".repeat(15 * 1024);
		for (int i = 0; i < 1000; i++) {
			this.realtime.forTenant("acme").publish(new ContactUpdated(i, large));
		}
		awaitValue(() -> closes(transport, "slow-consumer") - slow, 1);
		awaitValue(() -> connections(transport), 0);
		assertThat(allCloses(transport) - before).isEqualTo(1);
		await().atMost(TIMEOUT).until(() -> drops(transport, "disconnected") > dropped);
		socket.abort();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			filter-size   | {"id":"%s"}
			filter-keys   | {"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1}
			filter-values | {"id":[1%s]}
			""")
	void whenFilterExceedsALimitThenItIsCountedByThatLimit(String limit, String template) {
		String filter = template.formatted(limit.equals("filter-size") ? "x".repeat(2000) : ",1".repeat(200));
		for (String transport : new String[] { "servlet", "netty" }) {
			double refusals = refusals(limit);
			double all = allRefusals();
			try (RawStompClient client = connect(transport)) {
				assertThat(client.subscribeInVain("s1", "/realtime/contact.updated", "filter:" + filter))
					.isEqualTo("bad-filter");
				assertThat(client.subscribeInVain("s2", "/realtime/contact.updated", "filter:no JSON"))
					.isEqualTo("bad-filter");
			}
			assertThat(refusals(limit) - refusals).isEqualTo(1);
			assertThat(allRefusals() - all).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	void whenConnectionSubscribesTooOftenThenItIsCountedByThatLimit(String transport) {
		double refusals = refusals("subscriptions-per-connection");
		try (RawStompClient client = connect(transport)) {
			for (int i = 0; i < 128; i++) {
				client.subscribe("s" + i, "/realtime/contact.updated", "replay:none");
			}
			client.sendSubscribe("s128", "/realtime/contact.updated");
			assertThat(RawStompClient.code(client.next())).isEqualTo("too-many-subscriptions");
		}
		assertThat(refusals("subscriptions-per-connection") - refusals).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	void whenRightsAreWithdrawnThenOrdersAndWhatBecameOfThemAreCounted(String transport) {
		double revokes = orders("revoke");
		double disconnects = orders("disconnect");
		double revoked = withdrawals("revoked");
		double closed = closes(transport, "disconnected");
		Realtime acme = this.realtime.forTenant("acme");
		try (RawStompClient client = RawStompClient.handshake(port(transport)).connect("Authorization:Bearer acme")) {
			client.subscribe("s1", "/realtime/room.1");
			client.subscribe("s2", "/realtime/room.2");
			acme.access().revokeTopic("room.1").join();
			assertThat(withdrawals("revoked") - revoked).isEqualTo(1);
			client.next();
			acme.connection(client.session()).subscribe("room.3").join();
			client.next();
			acme.access().revokeTopic("room.{room}").join();
			client.next(2);
			assertThat(withdrawals("revoked") - revoked).isEqualTo(3);
			assertThat(orders("revoke") - revokes).isEqualTo(2);
			acme.access().disconnectTenant().join();
			assertThat(client.closeCode()).isEqualTo(4504);
		}
		assertThat(orders("disconnect") - disconnects).isEqualTo(1);
		awaitValue(() -> closes(transport, "disconnected") - closed, 1);
		awaitValue(() -> connections(transport), 0);
	}

	private double orders(String action) {
		return counter("realtime.orders", "action", action).count();
	}

	private double withdrawals(String reason) {
		return counter("realtime.withdrawals", "reason", reason).count();
	}

	@Test
	void whenSomebodyLooksThenNoTagTellsOfTenantsUsersOrTopics() {
		connect("servlet").close();
		assertThat(this.registry.getMeters()).filteredOn((meter) -> meter.getId().getName().startsWith("realtime."))
			.isNotEmpty()
			.allSatisfy((meter) -> assertThat(meter.getId().getTags())
				.allMatch((tag) -> Set.of("transport", "reason", "limit", "action").contains(tag.getKey())));
		awaitValue(() -> connections("servlet"), 0);
	}

	private RawStompClient connect(String transport) {
		RawStompClient client = RawStompClient.handshake(port(transport)).open();
		client.send("CONNECT\naccept-version:1.2\nAuthorization:Bearer acme\nheart-beat:0,0\n\n\0");
		assertThat(client.next()).startsWith("CONNECTED\nversion:1.2\n");
		return client;
	}

	private int port(String transport) {
		return transport.equals("netty") ? this.endpoint.getPort() : this.port;
	}

	private static void awaitValue(DoubleSupplier value, double expected) {
		await().atMost(TIMEOUT).untilAsserted(() -> assertThat(value.getAsDouble()).isEqualTo(expected));
	}

	private double connections(String transport) {
		return gauge("realtime.connections", transport);
	}

	private double gauge(String name, String transport) {
		Gauge gauge = this.registry.get(name).tag("transport", transport).gauge();
		return gauge.value();
	}

	private FunctionCounter counter(String name, String... tags) {
		return this.registry.get(name).tags(tags).functionCounter();
	}

	private double deliveries(String transport) {
		return counter("realtime.deliveries", "transport", transport).count();
	}

	private double closes(String transport, String reason) {
		return counter("realtime.closes", "transport", transport, "reason", reason).count();
	}

	private double refusals(String limit) {
		return counter("realtime.refusals", "limit", limit).count();
	}

	private double allRefusals() {
		return this.registry.get("realtime.refusals")
			.functionCounters()
			.stream()
			.mapToDouble(FunctionCounter::count)
			.sum();
	}

	private double drops(String transport, String reason) {
		return counter("realtime.drops", "transport", transport, "reason", reason).count();
	}

	private double allCloses(String transport) {
		return this.registry.get("realtime.closes")
			.tag("transport", transport)
			.functionCounters()
			.stream()
			.mapToDouble(FunctionCounter::count)
			.sum();
	}

	private Timer latency(String transport) {
		return this.registry.get("realtime.latency").tag("transport", transport).timer();
	}

}
