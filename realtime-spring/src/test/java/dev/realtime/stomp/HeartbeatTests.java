package dev.realtime.stomp;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.realtime.core.CloseReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Heartbeat}. Times are in milliseconds after the handshake.
 */
@Timeout(30)
class HeartbeatTests {

	/** The clock may start anywhere, also shortly before it overflows. */
	private long start = 1_000_000;

	private Heartbeat heartbeat = new Heartbeat(this.start, Duration.ofSeconds(10));

	@ParameterizedTest
	@ValueSource(longs = { 0, 1_000_000, Long.MAX_VALUE, Long.MIN_VALUE, -1 })
	void whenNoConnectComesInTimeThenConnectionIsOverdue(long start) {
		start(start);
		assertThat(this.heartbeat.overdue(at(10_000))).isNull();
		assertThat(this.heartbeat.overdue(at(10_001))).isEqualTo(CloseReason.CONNECT_TIMEOUT);
	}

	@Test
	void whatClientsSendBeforeConnectDoesNotPutItOff() {
		this.heartbeat.read(at(9_999));
		assertThat(this.heartbeat.overdue(at(10_001))).isEqualTo(CloseReason.CONNECT_TIMEOUT);
	}

	@Test
	void whenConnectedThenThereIsNoConnectTimeout() {
		this.heartbeat.connected(at(5_000), 0, 0, 0);
		assertThat(this.heartbeat.overdue(at(1_000_000))).isNull();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1_000_000, Long.MAX_VALUE - 1, Long.MIN_VALUE })
	void whenClientIsSilentForThreeIntervalsThenConnectionIsOverdue(long start) {
		start(start);
		this.heartbeat.connected(at(0), 1_000, 1_000, 0);
		assertThat(this.heartbeat.overdue(at(3_000))).isNull();
		assertThat(this.heartbeat.overdue(at(3_001))).isEqualTo(CloseReason.NO_HEARTBEAT);
		this.heartbeat.read(at(3_000));
		assertThat(this.heartbeat.overdue(at(6_000))).isNull();
		assertThat(this.heartbeat.overdue(at(6_001))).isEqualTo(CloseReason.NO_HEARTBEAT);
	}

	@Test
	void theLongerIntervalCounts() {
		this.heartbeat.connected(at(0), 1_000, 5_000, 0);
		assertThat(this.heartbeat.overdue(at(15_000))).isNull();
		assertThat(this.heartbeat.overdue(at(15_001))).isEqualTo(CloseReason.NO_HEARTBEAT);
		this.heartbeat.connected(at(0), 5_000, 1_000, 0);
		assertThat(this.heartbeat.overdue(at(15_000))).isNull();
		assertThat(this.heartbeat.overdue(at(15_001))).isEqualTo(CloseReason.NO_HEARTBEAT);
	}

	@Test
	void whenEitherSideDoesNotWantThemThenThereAreNone() {
		this.heartbeat.connected(at(0), 0, 1_000, 1_000);
		assertThat(this.heartbeat.overdue(at(1_000_000))).isNull();
		assertThat(isDue(1_000_000)).isFalse();
		this.heartbeat.connected(at(0), 1_000, 0, 0);
		assertThat(this.heartbeat.overdue(at(1_000_000))).isNull();
		assertThat(isDue(1_000_000)).isFalse();
	}

	@Test
	void ourHeartbeatIsDueBeforeTheClientWouldMissIt() {
		this.heartbeat.connected(at(0), 1_000, 0, 1_000);
		assertThat(isDue(900)).isFalse();
		assertThat(isDue(901)).isTrue();
		this.heartbeat.written(at(901));
		assertThat(isDue(1_801)).isFalse();
		assertThat(isDue(1_802)).isTrue();
	}

	@Test
	void whenClientWantsToHearRarelyThenItDoes() {
		this.heartbeat.connected(at(0), 1_000, 0, 60_000);
		assertThat(isDue(59_900)).isFalse();
		assertThat(isDue(59_901)).isTrue();
	}

	@Test
	void beforeConnectNothingIsDue() {
		assertThat(isDue(9_000)).isFalse();
	}

	@Test
	void whenClientOffersNonsenseThenNothingOverflows() {
		this.heartbeat.connected(at(0), 1_000, Integer.MAX_VALUE, Integer.MAX_VALUE);
		assertThat(this.heartbeat.overdue(at(1_000_000))).isNull();
		assertThat(isDue(1_000_000)).isFalse();
		this.heartbeat.connected(at(0), 1_000, Long.MAX_VALUE, Long.MAX_VALUE);
		assertThat(this.heartbeat.overdue(at(1_000_000))).isNull();
		assertThat(isDue(1_000_000)).isFalse();
	}

	@Test
	void whenAFrameDoesNotEndThenConnectionIsOverdueHoweverManyBytesCome() {
		this.heartbeat.connected(at(0), 5_000, 5_000, 0);
		this.heartbeat.stompFrame(false, true, at(1_000));
		for (int time = 2_000; time <= 16_000; time += 1_000) {
			this.heartbeat.read(at(time));
			this.heartbeat.stompFrame(false, true, at(time));
			assertThat(this.heartbeat.overdue(at(time))).isNull();
		}
		assertThat(this.heartbeat.overdue(at(16_001))).isEqualTo(CloseReason.NO_HEARTBEAT);
		this.heartbeat.stompFrame(true, true, at(16_001));
		assertThat(this.heartbeat.overdue(at(31_000))).as("the next one has its own time").isNull();
		this.heartbeat.stompFrame(true, false, at(31_000));
		this.heartbeat.read(at(31_000));
		assertThat(this.heartbeat.overdue(at(46_000))).isNull();
	}

	@Test
	void whenAFrameOfWebSocketDoesNotEndThenConnectionIsOverdueAlsoWithoutHeartbeats() {
		this.heartbeat.connected(at(0), 1_000, 0, 0);
		this.heartbeat.webSocketFrame(true, at(1_000));
		this.heartbeat.webSocketFrame(true, at(10_000));
		assertThat(this.heartbeat.overdue(at(11_000))).as("as long as for CONNECT").isNull();
		assertThat(this.heartbeat.overdue(at(11_001))).isEqualTo(CloseReason.NO_HEARTBEAT);
		this.heartbeat.webSocketFrame(false, at(11_001));
		assertThat(this.heartbeat.overdue(at(1_000_000))).isNull();
	}

	private boolean isDue(long millis) {
		return this.heartbeat.isDue(at(millis), TimeUnit.MILLISECONDS.toNanos(100));
	}

	private void start(long nanos) {
		this.start = nanos;
		this.heartbeat = new Heartbeat(nanos, Duration.ofSeconds(10));
	}

	private long at(long millis) {
		return this.start + TimeUnit.MILLISECONDS.toNanos(millis);
	}

}
