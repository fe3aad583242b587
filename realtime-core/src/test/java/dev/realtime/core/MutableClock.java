package dev.realtime.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Stands still until the test moves it.
 */
final class MutableClock implements InstantSource {

	private volatile Instant now = Instant.ofEpochSecond(1_800_000_000);

	@Override
	public Instant instant() {
		return this.now;
	}

	void advance(Duration duration) {
		this.now = this.now.plus(duration);
	}

}
