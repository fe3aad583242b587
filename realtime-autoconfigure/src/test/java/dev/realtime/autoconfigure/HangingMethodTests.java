package dev.realtime.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import dev.realtime.autoconfigure.app.Contacts;
import dev.realtime.autoconfigure.app.Gates;
import dev.realtime.autoconfigure.app.Messages;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Methods of the application that take too long, at both ports: what becomes of those who
 * wait for them, and that nobody else notices.
 */
@SpringBootTest(classes = { TestApplication.class, NettyPortTests.TokenConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", TestApplication.SECRET, "realtime.heartbeat=1s",
				"realtime.limits.rule-timeout=1s", "realtime.limits.call-timeout=1s",
				"realtime.limits.calls-per-connection=2" })
@ExtendWith({ NoLeaks.class, OutputCaptureExtension.class })
@Tag("endpoint")
@Tag("T25")
@Timeout(120)
class HangingMethodTests {

	/** More than Spring has threads for what clients send. */
	private static final int HANGING = 20;

	@LocalServerPort
	private int port;

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private Gates gates;

	@Autowired
	private Messages messages;

	@Autowired
	private Contacts contacts;

	@AfterEach
	void finish() {
		this.contacts.finish();
	}

	@ParameterizedTest
	@CsvSource({ "false,rule,e", "false,method,hang", "true,rule,e", "true,method,hang" })
	void whenAnEventIsDecidedTooLateThenItIsRefusedInTimeAndNeverDelivered(boolean netty, String what, String event,
			CapturedOutput output) {
		String room = what + Rooms.fresh();
		List<RawStompClient> stuck = connect(netty, HANGING);
		try (RawStompClient ben = connect(netty); RawStompClient ada = connect(netty)) {
			ben.subscribe("s1", "/realtime/hanging." + room);
			ben.subscribe("s2", "/realtime/parlour." + room);
			for (RawStompClient each : stuck) {
				send(each, "hanging." + room, event);
			}
			this.gates.awaitReached(room);
			send(ada, "parlour." + room, "e");
			assertThat(ada.next()).isEqualTo("RECEIPT\nreceipt-id:r\n\n");
			assertThat(RawStompClient.header(ben.next(), "subscription")).isEqualTo("s2");
			for (RawStompClient each : stuck) {
				String refused = each.next();
				assertThat(refused).startsWith("RECEIPT\nreceipt-id:r\nrealtime-control:denied\ncode:unavailable\n");
			}
			this.gates.open(room);
			for (RawStompClient each : stuck) {
				send(each, "parlour." + room, "e");
				assertThat(each.next()).isEqualTo("RECEIPT\nreceipt-id:r\n\n");
			}
			assertThat(ben.next(HANGING)).extracting((frame) -> RawStompClient.header(frame, "subscription"))
				.containsOnly("s2");
			ben.expectNothingElse();
			assertThat(output).contains("waited too long for the methods for events to /realtime/hanging." + room);
		}
		finally {
			this.gates.open(room);
			stuck.forEach(RawStompClient::close);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenMethodsHangThenTheirCallersAreToldAndOthersGetTheirReplies(boolean netty, CapturedOutput output) {
		String gate = Rooms.fresh();
		List<RawStompClient> stuck = connect(netty, HANGING);
		try (RawStompClient other = connect(netty)) {
			for (RawStompClient each : stuck) {
				call(each, "gated." + gate);
			}
			this.gates.awaitReached(gate);
			call(other, "contacts.text");
			assertThat(RawStompClient.body(other.next())).isEqualTo("\"say \\\"hi\\\"\"");
			for (RawStompClient each : stuck) {
				String failed = each.next();
				assertThat(RawStompClient.header(failed, "realtime-control")).isEqualTo("error");
				assertThat(RawStompClient.header(failed, "correlation-id")).isEqualTo("c");
				assertThat(RawStompClient.code(failed)).isEqualTo("failed");
			}
			this.gates.open(gate);
			await().until(() -> this.messages.handled().stream().filter(gate::equals).count() == HANGING);
			stuck.forEach(RawStompClient::expectNothingElse);
			assertThat(output).contains("waited too long for the reply of /app/gated." + gate);
		}
		finally {
			this.gates.open(gate);
			stuck.forEach(RawStompClient::close);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenFuturesAreNeverDoneThenTheirCallsDoNotCountForEver(boolean netty) {
		try (RawStompClient client = connect(netty)) {
			call(client, "contacts.later");
			call(client, "contacts.later");
			call(client, "contacts.text");
			assertThat(RawStompClient.code(client.next())).isEqualTo("rate-limited");
			assertThat(client.next(2)).extracting(RawStompClient::code).containsOnly("failed");
			call(client, "contacts.text");
			assertThat(RawStompClient.header(client.next(), "realtime-control")).isNull();
			this.contacts.finish();
			client.expectNothingElse();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenEverythingIsInTimeThenNobodyIsToldOtherwise(boolean netty, CapturedOutput output) {
		try (RawStompClient client = connect(netty)) {
			String room = "method" + Rooms.fresh();
			this.gates.open(room);
			send(client, "hanging." + room, "hang");
			call(client, "contacts.text");
			assertThat(client.next(2)).noneMatch((frame) -> frame.contains("realtime-control"));
			// Longer than anybody waits.
			await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(10)).until(() -> !client.hasNext());
			assertThat(output).doesNotContain("waited too long");
		}
	}

	private List<RawStompClient> connect(boolean netty, int count) {
		return IntStream.range(0, count).mapToObj((i) -> connect(netty)).toList();
	}

	private RawStompClient connect(boolean netty) {
		RawStompClient client = RawStompClient.handshake(netty ? this.endpoint.getPort() : this.port)
			.connect("passcode:acme");
		client.send("SUBSCRIBE\nid:replies\ndestination:/realtime/@replies\nreceipt:r\n\n\0");
		assertThat(client.next()).isEqualTo("RECEIPT\nreceipt-id:r\n\n");
		return client;
	}

	private static void send(RawStompClient client, String topic, String event) {
		client.send("SEND\ndestination:/realtime/" + topic + "\nevent:" + event + "\nreceipt:r\n\n{}\0");
	}

	private static void call(RawStompClient client, String destination) {
		client.send("SEND\ndestination:/app/" + destination + "\nreply-to:replies\ncorrelation-id:c\n\n"
				+ destination.substring(destination.indexOf('.') + 1) + "\0");
	}

}
