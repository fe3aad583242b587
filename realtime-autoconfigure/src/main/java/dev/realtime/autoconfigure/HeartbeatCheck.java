package dev.realtime.autoconfigure;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Heart-beats that are switched off.
 */
final class HeartbeatCheck implements Supplier<@Nullable String> {

	private final RealtimeProperties properties;

	HeartbeatCheck(RealtimeProperties properties) {
		this.properties = properties;
	}

	@Override
	public @Nullable String get() {
		return this.properties.heartbeat().isZero()
				? "realtime.heartbeat is 0, so there are no heart-beats: clients that vanish stay connected for the "
						+ "server until TCP gives up, and proxies close connections that are idle. Set it to 10s or so."
				: null;
	}

}
