package dev.realtime.stomp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that many connections are cut off after the same silence, as a proxy does whose
 * time-out is shorter than the heart-beat. Says so once. Thread-safe.
 */
final class IdleCuts {

	private static final Logger logger = LoggerFactory.getLogger(IdleCuts.class);

	private static final int REMEMBERED = 20;

	/** Chance does not cut so many of the last ones after the same time. */
	private static final int ENOUGH = 10;

	private static final long TOLERANCE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

	/** Clients that leave as soon as they have what they came for are no proxies. */
	private static final long SHORTEST_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Duration heartbeat;

	private final Deque<Long> silences = new ArrayDeque<>();

	private boolean told;

	IdleCuts(Duration heartbeat) {
		this.heartbeat = heartbeat;
	}

	/**
	 * A connection was cut off.
	 * @param silence the nanoseconds since the last message in either direction
	 * @return whether that was one too many
	 */
	synchronized boolean cut(long silence) {
		if (this.told || silence < SHORTEST_NANOS) {
			return false;
		}
		this.silences.add(silence);
		if (this.silences.size() > REMEMBERED) {
			this.silences.remove();
		}
		long alike = this.silences.stream().filter((other) -> Math.abs(other - silence) <= TOLERANCE_NANOS).count();
		if (alike >= ENOUGH) {
			this.told = true;
			logger.warn("{} of the last {} connections that broke were cut off after about {} s without a message: "
					+ "probably a proxy closes connections that are idle, before the next heart-beat ({}). Raise its "
					+ "time-out, such as proxy_read_timeout of nginx, or lower realtime.heartbeat.", alike,
					this.silences.size(), Math.round(silence / 1e9), this.heartbeat);
		}
		return this.told;
	}

}
