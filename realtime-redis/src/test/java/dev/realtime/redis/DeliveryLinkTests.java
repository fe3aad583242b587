package dev.realtime.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.realtime.StreamPosition;
import io.lettuce.core.KillArgs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Redis is there, but what it delivers does not get to a node.
 */
@Timeout(300)
@Tag("T24")
class DeliveryLinkTests {

	private final RedisServer server = RedisServer.running();

	private final Nodes nodes = new Nodes();

	@AfterEach
	void close() throws Exception {
		this.nodes.close();
		this.server.close();
	}

	@Test
	void whenOnlyTheLinkForDeliveryIsAwayForHalfAMinuteThenNothingIsMissed() throws Exception {
		try (Proxy proxy = new Proxy(this.server.port())) {
			RedisBackplane node = this.nodes.node(this.server.uri(), proxy.uri());
			RedisBackplane other = this.nodes.publisher(this.server.uri());
			Collector collector = this.nodes.collector(node);
			AtomicInteger published = new AtomicInteger();
			publishInTurn(100, published, node, other);
			Nodes.await().until(() -> collector.count() == 100);
			proxy.cut();
			Nodes.await().during(Duration.ofSeconds(30)).until(() -> {
				publishInTurn(10, published, node, other);
				return true;
			});
			assertThat(node.status().connected()).isFalse();
			assertThat(collector.count()).as("got through while there was no link").isEqualTo(100);
			proxy.restore();
			Nodes.await().until(() -> collector.count() >= published.get());
			assertThat(node.status().connected()).isTrue();
			publishInTurn(100, published, node, other);
			Nodes.await().until(() -> collector.count() >= published.get());
			assertThat(collector.received()).isEqualTo(Nodes.numbers(0, published.get()));
			assertThat(published).hasValueGreaterThan(1000);
			assertThat(collector.interruptions()).isEqualTo(1);
			assertThat(collector.gaps()).isZero();
		}
	}

	/**
	 * Publishes the next numbers, each once the one before is in Redis.
	 */
	private static void publishInTurn(int count, AtomicInteger published, RedisBackplane... publishers)
			throws Exception {
		for (int i = 0; i < count; i++) {
			int number = published.getAndIncrement();
			Nodes.publish(publishers[number % publishers.length], number).get(60, TimeUnit.SECONDS);
		}
	}

	@Test
	void whenTheLinkForDeliveryBreaksAgainAndAgainThenNothingIsMissed() throws Exception {
		Collector collector = this.nodes.collector(this.nodes.node(this.server.uri()));
		RedisBackplane publisher = this.nodes.publisher(this.server.uri());
		List<CompletableFuture<StreamPosition>> meanwhile = new ArrayList<>();
		Nodes.await().during(Duration.ofSeconds(5)).until(() -> {
			this.server.execute((redis) -> redis.clientKill(KillArgs.Builder.typePubsub()));
			meanwhile.add(Nodes.publish(publisher, meanwhile.size()));
			return true;
		});
		Nodes.awaitAll(meanwhile);
		Nodes.await().until(() -> collector.count() >= meanwhile.size());
		assertThat(collector.received()).isEqualTo(Nodes.numbers(0, meanwhile.size()));
		assertThat(collector.interruptions()).isPositive();
		assertThat(collector.gaps()).isZero();
	}

	@Test
	void whenTheLinkIsUpButDeliversNothingThenItIsReplaced() throws Exception {
		RedisBackplane publisher = this.nodes.publisher(this.server.uri());
		try (Proxy proxy = new Proxy(this.server.port())) {
			Collector collector = this.nodes.collector(this.nodes.node(proxy.uri(), Duration.ofMillis(300)));
			Nodes.awaitAll(Nodes.publish(publisher, 0, 1));
			Nodes.await().until(() -> collector.count() == 1);
			proxy.swallow();
			Nodes.awaitAll(Nodes.publish(publisher, 1, 2));
			Nodes.await().until(() -> collector.count() == 2);
			assertThat(collector.received()).isEqualTo(Nodes.numbers(0, 2));
			assertThat(collector.interruptions()).isPositive();
			assertThat(collector.gaps()).isZero();
		}
	}

}
