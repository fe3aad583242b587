package dev.realtime.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.realtime.core.ChannelId;
import dev.realtime.redis.Backlog.Batch;
import dev.realtime.redis.Backlog.Entry;
import dev.realtime.redis.Backlog.Line;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link Backlog}.
 */
@Timeout(60)
class BacklogTests {

	private static final int MAX_WAITING = 10;

	private final Backlog backlog = new Backlog("realtime", MAX_WAITING);

	private final RedisServer server = RedisServer.running();

	private final RedisClient client = RedisClient.create(this.server.uri());

	private CommandWire wire;

	@BeforeEach
	void connect() {
		StatefulRedisConnection<String, byte[]> connection = this.client.connect(Connector.CODEC);
		this.wire = new CommandWire(connection, connection.async(), false);
	}

	@AfterEach
	void close() {
		this.client.shutdown(Duration.ZERO, Duration.ofSeconds(10));
		this.server.close();
	}

	@Test
	void whenRedisIsAwayThenChannelsOfWhatIsDroppedAreForgottenAlthoughTheOldestIsStuck() {
		Line stuck = this.backlog.add(entry(0));
		assertThat(this.backlog.next(stuck, this.wire)).isNotNull();
		List<Entry> dropped = new ArrayList<>();
		for (int i = 1; i <= 3 * Backlog.MAX_LINES; i++) {
			this.backlog.add(entry(i));
			dropped.addAll(this.backlog.makeRoom(true));
		}
		assertThat(this.backlog.size()).isEqualTo(MAX_WAITING);
		assertThat(dropped).hasSize(3 * Backlog.MAX_LINES + 1 - MAX_WAITING);
		assertThat(this.backlog.lines()).hasSizeLessThanOrEqualTo(Backlog.MAX_LINES + MAX_WAITING).contains(stuck);
	}

	@Test
	void whenMoreChannelsThanAreRememberedAreDoneThenTheOldestAreForgotten() {
		Line last = null;
		for (int i = 0; i <= 2 * Backlog.MAX_LINES; i++) {
			last = this.backlog.add(entry(i));
			Batch batch = this.backlog.next(last, this.wire);
			assertThat(this.backlog.end(batch)).isTrue();
			assertThat(this.backlog.end(batch)).isFalse();
		}
		assertThat(this.backlog.size()).isZero();
		assertThat(this.backlog.lines()).hasSize(Backlog.MAX_LINES).contains(last);
	}

	private static Entry entry(int channel) {
		return new Entry(new ChannelId("acme", null, "document." + channel), new byte[] { 1 }, Nodes.request(channel));
	}

}
