package dev.realtime.stomp;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link IdleCuts}.
 */
@Timeout(10)
class IdleCutsTests {

	private final IdleCuts cuts = new IdleCuts(Duration.ofSeconds(60));

	@Test
	void whenManyAreCutOffAfterTheSameSilenceThenItIsToldOnce() {
		for (int i = 0; i < 9; i++) {
			assertThat(cut(30_000 + 10 * i)).isFalse();
		}
		assertThat(cut(30_000)).isTrue();
		assertThat(cut(30_000)).isFalse();
	}

	@Test
	void whenSomeBreakInBetweenThenItIsNoticedAllTheSame() {
		for (int i = 0; i < 9; i++) {
			cut(30_000);
			cut(1_000 + 2_000 * i);
		}
		assertThat(cut(30_000)).isTrue();
	}

	@Test
	void whenConnectionsBreakByChanceThenNothingIsTold() {
		Random random = new Random(1);
		for (int i = 0; i < 1000; i++) {
			assertThat(cut(random.nextInt(10_000))).isFalse();
		}
	}

	@Test
	void whenClientsLeaveAtOnceThenNothingIsTold() {
		for (int i = 0; i < 100; i++) {
			assertThat(cut(i % 10)).isFalse();
		}
	}

	private boolean cut(long millis) {
		return this.cuts.cut(TimeUnit.MILLISECONDS.toNanos(millis));
	}

}
