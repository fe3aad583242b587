package dev.realtime.redis;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How often the log hears of the same thing.
 */
@Timeout(10)
class OnceAMinuteTests {

	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);

	private final OnceAMinute onceAMinute = new OnceAMinute(this.now::get);

	@Test
	void whenItIsTheFirstTimeThenItIsDueAtOnce() {
		assertThat(this.onceAMinute.isDue()).isTrue();
		assertThat(this.onceAMinute.isDue()).isFalse();
	}

	@Test
	void whenAMinuteIsOverThenItIsDueOnce() {
		this.onceAMinute.isDue();
		this.now.addAndGet(Duration.ofMinutes(1).toNanos() - 1);
		assertThat(this.onceAMinute.isDue()).isFalse();
		this.now.incrementAndGet();
		assertThat(this.onceAMinute.isDue()).isTrue();
		assertThat(this.onceAMinute.isDue()).isFalse();
	}

	@Test
	void whenItHappensAllTheTimeThenItIsDueOnceAMinute() {
		int due = 0;
		for (int second = 0; second < 600; second++) {
			if (this.onceAMinute.isDue()) {
				due++;
			}
			this.now.addAndGet(Duration.ofSeconds(1).toNanos());
		}
		assertThat(due).isEqualTo(10);
	}

}
