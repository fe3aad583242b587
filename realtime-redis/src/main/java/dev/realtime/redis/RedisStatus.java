package dev.realtime.redis;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How a node and Redis get on.
 *
 * @param connected whether publications go out and come in
 * @param since since when that is so
 * @param reason why not, if they do not
 * @param backlog publications that Redis has not confirmed
 * @param dropped publications dropped since the start because too many waited
 * @since 0.1.0
 */
public record RedisStatus(boolean connected, Instant since, @Nullable String reason, int backlog, long dropped) {

}
