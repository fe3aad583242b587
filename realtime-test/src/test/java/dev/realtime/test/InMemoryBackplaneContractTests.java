package dev.realtime.test;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

import dev.realtime.core.Backplane;
import dev.realtime.core.InMemoryBackplane;
import org.junit.jupiter.api.Timeout;

/**
 * {@link InMemoryBackplane} does what every backplane does.
 */
@Timeout(120)
class InMemoryBackplaneContractTests extends BackplaneContract {

	private final AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(1_800_000_000));

	private final InstantSource clock = this.now::get;

	private final Random random = new Random(42);

	@Override
	protected Backplane create() {
		return new InMemoryBackplane(this.clock, this.random);
	}

	@Override
	protected void elapse(Duration duration) {
		this.now.updateAndGet((instant) -> instant.plus(duration));
	}

}
