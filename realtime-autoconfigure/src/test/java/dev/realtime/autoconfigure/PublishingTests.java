package dev.realtime.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.realtime.Realtime;
import dev.realtime.StreamPosition;
import dev.realtime.autoconfigure.app.Gates;
import dev.realtime.autoconfigure.app.TestApplication.ContactUpdated;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Publishing, as subscribers see it.
 */
@EndpointTest
class PublishingTests {

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Autowired
	private Gates gates;

	@Test
	void whenScheduledJobPublishesForATenantThenThatTenantHearsIt() {
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient carol = RawStompClient.connect(this.port, "carol")) {
			carol.subscribe("s1", "/realtime/job.done");
			alice.subscribe("s1", "/realtime/job.done", "replay:none");
			List<String> runs = alice.next(3);
			assertThat(runs).allSatisfy((run) -> assertThat(RawStompClient.body(run)).matches("\\{\"run\":\\d+}"));
			assertThat(RawStompClient.offset(runs.get(2))).isEqualTo(RawStompClient.offset(runs.get(0)) + 2);
			carol.expectNothingElse();
		}
	}

	@Test
	void whenTransactionIsOpenThenSubscribersHearAfterTheCommitOnly() {
		String room = Rooms.fresh();
		try (RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			bob.subscribe("s1", "/realtime/room." + room);
			CompletableFuture<HttpResponse<Void>> response = post("/rooms/" + room + "/gated", "hi");
			this.gates.awaitReached(room);
			bob.expectNothingElse();
			this.gates.open(room);
			assertThat(RawStompClient.body(bob.next())).isEqualTo("{\"text\":\"hi\"}");
			assertThat(response.join().statusCode()).isEqualTo(200);
			bob.expectNothingElse();
		}
	}

	@Test
	void whenTransactionIsRolledBackThenSubscribersHearNothing() {
		String room = Rooms.fresh();
		try (RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			bob.subscribe("s1", "/realtime/room." + room);
			assertThat(post("/rooms/" + room + "/failing", "lost").join().statusCode()).isEqualTo(500);
			post("/rooms/" + room, "after").join();
			String message = bob.next();
			assertThat(RawStompClient.body(message)).isEqualTo("{\"text\":\"after\"}");
			assertThat(RawStompClient.offset(message)).isEqualTo(1);
			bob.expectNothingElse();
		}
	}

	@Test
	void whenPublicationDoesNotWaitForTheTransactionThenItGoesOutThoughThatIsRolledBack() {
		String room = Rooms.fresh();
		try (RawStompClient bob = RawStompClient.connect(this.port, "bob")) {
			bob.subscribe("s1", "/realtime/room." + room);
			post("/rooms/" + room + "/now", "at once").join();
			assertThat(RawStompClient.body(bob.next())).isEqualTo("{\"text\":\"at once\"}");
		}
	}

	@Test
	void whenRequestPublishesThenItGoesToTheTenantOfItsUser() {
		String room = Rooms.fresh();
		try (RawStompClient bob = RawStompClient.connect(this.port, "bob");
				RawStompClient carol = RawStompClient.connect(this.port, "carol")) {
			bob.subscribe("s1", "/realtime/room." + room);
			carol.subscribe("s1", "/realtime/room." + room);
			post("/rooms/" + room, "for acme").join();
			assertThat(RawStompClient.body(bob.next())).isEqualTo("{\"text\":\"for acme\"}");
			carol.expectNothingElse();
		}
	}

	@Test
	void whenOneConnectionIsExceptedThenTheOthersOfTheSameUserStillHear() {
		String room = Rooms.fresh();
		try (RawStompClient editor = RawStompClient.connect(this.port, "alice");
				RawStompClient other = RawStompClient.connect(this.port, "alice");
				RawStompClient late = RawStompClient.connect(this.port, "alice")) {
			editor.subscribe("s1", "/realtime/room." + room);
			other.subscribe("s1", "/realtime/room." + room);
			post("/rooms/" + room, "edit", "X-Connection", editor.session()).join();
			post("/rooms/" + room, "more").join();
			assertThat(other.next(2)).extracting(RawStompClient::body)
				.containsExactly("{\"text\":\"edit\"}", "{\"text\":\"more\"}");
			assertThat(RawStompClient.body(editor.next())).isEqualTo("{\"text\":\"more\"}");
			editor.expectNothingElse();
			late.subscribe("s1", "/realtime/room." + room, "filter:{\"text\"\\c\"edit\"}");
			assertThat(RawStompClient.body(late.next())).isEqualTo("{\"text\":\"edit\"}");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "/all" })
	void whenOthersAreMeantThenTheConnectionOfTheRequestHearsNothing(String path) {
		String room = Rooms.fresh();
		try (RawStompClient editor = RawStompClient.connect(this.port, "alice");
				RawStompClient other = RawStompClient.connect(this.port, "alice")) {
			editor.subscribe("s1", "/realtime/room." + room);
			other.subscribe("s1", "/realtime/room." + room);
			post("/others/" + room + path, "edit", "X-Realtime-Connection", editor.session()).join();
			post("/others/" + room + path, "no header").join();
			post("/others/" + room + path, "unknown", "X-Realtime-Connection", "x").join();
			post("/others/" + room + path, "useless", "X-Realtime-Connection", "x".repeat(129)).join();
			List<String> all = List.of("edit", "no header", "unknown", "useless");
			assertThat(other.next(4)).extracting(RawStompClient::body)
				.containsExactlyElementsOf(all.stream().map((text) -> "{\"text\":\"" + text + "\"}").toList());
			assertThat(editor.next(3)).extracting(RawStompClient::body)
				.containsExactlyElementsOf(all.stream().skip(1).map((text) -> "{\"text\":\"" + text + "\"}").toList());
			editor.expectNothingElse();
		}
	}

	@Test
	void whenOthersAreMeantInAMessageMappingThenItsOwnConnectionHearsNothing() {
		String room = Rooms.fresh();
		try (RawStompClient editor = RawStompClient.connect(this.port, "alice");
				RawStompClient other = RawStompClient.connect(this.port, "alice")) {
			editor.subscribe("s1", "/realtime/room." + room);
			other.subscribe("s1", "/realtime/room." + room);
			editor.send("SEND\ndestination:/app/others." + room + "\ncontent-type:text/plain\n\nedit\0");
			assertThat(RawStompClient.body(other.next())).isEqualTo("{\"text\":\"edit\"}");
			editor.expectNothingElse();
			acme().to("room.{room}", room).toOthers().publish().join();
			assertThat(RawStompClient.body(editor.next())).isEqualTo("{}");
		}
	}

	@Test
	void whenEventIsNamedThenSubscribersSeeItAndWhenItWasPublished() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room);
			long before = Instant.now().toEpochMilli();
			acme().to("room.{room}", room).event("a:b\\c").data(List.of("\u0000\ud83d\ude00", "\n")).publish().join();
			String message = alice.next();
			assertThat(RawStompClient.header(message, "event")).isEqualTo("a\\cb\\\\c");
			assertThat(Long.parseLong(RawStompClient.header(message, "timestamp"))).isBetween(before,
					Instant.now().toEpochMilli());
			assertThat(RawStompClient.body(message)).isEqualTo("[\"\\u0000\ud83d\ude00\",\"\\n\"]");
			assertThat(RawStompClient.header(message, "content-length")).isEqualTo("19");
			acme().to("room.{room}", room).publish().join();
			String empty = alice.next();
			assertThat(RawStompClient.body(empty)).isEqualTo("{}");
			assertThat(RawStompClient.header(empty, "event")).isNull();
		}
	}

	@Test
	void whenPublicationIsRepeatedWithTheSameKeyThenItComesOnce() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room);
			StreamPosition first = acme().to("room." + room).data(1).idempotencyKey("k1").publish().join();
			assertThat(acme().to("room." + room).data(2).idempotencyKey("k1").publish().join()).isEqualTo(first);
			acme().to("room." + room).data(3).idempotencyKey("k2").publish().join();
			assertThat(alice.next(2)).extracting(RawStompClient::body).containsExactly("1", "3");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenPayloadIsAsLargeAsItMayBeThenItArrivesWhole() {
		String room = Rooms.fresh();
		String text = "x".repeat(16 * 1024 - 2);
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room);
			acme().publish("room." + room, text).join();
			assertThat(RawStompClient.body(alice.next())).isEqualTo('"' + text + '"');
			assertThatIllegalArgumentException().isThrownBy(() -> acme().publish("room." + room, text + "x"))
				.withMessageContaining("realtime.limits.payload-size");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenManyThousandMessagesArePublishedThenAllArriveInOrder() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room);
			int received = 0;
			for (int i = 1; i <= 5000; i++) {
				acme().publish("room." + room, i);
				while (received < i && (i % 500 == 0)) {
					// No more than may be pending.
					String message = alice.next();
					received++;
					assertThat(RawStompClient.body(message)).isEqualTo(Integer.toString(received));
					assertThat(RawStompClient.offset(message)).isEqualTo(received);
				}
			}
		}
	}

	@Test
	void whenProgrammerIsMistakenThenPublishingThrowsAtOnce() {
		assertThatIllegalArgumentException().isThrownBy(() -> acme().publish("no.such.topic", 1))
			.withMessageContaining("no.such.topic");
		assertThatIllegalArgumentException().isThrownBy(() -> acme().to("room.{room}"));
		assertThatIllegalArgumentException().isThrownBy(() -> acme().to("room.{room}", "a.b"));
		assertThatIllegalArgumentException().isThrownBy(() -> acme().publish("item.x", Map.of("no", "key")));
		assertThatIllegalArgumentException().isThrownBy(() -> acme().publish(new Object()));
		assertThatIllegalStateException().isThrownBy(() -> this.realtime.to("mail.x").publish())
			.withMessageContaining("user");
		assertThat(acme().publish(new ContactUpdated(1, "job")))
			.isCompletedWithValueMatching((position) -> position.offset() > 0);
	}

	private Realtime acme() {
		return this.realtime.forTenant("acme");
	}

	private CompletableFuture<HttpResponse<Void>> post(String path, String text, String... headers) {
		URI uri = URI.create(
				"http://localhost:" + this.port + path + "?text=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
		HttpRequest.Builder request = HttpRequest.newBuilder(uri)
			.POST(HttpRequest.BodyPublishers.noBody())
			.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString("alice:password".getBytes(StandardCharsets.UTF_8)));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return HTTP.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
	}

	@Test
	void whenApplicationHasNoRedisThenItsHealthIsUp() throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/actuator/health"))
			.build();
		HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).contains("\"status\":\"UP\"").doesNotContain("DOWN");
	}

}
