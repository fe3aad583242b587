package dev.realtime.autoconfigure;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;

import dev.realtime.Access;
import dev.realtime.Decision;
import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.Permits;
import dev.realtime.autoconfigure.app.TestApplication;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import redis.embedded.RedisServer;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rights that are withdrawn on one node while somebody uses them on another, with a real
 * Redis between them.
 */
@Timeout(300)
@Tag("T8")
class AccessAcrossNodesTests {

	private RedisServer redis;

	private int redisPort;

	private ConfigurableApplicationContext one;

	private ConfigurableApplicationContext other;

	@BeforeEach
	void start() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			this.redisPort = socket.getLocalPort();
		}
		this.redis = RedisServer.newRedisServer()
			.port(this.redisPort)
			.setting("bind 127.0.0.1")
			.setting("save \"\"")
			.build();
		this.redis.start();
		this.one = node();
		this.other = node("--realtime.recheck-interval=2s", "--realtime.heartbeat=1s");
	}

	@AfterEach
	void stop() throws IOException {
		this.one.close();
		this.other.close();
		this.redis.stop();
	}

	private ConfigurableApplicationContext node(String... arguments) {
		SpringApplicationBuilder application = new SpringApplicationBuilder(TestApplication.class);
		application.properties("server.port=0", "spring.data.redis.host=127.0.0.1",
				"spring.data.redis.port=" + this.redisPort, "realtime.token.secret=0123456789abcdef0123456789abcdef");
		return application.run(arguments);
	}

	@Test
	void whenARightIsRevokedOnAnotherNodeThenNothingComesOfItAfterTheBound() {
		try (RawStompClient client = connect()) {
			client.subscribe("s1", "/realtime/room.across");
			assertThat(access().revoke("sam", "room.across")).succeedsWithin(Duration.ofSeconds(10));
			long published = System.nanoTime();
			String frame = client.next();
			Duration took = Duration.ofNanos(System.nanoTime() - published);
			assertThat(RawStompClient.header(frame, "realtime-control")).isEqualTo("revoked");
			assertThat(took).isLessThan(Duration.ofSeconds(1));
			realtime(this.other).publish("room.across", Map.of("n", 1)).join();
			realtime(this.one).publish("room.across", Map.of("n", 2)).join();
			client.expectNothingElse();
		}
	}

	@Test
	void whenSomebodyHasToGoThenTheirConnectionsOnAllNodesEnd() {
		try (RawStompClient client = connect()) {
			access().disconnect("sam").join();
			assertThat(client.closeCode()).isEqualTo(4504);
		}
	}

	@Test
	void whenNodesAreCutOffThenTheIntervalDoesIt() throws Exception {
		Permits permits = this.other.getBean(Permits.class);
		permits.set("sam", "cut", Decision.allow());
		try (RawStompClient client = connect()) {
			client.subscribe("s1", "/realtime/permitted.cut");
			client.subscribe("s2", "/realtime/room.cut");
			this.redis.stop();
			permits.set("sam", "cut", Decision.deny());
			assertThat(access().recheck("sam")).isNotDone();
			String frame = client.next();
			assertThat(RawStompClient.header(frame, "realtime-control")).isEqualTo("revoked");
			assertThat(RawStompClient.header(frame, "subscription")).isEqualTo("s1");
			access().revoke("sam", "room.cut");
			this.redis.start();
			frame = client.next();
			while (RawStompClient.header(frame, "realtime-control").equals("gap")) {
				// Redis lost its data meanwhile.
				frame = client.next();
			}
			assertThat(RawStompClient.header(frame, "realtime-control")).isEqualTo("revoked");
			assertThat(RawStompClient.header(frame, "subscription")).isEqualTo("s2");
		}
	}

	private Access access() {
		return realtime(this.one).access();
	}

	private static Realtime realtime(ConfigurableApplicationContext node) {
		return node.getBean(Realtime.class).forTenant("acme");
	}

	private RawStompClient connect() {
		int port = this.other.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		return RawStompClient.connect(port, "sam@acme");
	}

}
