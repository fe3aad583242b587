package dev.realtime.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.realtime.Access;
import dev.realtime.Decision;
import dev.realtime.autoconfigure.app.Permits;
import dev.realtime.redis.Proxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Rights that are withdrawn on one node while somebody uses them on another, with a real
 * Redis between them.
 */
@Timeout(300)
@Tag("T8")
class AccessAcrossNodesTests {

	private RedisNodes nodes;

	private ConfigurableApplicationContext one;

	private ConfigurableApplicationContext other;

	@BeforeEach
	void start() {
		this.nodes = new RedisNodes();
		this.one = this.nodes.start();
		this.other = this.nodes.start("realtime.recheck-interval=2s", "realtime.heartbeat=1s");
	}

	@AfterEach
	void stop() {
		this.nodes.close();
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
			RedisNodes.acme(this.other).publish("room.across", Map.of("n", 1)).join();
			RedisNodes.acme(this.one).publish("room.across", Map.of("n", 2)).join();
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
	void whenTheLinkOfANodeIsCutThenItObeysLaterWhatWasOrderedMeanwhile() throws Exception {
		try (Proxy proxy = new Proxy(this.nodes.redis().port())) {
			ConfigurableApplicationContext far = this.nodes.startAt(proxy.port());
			try (RawStompClient sam = RawStompClient.connect(RedisNodes.port(far), "sam@acme");
					RawStompClient ada = RawStompClient.connect(RedisNodes.port(far), "ada@acme");
					RawStompClient ben = RawStompClient.connect(RedisNodes.port(far), "ben@acme")) {
				for (RawStompClient each : List.of(sam, ada, ben)) {
					each.subscribe("s1", "/realtime/room.link");
				}
				proxy.cut();
				assertThat(access().disconnect("sam")).succeedsWithin(Duration.ofSeconds(10));
				assertThat(access().revoke("ada", "room.link")).succeedsWithin(Duration.ofSeconds(10));
				RedisNodes.acme(this.one).publish("room.link", Map.of("n", 1)).join();
				await().during(Duration.ofMillis(300))
					.until(() -> Stream.of(sam, ada, ben).noneMatch(RawStompClient::hasNext));
				proxy.restore();
				assertThat(RawStompClient.body(ben.next())).isEqualTo("{\"n\":1}");
				assertThat(lastOf(ada)).contains("realtime-control:revoked");
				assertThat(sam.closeCode()).isEqualTo(4504);
				ben.expectNothingElse();
			}
		}
	}

	@Test
	void whenRedisLosesAnOrderThenItIsRepeatedForTheNodeThatMissedIt() throws Exception {
		try (Proxy proxy = new Proxy(this.nodes.redis().port())) {
			ConfigurableApplicationContext far = this.nodes.startAt(proxy.port());
			try (RawStompClient sam = RawStompClient.connect(RedisNodes.port(far), "sam@acme");
					RawStompClient ben = RawStompClient.connect(RedisNodes.port(far), "ben@acme")) {
				access().disconnect("ben").join();
				assertThat(ben.closeCode()).isEqualTo(4504);
				try (RawStompClient back = RawStompClient.connect(RedisNodes.port(far), "ben@acme")) {
					proxy.cut();
					access().disconnect("sam").join();
					this.nodes.redis().execute((redis) -> redis.flushall());
					proxy.restore();
					assertThat(sam.closeCode()).isEqualTo(4504);
					back.subscribe("s1", "/realtime/room.lost");
					back.expectNothingElse();
				}
			}
		}
	}

	/**
	 * What was published and the order go different ways, each without waiting for the
	 * other.
	 */
	private static String lastOf(RawStompClient client) {
		String frame = client.next();
		return frame.contains("realtime-control:") ? frame : client.next();
	}

	@Test
	void whenNodesAreCutOffThenTheIntervalDoesIt() throws Exception {
		Permits permits = this.other.getBean(Permits.class);
		permits.set("sam", "cut", Decision.allow());
		try (RawStompClient client = connect()) {
			client.subscribe("s1", "/realtime/permitted.cut");
			client.subscribe("s2", "/realtime/room.cut");
			this.nodes.redis().stop();
			permits.set("sam", "cut", Decision.deny());
			assertThat(access().recheck("sam")).isNotDone();
			String frame = client.next();
			assertThat(RawStompClient.header(frame, "realtime-control")).isEqualTo("revoked");
			assertThat(RawStompClient.header(frame, "subscription")).isEqualTo("s1");
			access().revoke("sam", "room.cut");
			this.nodes.redis().start();
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
		return RedisNodes.acme(this.one).access();
	}

	private RawStompClient connect() {
		return RawStompClient.connect(RedisNodes.port(this.other), "sam@acme");
	}

}
