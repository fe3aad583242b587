package dev.realtime.autoconfigure;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import com.jayway.jsonpath.JsonPath;
import dev.realtime.Access;
import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.embedded.RedisServer;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tenants, sessions and logins that end on one node while their connections are on
 * another, and what others publish there meanwhile, with a real Redis between them.
 */
@Timeout(300)
@Tag("T8")
class EndsAcrossNodesTests {

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	private static RedisServer redis;

	private static ConfigurableApplicationContext one;

	private static ConfigurableApplicationContext other;

	@BeforeAll
	static void start() throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0)) {
			port = socket.getLocalPort();
		}
		redis = RedisServer.newRedisServer().port(port).setting("bind 127.0.0.1").setting("save \"\"").build();
		redis.start();
		one = node(port);
		other = node(port);
	}

	private static ConfigurableApplicationContext node(int redisPort) {
		return new SpringApplicationBuilder(TestApplication.class).run("--server.port=0",
				"--spring.data.redis.host=127.0.0.1", "--spring.data.redis.port=" + redisPort,
				"--" + TestApplication.SECRET);
	}

	@AfterAll
	static void stop() throws IOException {
		one.close();
		other.close();
		redis.stop();
	}

	@Test
	void whenATenantHasToGoThenItsConnectionsOnAllNodesEndAndNoOthers() {
		try (RawStompClient sam = RawStompClient.connect(port(other), "sam@acme");
				RawStompClient alice = RawStompClient.connect(port(one), "alice");
				RawStompClient namesake = RawStompClient.connect(port(other), "sam@globex")) {
			assertThat(access().disconnectTenant()).succeedsWithin(Duration.ofSeconds(10));
			assertThat(sam.closeCode()).isEqualTo(4504);
			assertThat(alice.closeCode()).isEqualTo(4504);
			namesake.expectNothingElse();
		}
	}

	@Test
	void whenUsersAreToComeBackThenTheirConnectionsOnAllNodesEnd() {
		try (RawStompClient sam = RawStompClient.connect(port(other), "sam@acme");
				RawStompClient alice = RawStompClient.connect(port(other), "alice")) {
			assertThat(access().reconnect("sam")).succeedsWithin(Duration.ofSeconds(10));
			assertThat(sam.closeCode()).isEqualTo(4008);
			alice.expectNothingElse();
		}
	}

	@Test
	void whenASessionIsToGoThenItsConnectionsEndHereAndThereAndNoOthers() throws Exception {
		String session = login();
		String id = session.substring(session.indexOf('=') + 1);
		try (RawStompClient here = RawStompClient.handshake(port(one)).header("Cookie", session).connect();
				RawStompClient there = connectElsewhere(session);
				RawStompClient another = connectElsewhere(login())) {
			assertThat(acme(other).access().disconnectSession(id)).succeedsWithin(Duration.ofSeconds(10));
			assertThat(here.closeCode()).isEqualTo(4503);
			assertThat(there.closeCode()).isEqualTo(4503);
			another.subscribe("s1", "/realtime/@me");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/logout", "/session/end" })
	void whenTheSessionEndsWhileItsConnectionIsOnAnotherNodeThenThatEnds(String path) throws Exception {
		String session = login();
		try (RawStompClient there = connectElsewhere(session); RawStompClient another = connectElsewhere(login())) {
			assertThat(post(path, session, "").statusCode()).isIn(200, 204);
			assertThat(there.closeCode()).isEqualTo(4503);
			another.subscribe("s1", "/realtime/@me");
		}
	}

	@Test
	void whenOthersPublishOnBothNodesThenNothingComesAfterTheRevocation() throws Exception {
		String room = Rooms.fresh();
		AtomicBoolean running = new AtomicBoolean(true);
		List<Thread> publishers = Stream.of(one, other, other).map((node) -> new Thread(() -> {
			while (running.get()) {
				acme(node).publish("room." + room, Map.of("n", 1)).join();
				// No more than the client can take.
				LockSupport.parkNanos(100_000);
			}
		})).toList();
		try (RawStompClient sam = RawStompClient.connect(port(other), "sam@acme");
				RawStompClient alice = RawStompClient.connect(port(other), "alice")) {
			sam.subscribe("s1", "/realtime/room." + room);
			alice.subscribe("s1", "/realtime/room." + room);
			publishers.forEach(Thread::start);
			sam.next(100);
			assertThat(access().revoke("sam", "room." + room)).succeedsWithin(Duration.ofSeconds(10));
			long last = 0;
			String frame = sam.next();
			while (RawStompClient.header(frame, "realtime-control") == null) {
				last = RawStompClient.offset(frame);
				frame = sam.next();
			}
			assertThat(RawStompClient.header(frame, "realtime-control")).isEqualTo("revoked");
			long later = acme(other).publish("room." + room, Map.of("n", 1)).join().offset();
			assertThat(last).isLessThan(later);
			while (RawStompClient.offset(alice.next()) < later + 100) {
				// The others go on.
			}
			sam.expectNothingElse();
		}
		finally {
			running.set(false);
			for (Thread publisher : publishers) {
				publisher.join();
			}
		}
	}

	private static Realtime acme(ConfigurableApplicationContext node) {
		return node.getBean(Realtime.class).forTenant("acme");
	}

	private static int port(ConfigurableApplicationContext node) {
		return node.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	private static Access access() {
		return acme(one).access();
	}

	/**
	 * Connects to the other node, with a token that was got in a session of this one.
	 */
	private static RawStompClient connectElsewhere(String session) throws Exception {
		String token = JsonPath.read(post("/realtime/tokens/connection", session, "").body(), "$.token");
		return RawStompClient.handshake(port(other)).connect("passcode:" + token);
	}

	/**
	 * Logs in.
	 * @return the cookie of the session
	 */
	private static String login() throws Exception {
		HttpResponse<String> response = post("/login", null, "username=alice&password=password");
		String cookie = response.headers().firstValue("Set-Cookie").orElseThrow();
		return cookie.substring(0, cookie.indexOf(';'));
	}

	private static HttpResponse<String> post(String path, String session, String form)
			throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port(one) + path))
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(HttpRequest.BodyPublishers.ofString(form));
		if (session != null) {
			request.header("Cookie", session);
		}
		return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

}
