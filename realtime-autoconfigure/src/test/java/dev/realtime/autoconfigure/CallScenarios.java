package dev.realtime.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.realtime.autoconfigure.app.Contacts;
import dev.realtime.limit.Limit;
import dev.realtime.limit.Limiter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Request and reply, frame by frame, whatever the transport.
 */
@ExtendWith(OutputCaptureExtension.class)
abstract class CallScenarios {

	private static final int LIMIT = 64;

	@Autowired
	private Contacts contacts;

	@Autowired
	private Limiter limiter;

	/**
	 * Connects as a user of the tenant {@code acme} who is no administrator.
	 */
	abstract RawStompClient connect();

	abstract RawStompClient connectToOtherTenant();

	abstract String user();

	@AfterEach
	void finish() {
		this.contacts.finish();
	}

	@Test
	void whenMethodReturnsThenCallerAloneGetsTheValue() {
		try (RawStompClient client = caller(); RawStompClient other = caller()) {
			call(client, "c-1", "contacts.get.5", "");
			String body = "{\"id\":5,\"name\":\"Ada\",\"by\":\"" + user() + "\"}";
			assertThat(client.next()).isEqualTo("MESSAGE\nsubscription:replies\nmessage-id:reply\n"
					+ "destination:/realtime/@replies\ncontent-type:application/json\ncorrelation-id:c-1\n"
					+ "content-length:" + body.length() + "\n\n" + body);
			client.expectNothingElse();
			other.expectNothingElse();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			contacts.save      | {"name":"Bob"} | {"id":7,"name":"Bob","by":"%s"}
			contacts.touch     | {}             | null
			contacts.none      |                | null
			contacts.text      |                | "say \\"hi\\""
			contacts.done      |                | null
			contacts.entity.200|                | ["a"]
			contacts.overview  |                | {"name":"Ada"}
			contacts.principal |                | true
			""")
	void whenMethodReturnsThenReplyIsJson(String destination, String body, String reply) {
		try (RawStompClient client = caller()) {
			String frame = call(client, destination, (body != null) ? body : "");
			assertThat(RawStompClient.header(frame, "realtime-control")).isNull();
			assertThat(RawStompClient.body(frame)).isEqualTo(reply.formatted(user()));
			client.expectNothingElse();
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			contacts.delete     |         | forbidden
			contacts.refused    |         | forbidden
			contacts.entity.403 |         | forbidden
			contacts.get.x      |         | invalid-request
			contacts.save       | no json | invalid-request
			contacts.save       | []      | invalid-request
			contacts.entity.400 |         | invalid-request
			contacts.no.such    |         | unknown-destination
			contacts.broken     |         | failed
			contacts.unwritable |         | failed
			contacts.swallowed  |         | failed
			contacts.entity.500 |         | failed
			""")
	void whenCallFailsThenCallerIsToldWhyAndNoMore(String destination, String body, String code,
			CapturedOutput output) {
		try (RawStompClient client = caller()) {
			String frame = call(client, destination, (body != null) ? body : "");
			assertThat(RawStompClient.header(frame, "realtime-control")).isEqualTo("error");
			assertThat(RawStompClient.code(frame)).isEqualTo(code);
			client.expectNothingElse();
		}
		boolean unexpected = Set.of("contacts.broken", "contacts.unwritable").contains(destination);
		assertThat(output.toString().contains("Unhandled exception from message handler method")).isEqualTo(unexpected);
	}

	@Test
	void whenBodyBreaksConstraintsThenCallerIsToldWhichFields() {
		try (RawStompClient client = caller()) {
			String frame = call(client, "contacts.save", "{\"name\":\"\"}");
			assertThat(RawStompClient.header(frame, "realtime-control")).isEqualTo("error");
			assertThat(RawStompClient.body(frame))
				.isEqualTo("{\"code\":\"invalid-request\",\"detail\":\"The request is not valid\","
						+ "\"errors\":[{\"field\":\"name\",\"message\":\"Give it a name\"}]}");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "contacts.get.101", "contacts.missed" })
	void whenApplicationHandlesTheExceptionThenItsAnswerIsTheError(String destination) {
		try (RawStompClient client = caller()) {
			String frame = call(client, destination, "");
			assertThat(RawStompClient.header(frame, "realtime-control")).isEqualTo("error");
			assertThat(RawStompClient.body(frame)).isEqualTo("{\"code\":\"unknown-contact\"}");
			client.expectNothingElse();
		}
	}

	@Test
	void whenValueIsSentElsewhereThenItGoesThereAndIsTheReply() {
		try (RawStompClient client = caller()) {
			client.send("SUBSCRIBE\nid:q\ndestination:/user/queue/contacts\nreceipt:q\n\n\0");
			assertThat(client.next()).isEqualTo("RECEIPT\nreceipt-id:q\n\n");
			call(client, "c", "contacts.announce", "");
			List<String> frames = client.next(2);
			assertThat(frames).extracting((frame) -> RawStompClient.header(frame, "subscription"))
				.containsExactlyInAnyOrder("q", "replies");
			assertThat(frames).extracting(RawStompClient::body).containsExactlyInAnyOrder("new", "\"new\"");
		}
	}

	@Test
	void whenMethodPublishesThenItIsToTheTenantOfTheCaller() {
		String room = Rooms.fresh();
		try (RawStompClient client = caller(); RawStompClient other = connectToOtherTenant()) {
			client.subscribe("s1", "/realtime/room." + room);
			other.subscribe("s1", "/realtime/room." + room);
			call(client, "c", "contacts.tell." + room, "");
			List<String> frames = client.next(2);
			assertThat(frames).extracting(RawStompClient::body).containsExactlyInAnyOrder("null", "{\"told\":true}");
			other.expectNothingElse();
		}
	}

	@Test
	void whenMessageIsNoCallThenNothingIsReplied() {
		try (RawStompClient client = caller()) {
			client.send("SEND\ndestination:/app/contacts.get.5\n\n\0");
			client.send("SEND\ndestination:/app/contacts.broken\n\n\0");
			client.send("SEND\ndestination:/app/contacts.touch\nreply-to:/temp-queue/x\nreceipt:r\n\n{}\0");
			assertThat(client.next()).isEqualTo("RECEIPT\nreceipt-id:r\n\n");
			client.expectNothingElse();
		}
	}

	@Test
	void whenCallAsksForAReceiptThenItComesAfterTheReply() {
		try (RawStompClient client = caller()) {
			client.send("SEND\ndestination:/app/contacts.none\nreply-to:replies\ncorrelation-id:c\nreceipt:r\n\n\0");
			assertThat(RawStompClient.body(client.next())).isEqualTo("null");
			assertThat(client.next()).isEqualTo("RECEIPT\nreceipt-id:r\n\n");
		}
	}

	@Test
	void whenRepliesComeLateThenOthersOvertakeThem() {
		try (RawStompClient client = caller()) {
			call(client, "late", "contacts.later", "");
			assertThat(RawStompClient.header(call(client, "contacts.none", ""), "correlation-id")).isEqualTo("c");
			this.contacts.finish();
			assertThat(RawStompClient.header(client.next(), "correlation-id")).isEqualTo("late");
		}
	}

	@Test
	void whenManyCallAtOnceThenEachGetsTheReplyToItsOwn() {
		try (RawStompClient client = caller(); RawStompClient other = caller()) {
			for (RawStompClient each : List.of(client, other)) {
				each.send(IntStream.range(0, 100)
					.mapToObj((i) -> frame("c" + i, "contacts.get." + i, ""))
					.collect(Collectors.joining()));
			}
			for (RawStompClient each : List.of(client, other)) {
				for (int i = 0; i < 100; i++) {
					String reply = each.next();
					assertThat(RawStompClient.header(reply, "correlation-id")).isEqualTo("c" + i);
					assertThat(RawStompClient.body(reply)).startsWith("{\"id\":" + i + ",");
				}
				each.expectNothingElse();
			}
		}
	}

	@Test
	void whenTooManyCallsWaitForRepliesThenMoreAreRefusedUntilTheyCame() {
		long refused = this.limiter.refusedSoFar(Limit.CALLS_PER_CONNECTION);
		try (RawStompClient client = caller(); RawStompClient other = caller()) {
			for (int i = 0; i < LIMIT; i++) {
				call(client, "c" + i, "contacts.later", "");
			}
			String frame = call(client, "contacts.none", "");
			assertThat(RawStompClient.header(frame, "realtime-control")).isEqualTo("error");
			assertThat(RawStompClient.header(frame, "retry-after")).isEqualTo("1000");
			assertThat(RawStompClient.code(frame)).isEqualTo("rate-limited");
			assertThat(this.limiter.refusedSoFar(Limit.CALLS_PER_CONNECTION)).isEqualTo(refused + 1);
			assertThat(RawStompClient.body(call(other, "contacts.none", ""))).isEqualTo("null");
			this.contacts.finish();
			assertThat(client.next(LIMIT)).allSatisfy((reply) -> assertThat(reply).contains("\"late\""));
			assertThat(RawStompClient.body(call(client, "contacts.none", ""))).isEqualTo("null");
		}
	}

	@Test
	void whenConnectionIsGoneThenItsCallsAreDropped(CapturedOutput output) {
		RawStompClient client = caller();
		call(client, "late", "contacts.later", "");
		await().until(() -> this.contacts.pending() == 1);
		client.closeNormally();
		client.closeCode();
		try (RawStompClient other = caller()) {
			this.contacts.finish();
			other.expectNothingElse();
		}
		assertThat(output).doesNotContain(" ERROR ");
	}

	@Test
	void whenClientUnsubscribesFromRepliesThenNoneComes() {
		try (RawStompClient client = caller()) {
			call(client, "late", "contacts.later", "");
			await().until(() -> this.contacts.pending() == 1);
			client.unsubscribe("replies");
			this.contacts.finish();
			client.expectNothingElse();
			client.send("SEND\ndestination:/app/contacts.none\nreply-to:replies\ncorrelation-id:c\nreceipt:r\n\n\0");
			assertThat(client.next()).isEqualTo("RECEIPT\nreceipt-id:r\nrealtime-control:denied\ncode:bad-request\n\n");
			client.expectNothingElse();
		}
	}

	@Test
	void whenCorrelationIdIsMissingOrNotValidThenCallIsRefused() {
		try (RawStompClient client = caller()) {
			for (String header : List.of("", "correlation-id:\n", "correlation-id:a\\nb\n",
					"correlation-id:" + "x".repeat(129) + "\n")) {
				client.send("SEND\ndestination:/app/contacts.none\nreply-to:replies\n" + header + "\n\0");
				String frame = client.next();
				assertThat(RawStompClient.header(frame, "realtime-control")).isEqualTo("error");
				assertThat(RawStompClient.header(frame, "correlation-id")).isNull();
				assertThat(RawStompClient.code(frame)).isEqualTo("bad-request");
			}
			client.expectNothingElse();
		}
	}

	@ParameterizedTest
	@CsvSource({ "/realtime/room.x,bad-request", "/topic/x,unknown-destination", "/app,unknown-destination" })
	void whenDestinationTakesNoCallsThenCallerIsTold(String destination, String code) {
		try (RawStompClient client = caller()) {
			client.send("SEND\ndestination:" + destination + "\nreply-to:replies\ncorrelation-id:c\n\n\0");
			String frame = client.next();
			assertThat(RawStompClient.header(frame, "correlation-id")).isEqualTo("c");
			assertThat(RawStompClient.code(frame)).isEqualTo(code);
			client.expectNothingElse();
		}
	}

	@Test
	void whenIdOfASubscriptionIsTakenThenItIsDenied() {
		try (RawStompClient client = caller()) {
			assertThat(client.subscribeInVain("replies", "/realtime/@replies")).isEqualTo("duplicate-id");
			assertThat(client.subscribeInVain("replies", "/realtime/room.x")).isEqualTo("duplicate-id");
			client.subscribe("s1", "/realtime/room.x");
			assertThat(client.subscribeInVain("s1", "/realtime/@replies")).isEqualTo("duplicate-id");
			assertThat(client.subscribeInVain("@x", "/realtime/@replies")).isEqualTo("bad-request");
			for (int i = 1; i < 16; i++) {
				subscribe(client, "more" + i);
			}
			assertThat(client.subscribeInVain("toomany", "/realtime/@replies")).isEqualTo("too-many-subscriptions");
			assertThat(Stream.of("replies", "more15"))
				.allSatisfy((id) -> assertThat(RawStompClient.header(call(client, "contacts.none", ""), "subscription"))
					.isEqualTo("replies"));
		}
	}

	RawStompClient caller() {
		RawStompClient client = connect();
		subscribe(client, "replies");
		return client;
	}

	private static void subscribe(RawStompClient client, String id) {
		client.send("SUBSCRIBE\nid:" + id + "\ndestination:/realtime/@replies\nreceipt:r\n\n\0");
		assertThat(client.next()).isEqualTo("RECEIPT\nreceipt-id:r\n\n");
	}

	static String call(RawStompClient client, String destination, String body) {
		call(client, "c", destination, body);
		String reply = client.next();
		assertThat(RawStompClient.header(reply, "correlation-id")).isEqualTo("c");
		assertThat(RawStompClient.header(reply, "subscription")).isEqualTo("replies");
		return reply;
	}

	private static void call(RawStompClient client, String correlationId, String destination, String body) {
		client.send(frame(correlationId, destination, body));
	}

	private static String frame(String correlationId, String destination, String body) {
		return "SEND\ndestination:/app/" + destination + "\nreply-to:replies\ncorrelation-id:" + correlationId + "\n\n"
				+ body + "\0";
	}

}
