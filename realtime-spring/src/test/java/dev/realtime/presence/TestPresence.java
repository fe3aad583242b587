package dev.realtime.presence;

import java.time.Duration;

import dev.realtime.core.RealtimeEngine;

/**
 * Presence without a container.
 */
public final class TestPresence {

	static final PresenceOptions OPTIONS = options(true);

	static final PresenceOptions OFF = options(false);

	private TestPresence() {
	}

	private static PresenceOptions options(boolean enabled) {
		return new PresenceOptions(enabled, Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofSeconds(10),
				Duration.ofSeconds(15), Duration.ofSeconds(60), 2048, 10, 2500);
	}

	public static PresenceHub of(RealtimeEngine engine) {
		return new PresenceHub(engine, OPTIONS, (event) -> {
		});
	}

}
