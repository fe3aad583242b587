package dev.realtime.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.realtime.StreamPosition;
import io.lettuce.core.RedisURI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A replica takes over from its master, as a sentinel decides.
 */
@Timeout(300)
@Tag("T24")
class SentinelTests {

	private final Nodes nodes = new Nodes();

	private final List<RedisServer> servers = new ArrayList<>();

	private final RedisServer master = server();

	@AfterEach
	void close() throws Exception {
		this.nodes.close();
		this.servers.forEach(RedisServer::close);
	}

	@Test
	void whenReplicaHasEverythingThenNothingIsMissed() throws Exception {
		replicaOf(this.master.port());
		RedisURI uri = sentinel();
		Collector collector = this.nodes.collector(this.nodes.node(uri));
		RedisBackplane publisher = this.nodes.publisher(uri);
		StreamPosition before = Nodes.awaitAll(Nodes.publish(publisher, 0, 100));
		this.master.execute((redis) -> redis.waitForReplication(1, 60_000));
		Nodes.await().until(() -> collector.count() == 100);
		this.master.kill();
		StreamPosition after = Nodes.awaitAll(Nodes.publish(publisher, 100, 200));
		assertThat(after).isEqualTo(new StreamPosition(before.epoch(), 200));
		Nodes.await().until(() -> collector.count() >= 200);
		assertThat(collector.received()).isEqualTo(Nodes.numbers(0, 200));
		assertThat(collector.gaps()).isZero();
	}

	@Test
	void whenReplicaLacksTheLatestThenEachSubscriberIsToldOneGap() throws Exception {
		try (Proxy replication = new Proxy(this.master.port())) {
			RedisURI uri = replicated(replication);
			List<Collector> collectors = collectors(uri);
			RedisBackplane publisher = this.nodes.publisher(uri);
			StreamPosition lost = publishHalfReplicated(publisher, replication, collectors);
			this.master.kill();
			StreamPosition after = Nodes.awaitAll(Nodes.publish(publisher, 200, 300));
			assertThat(after.epoch()).isNotEqualTo(lost.epoch());
			assertThat(after.offset()).isEqualTo(100);
			Nodes.await().until(() -> collectors.stream().allMatch((collector) -> collector.count() >= 300));
			Nodes.awaitAll(Nodes.publish(publisher, 300, 400));
			Nodes.await().until(() -> collectors.stream().allMatch((collector) -> collector.count() >= 400));
			assertThat(collectors).allSatisfy((collector) -> {
				assertThat(collector.received()).isEqualTo(Nodes.numbers(0, 400));
				assertThat(collector.gaps()).isEqualTo(1);
			});
		}
	}

	@Test
	void whenOthersTakeThePlacesOfWhatIsLostThenEachSubscriberIsToldOneGap() throws Exception {
		try (Proxy replication = new Proxy(this.master.port())) {
			RedisURI uri = replicated(replication);
			List<Collector> collectors = collectors(uri);
			publishHalfReplicated(this.nodes.publisher(uri), replication, collectors);
			this.master.kill();
			RedisBackplane stranger = this.nodes.publisher(uri);
			Nodes.awaitAll(Nodes.publish(stranger, 200, 300));
			Nodes.await().until(() -> collectors.stream().allMatch((collector) -> collector.gaps() > 0));
			Nodes.awaitAll(Nodes.publish(stranger, 300, 400));
			Nodes.await()
				.until(() -> collectors.stream().allMatch((collector) -> collector.received().contains("399")));
			assertThat(collectors).allSatisfy((collector) -> {
				int count = collector.count();
				assertThat(collector.received().subList(0, 200)).isEqualTo(Nodes.numbers(0, 200));
				assertThat(collector.received().subList(200, count)).isEqualTo(Nodes.numbers(600 - count, 400));
				assertThat(count).isGreaterThanOrEqualTo(300);
				assertThat(collector.gaps()).isEqualTo(1);
			});
		}
	}

	private RedisURI replicated(Proxy replication) {
		replicaOf(replication.uri().getPort());
		return sentinel();
	}

	private List<Collector> collectors(RedisURI uri) throws Exception {
		return List.of(this.nodes.collector(this.nodes.node(uri)), this.nodes.collector(this.nodes.node(uri)));
	}

	/**
	 * Publishes the numbers up to 200, of which the replica gets those up to 100.
	 * @return the position of the last
	 */
	private StreamPosition publishHalfReplicated(RedisBackplane publisher, Proxy replication,
			List<Collector> collectors) throws Exception {
		Nodes.awaitAll(Nodes.publish(publisher, 0, 100));
		this.master.execute((redis) -> redis.waitForReplication(1, 60_000));
		replication.swallow();
		StreamPosition last = Nodes.awaitAll(Nodes.publish(publisher, 100, 200));
		Nodes.await().until(() -> collectors.stream().allMatch((collector) -> collector.count() == 200));
		return last;
	}

	private void replicaOf(int port) {
		RedisServer replica = server("--replicaof", "127.0.0.1", Integer.toString(port));
		Nodes.await().until(() -> replica.execute((redis) -> redis.info("replication")).contains("link_status:up"));
	}

	private RedisURI sentinel() {
		// Within this time it leaves a replica alone that goes to its master by a proxy.
		RedisServer sentinel = RedisServer.sentinel(this.master.port(), Duration.ofSeconds(60));
		this.servers.add(sentinel);
		Nodes.await().until(() -> sentinel.execute((redis) -> redis.info("sentinel")).contains("slaves=1,sentinels=1"));
		return RedisURI.Builder.sentinel("127.0.0.1", sentinel.port(), "main").build();
	}

	private RedisServer server(String... arguments) {
		RedisServer server = RedisServer.running(arguments);
		this.servers.add(0, server);
		return server;
	}

}
