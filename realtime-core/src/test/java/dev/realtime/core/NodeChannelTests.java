package dev.realtime.core;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import dev.realtime.StreamPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link NodeChannel}.
 */
@Timeout(60)
class NodeChannelTests {

	private static final HistoryOptions HISTORY = new HistoryOptions(10, Duration.ofMinutes(1), 0);

	private static final ChannelId CHANNEL = new ChannelId(null, null, "@orders");

	private final Recorder heard = new Recorder();

	@Test
	void whenANodeSpeaksThenAllHearItInOrderOnceTheyListen() {
		RealtimeEngine engine = new RealtimeEngine(new InMemoryBackplane(InstantSource.system(), new Random(1)),
				InstantSource.system(), 10);
		Recorder other = new Recorder();
		try (NodeChannel channel = engine.nodeChannel("orders", HISTORY, this.heard);
				NodeChannel second = engine.nodeChannel("orders", HISTORY, other)) {
			channel.send(bytes("too early")).join();
			channel.listen();
			channel.listen();
			second.listen();
			for (int i = 0; i < 100; i++) {
				assertThat(((i % 2 == 0) ? channel : second).send(bytes("order " + i)))
					.succeedsWithin(Duration.ofSeconds(10));
			}
			await().until(() -> this.heard.said.size() == 100 && other.said.size() == 100);
			assertThat(this.heard.said).startsWith("order 0", "order 1").endsWith("order 99").isEqualTo(other.said);
			assertThat(engine.statistics().channels()).as("channels of clients").isZero();
			assertThat(engine.statistics().publications()).isZero();
			assertThat(engine.statistics().connections()).isZero();
		}
		assertThat(engine.hubCount()).isZero();
	}

	@Test
	void whenAListenerFailsThenItHearsTheNextAllTheSame() {
		RealtimeEngine engine = new RealtimeEngine(new InMemoryBackplane(InstantSource.system(), new Random(1)),
				InstantSource.system(), 10);
		try (NodeChannel channel = engine.nodeChannel("orders", HISTORY, this.heard)) {
			channel.listen();
			channel.send(bytes("fail"));
			channel.send(bytes("go on"));
			await().until(() -> this.heard.said.contains("go on"));
		}
	}

	@Test
	void whenTheBackplaneIsAwayThenItIsTriedAgainAndWhatMayHaveBeenMissedIsAGap() {
		ManualBackplane backplane = new ManualBackplane();
		ManualScheduler scheduler = new ManualScheduler();
		RealtimeEngine engine = new RealtimeEngine(backplane, InstantSource.system(), 10, Duration.ofMinutes(1),
				scheduler);
		NodeChannel channel = engine.nodeChannel("orders", HISTORY, this.heard);
		channel.listen();
		backplane.subscribes().get(0).completeExceptionally(new IllegalStateException("Expected by a test"));
		assertThat(this.heard.gaps).isEmpty();
		scheduler.runDelayed();
		backplane.subscribes().get(1).complete(null);
		backplane.pasts().get(0).complete(new ChannelPast(new StreamPosition("e", 5), List.of()));
		await().until(() -> this.heard.gaps.size() == 1);
		assertThat(this.heard.said).isEmpty();
		channel.close();
		scheduler.runDelayed();
		assertThat(backplane.unsubscribes()).containsExactly(CHANNEL, CHANNEL);
	}

	@Test
	void whenAClientAsksForItThenTheEngineRefuses() {
		RealtimeEngine engine = new RealtimeEngine(new ManualBackplane(), InstantSource.system(), 10);
		TestClient client = new TestClient(engine, HISTORY, "c1", TestLanes.direct(new TextEncoder()).get(0));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> client.subscribe("s1", CHANNEL, MessageFilter.all(), new Start.Live()));
		assertThat(engine.hubCount()).isZero();
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	private static final class Recorder implements NodeChannel.Listener {

		private final List<String> said = Collections.synchronizedList(new ArrayList<>());

		private final List<String> gaps = Collections.synchronizedList(new ArrayList<>());

		@Override
		public void onMessage(byte[] data) {
			String text = new String(data, StandardCharsets.UTF_8);
			if (text.equals("fail")) {
				throw new IllegalStateException("Expected by a test");
			}
			this.said.add(text);
		}

		@Override
		public void onGap() {
			this.gaps.add("gap");
		}

	}

}
