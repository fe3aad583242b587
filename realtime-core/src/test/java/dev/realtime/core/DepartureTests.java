package dev.realtime.core;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RealtimeEngine} that goes away.
 */
@Timeout(30)
class DepartureTests {

	private static final Duration SPREAD = Duration.ofSeconds(10);

	private final RealtimeEngine engine = new RealtimeEngine(
			new InMemoryBackplane(InstantSource.system(), new Random(1)), InstantSource.system(), 10);

	private final Lane<String> lane = new Lane<>(this.engine.transport("a"), new TextEncoder(), Runnable::run);

	private final Lane<String> other = new Lane<>(this.engine.transport("b"), new TextEncoder(), Runnable::run);

	private final List<String> told = new ArrayList<>();

	@Test
	@Tag("T26")
	void whenGoingAwayThenAllClientsAreToldAndTheirDelaysAreSpreadEvenly() {
		int clients = 100;
		IntStream.range(0, clients).forEach((i) -> connect((i % 2 == 0) ? this.lane : this.other));
		this.engine.goAway(SPREAD);
		assertThat(this.told).hasSize(clients).allMatch((text) -> text.matches("going away, reconnect-after=\\d+"));
		List<Integer> delays = this.told.stream()
			.map((text) -> Integer.valueOf(text.substring(text.indexOf('=') + 1)))
			.sorted()
			.toList();
		assertThat(delays).allMatch((delay) -> delay < SPREAD.toMillis());
		for (int i = 0; i < clients; i++) {
			assertThat(delays.get(i)).isBetween((i - 2) * 100, (i + 3) * 100);
		}
	}

	@Test
	void whenSpreadIsZeroThenClientsComeBackAtOnce() {
		connect(this.lane);
		this.engine.goAway(Duration.ZERO);
		assertThat(this.told).containsExactly("going away, reconnect-after=0");
	}

	@Test
	void whenAllConnectionsHaveEndedThenItIsDone() {
		Connection<String> first = connect(this.lane);
		Connection<String> second = connect(this.other);
		CompletableFuture<Void> done = this.engine.goAway(SPREAD);
		this.engine.disconnect(first);
		assertThat(done).isNotDone();
		this.engine.disconnect(second);
		assertThat(done).isCompleted();
		assertThat(this.engine.goAway(SPREAD)).isCompleted();
		assertThat(first.closeReason()).isEqualTo(CloseReason.GOING_AWAY);
	}

	@Test
	void whenSomebodyConnectsMeanwhileThenTheyAreToldAtOnceUntilTheNodeIsBack() {
		this.engine.goAway(SPREAD);
		connect(this.lane);
		assertThat(this.told).hasSize(1);
		this.engine.comeBack();
		connect(this.lane);
		assertThat(this.told).hasSize(1);
	}

	private Connection<String> connect(Lane<String> lane) {
		return this.engine.connect("c", lane, new RecordingSink() {

			@Override
			public void close(CloseReason reason, String text) {
				assertThat(reason).isEqualTo(CloseReason.GOING_AWAY);
				DepartureTests.this.told.add(text);
			}

		});
	}

}
