package dev.realtime.redis;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.realtime.StreamPosition;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing twice, nothing out of order and nothing lost while connections break.
 */
@Timeout(300)
@Tag("T24")
class ExactlyOnceTests {

	private static final int PUBLICATIONS = 60_000;

	private static final KillArgs PUBLISHERS = KillArgs.Builder.typeNormal().skipme(true);

	private static final KillArgs SUBSCRIBERS = KillArgs.Builder.typePubsub().skipme(true);

	private final RedisServer server = RedisServer.running();

	private final Nodes nodes = new Nodes();

	@AfterEach
	void close() throws Exception {
		this.nodes.close();
		this.server.close();
	}

	@Test
	void whenConnectionOfPublisherIsKilledThenEveryPublicationIsThereOnce() throws Exception {
		Collector collector = this.nodes.collector(this.nodes.node(this.server.uri()));
		RedisBackplane publisher = this.nodes.publisher(this.server.uri());
		AtomicLong killed = new AtomicLong();
		List<StreamPosition> positions = whileKilling(PUBLISHERS, killed, 20, publisher, Duration.ZERO);
		assertThat(killed.get()).as("killed connections").isGreaterThanOrEqualTo(9);
		assertThat(positions).extracting(StreamPosition::offset).doesNotHaveDuplicates().isSorted();
		assertThat(positions).extracting(StreamPosition::epoch).containsOnly(positions.get(0).epoch());
		assertThat(positions.get(PUBLICATIONS - 1).offset()).isEqualTo(PUBLICATIONS);
		Nodes.await().until(() -> collector.count() >= PUBLICATIONS);
		assertThat(collector.received()).isEqualTo(Nodes.numbers(0, PUBLICATIONS));
		assertThat(collector.live()).as("delivered").isEqualTo(PUBLICATIONS);
		assertThat(collector.gaps()).isZero();
		assertThat(publisher.status().dropped()).isZero();
	}

	@Test
	void whenConnectionOfSubscriberIsKilledThenItReadsWhatItMissed() throws Exception {
		Collector collector = this.nodes.collector(this.nodes.node(this.server.uri()));
		RedisBackplane publisher = this.nodes.publisher(this.server.uri());
		AtomicLong killed = new AtomicLong();
		whileKilling(SUBSCRIBERS, killed, 300, publisher, Duration.ofSeconds(5));
		assertThat(killed.get()).as("killed connections").isGreaterThanOrEqualTo(9);
		Nodes.await().until(() -> collector.count() >= PUBLICATIONS);
		assertThat(collector.received()).isEqualTo(Nodes.numbers(0, PUBLICATIONS));
		assertThat(collector.gaps()).isZero();
		assertThat(collector.live()).as("delivered").isLessThan(PUBLICATIONS);
		// A link that is killed again before it has come back is interrupted once.
		assertThat(collector.interruptions()).as("times the link of the subscriber broke").isGreaterThanOrEqualTo(5);
	}

	/**
	 * Publishes while connections are killed.
	 * @param duration how long it takes at least
	 */
	private List<StreamPosition> whileKilling(KillArgs which, AtomicLong killed, long everyMillis,
			RedisBackplane publisher, Duration duration) throws Exception {
		RedisClient client = RedisClient.create(this.server.uri());
		AtomicBoolean done = new AtomicBoolean();
		Thread killer = new Thread(() -> {
			try (StatefulRedisConnection<String, String> connection = client.connect()) {
				while (!done.get()) {
					killed.addAndGet(connection.sync().clientKill(which));
					Thread.sleep(everyMillis);
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		killer.start();
		try {
			long start = System.nanoTime();
			return Nodes.publishAll(publisher, PUBLICATIONS,
					(i) -> LockSupport.parkNanos(start + duration.toNanos() / PUBLICATIONS * i - System.nanoTime()));
		}
		finally {
			done.set(true);
			killer.join();
			client.shutdown();
		}
	}

}
