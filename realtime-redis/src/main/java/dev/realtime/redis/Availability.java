package dev.realtime.redis;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether Redis is there, and since when. Logs changes. Thread-safe.
 */
final class Availability {

	/**
	 * How long Redis may be gone until publications count as waiting for it. A new
	 * connection takes milliseconds; a busy publisher has more than an outbox full under
	 * way.
	 */
	private static final Duration GRACE = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(RedisBackplane.class);

	private final Map<Part, String> reasons = new EnumMap<>(Part.class);

	private Instant since = Instant.now();

	private @Nullable String logged;

	private long awaySince = System.nanoTime() - GRACE.toNanos();

	Availability() {
		this.reasons.put(Part.COMMANDS, "Not connected yet");
		this.reasons.put(Part.DELIVERY, "Not connected yet");
	}

	synchronized void down(Part part, String reason) {
		if (this.reasons.isEmpty()) {
			this.since = Instant.now();
			this.awaySince = System.nanoTime();
		}
		this.reasons.put(part, reason);
	}

	synchronized void up(Part part) {
		if (this.reasons.remove(part) != null && this.reasons.isEmpty()) {
			this.since = Instant.now();
		}
	}

	/**
	 * Whether Redis has been gone for so long that publications wait for it.
	 */
	synchronized boolean isAway() {
		return !this.reasons.isEmpty() && System.nanoTime() - this.awaySince >= GRACE.toNanos();
	}

	/**
	 * Tells the log what has changed for longer than a moment.
	 */
	synchronized void log() {
		String reason = reason();
		if (Objects.equals(reason, this.logged) || (reason != null && !isAway())) {
			return;
		}
		if (reason == null) {
			logger.info("Redis is back");
		}
		else {
			logger.error("Redis is away, publications wait. {}", reason);
		}
		this.logged = reason;
	}

	synchronized RedisStatus status(int backlog, long dropped) {
		return new RedisStatus(this.reasons.isEmpty(), this.since, reason(), backlog, dropped);
	}

	private @Nullable String reason() {
		return this.reasons.isEmpty() ? null : this.reasons.values().iterator().next();
	}

	/**
	 * What can be missing.
	 */
	enum Part {

		COMMANDS, ANSWERS, DELIVERY

	}

}
