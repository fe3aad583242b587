package dev.realtime.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.realtime.StreamPosition;
import dev.realtime.core.Append;
import dev.realtime.core.ChannelId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is published together goes to Redis together, however far away it is.
 */
@Timeout(120)
class OneRoundTripTests {

	private static final Duration FAR_AWAY = Duration.ofMillis(500);

	private static final int CHANNELS = 100;

	private static final int EACH = 3;

	private final Nodes nodes = new Nodes();

	@AfterEach
	void close() throws Exception {
		this.nodes.close();
	}

	@Test
	void whenSeveralArePublishedTogetherThenItTakesOneRoundTripAndOneWrite() throws Exception {
		try (RedisServer server = RedisServer.running(); Proxy proxy = new Proxy(server.port())) {
			RedisBackplane node = this.nodes.node(proxy.uri(), Duration.ofMinutes(10));
			node.start((channel, publication) -> {
			});
			node.append(Nodes.CHANNEL, Nodes.request(0)).get(60, TimeUnit.SECONDS);
			Nodes.await().until(() -> node.status().connected());
			proxy.delay(FAR_AWAY);
			int roundTrips = proxy.roundTrips();
			int requests = proxy.requests();
			long started = System.nanoTime();
			List<CompletableFuture<StreamPosition>> positions = node.appendAll(appends());
			for (int i = 0; i < positions.size(); i++) {
				assertThat(positions.get(i).get(60, TimeUnit.SECONDS).offset()).isEqualTo(1 + i / CHANNELS);
			}
			assertThat(Duration.ofNanos(System.nanoTime() - started)).isBetween(FAR_AWAY, FAR_AWAY.multipliedBy(10));
			assertThat(proxy.roundTrips() - roundTrips).isEqualTo(1);
			assertThat(proxy.requests() - requests).as("as many as the network makes of one write")
				.isLessThan(CHANNELS / 4);
		}
	}

	private static List<Append> appends() {
		List<Append> appends = new ArrayList<>();
		for (int i = 0; i < CHANNELS * EACH; i++) {
			appends.add(new Append(new ChannelId("acme", "user" + i % CHANNELS, "@me"), Nodes.request(i)));
		}
		return appends;
	}

}
