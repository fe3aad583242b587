package dev.realtime.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.realtime.StreamPosition;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Somebody who can write to Redis, and does not know the secret.
 */
@Tag("T23")
@Timeout(120)
class HostilePublisherTests {

	private static final List<byte[]> SECRETS = List
		.of("a secret of at least 32 characters".getBytes(StandardCharsets.UTF_8));

	private static final String CHANNEL = RedisChannel.of("realtime", Nodes.CHANNEL).name();

	private final RedisServer server = RedisServer.running();

	private final Nodes nodes = new Nodes();

	private final RedisClient intruder = RedisClient.create(this.server.uri());

	private final RedisCommands<byte[], byte[]> redis = this.intruder.connect(ByteArrayCodec.INSTANCE).sync();

	private RedisBackplane node;

	private Collector collector;

	private StreamPosition first;

	@BeforeEach
	void subscribe() throws Exception {
		this.node = node(SECRETS);
		this.collector = this.nodes.collector(this.node);
		this.first = Nodes.publish(this.node, 0).get(60, TimeUnit.SECONDS);
		Nodes.await().until(() -> this.collector.count() == 1);
	}

	@AfterEach
	void close() throws Exception {
		this.nodes.close();
		this.intruder.shutdown(0, 2, TimeUnit.SECONDS);
		this.server.close();
	}

	@Test
	void whenGarbageIsPublishedThenNobodySeesItAndEverythingGoesOn() throws Exception {
		Random random = new Random(23);
		List<byte[]> garbage = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			byte[] bytes = new byte[random.nextInt(300)];
			random.nextBytes(bytes);
			garbage.add(bytes);
		}
		garbage.add(new byte[20 * 1024 * 1024]);
		garbage.add(new byte[] { (byte) 0xac, (byte) 0xed, 0, 5, 's', 'r' });
		garbage.add(text("2 " + this.first.epoch() + "-2 1732180000000 x.1.1\n{}\n1"));
		garbage.add(text("1 " + this.first.epoch() + "-2 1732180000000 x.1.1\n{\"@class\":\"java.lang.Runtime\"}\n1"));
		garbage.add(text("1 " + this.first.epoch() + "-2 1732180000000 x.1.1\n{} AAAA\n1"));
		garbage.add(text("1 " + this.first.epoch() + "-999999 1732180000000 x.1.1\n{}\n1"));
		garbage.add(text("1 ~n-1 1732180000000 -\n{\"ephemeral\":true}\n1"));
		garbage.add(text("1 ~n-1 1732180000000 -\n{\"ephemeral\":true,\"sender\":\"ada\"} AAAA\n1"));
		garbage.forEach((message) -> this.redis.publish(text(CHANNEL), message));
		assertThat(Nodes.publish(this.node, 1).get(60, TimeUnit.SECONDS))
			.isEqualTo(new StreamPosition(this.first.epoch(), 2));
		Nodes.await().until(() -> this.collector.count() == 2);
		assertThat(this.collector.received()).containsExactly("0", "1");
		assertThat(this.collector.gaps()).isZero();
	}

	@Test
	void whenUnsignedPublicationTakesAPlaceInTheStreamThenThereIsAGapInItsPlace() throws Exception {
		RedisBackplane stranger = node(List.of());
		stranger.start((channel, publication) -> {
		});
		assertThat(Nodes.publish(stranger, "forged").get(60, TimeUnit.SECONDS).offset()).isEqualTo(2);
		assertThat(Nodes.publish(this.node, 2).get(60, TimeUnit.SECONDS).offset()).isEqualTo(3);
		Nodes.await().until(() -> this.collector.count() == 2);
		assertThat(this.collector.received()).containsExactly("0", "2");
		assertThat(this.collector.gaps()).isEqualTo(1);
		assertThat(this.node.lastByKey(Nodes.CHANNEL, List.of(List.of("forged"))).get(60, TimeUnit.SECONDS)).isEmpty();
	}

	@Test
	void whenOldPublicationIsRepeatedThenNobodySeesItTwice() throws Exception {
		byte[] old = this.redis.xrange(text(CHANNEL + ":stream"), Range.unbounded())
			.get(0)
			.getBody()
			.values()
			.iterator()
			.next();
		this.redis.publish(text(CHANNEL), old);
		this.redis.publish(text(CHANNEL.replace("acme", "globex")), old);
		AtomicInteger next = new AtomicInteger();
		// The channel may start anew at any moment, with a gap.
		Nodes.await().until(() -> {
			Nodes.publish(this.node, next.incrementAndGet()).get(60, TimeUnit.SECONDS);
			return this.collector.count() > 1;
		});
		assertThat(this.collector.received()).doesNotHaveDuplicates();
	}

	private RedisBackplane node(List<byte[]> secrets) {
		return this.nodes.node(RedisClient.create(this.server.uri()),
				new RedisBackplaneOptions("realtime", 10_000, Duration.ofSeconds(1), secrets));
	}

	private static byte[] text(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

}
