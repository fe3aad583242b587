package dev.realtime;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Somebody who is there. All connections of a user are one member.
 *
 * @param id the name of the user. Where users are anonymous each connection has an id of
 * its own, which begins with {@code @}
 * @param info what a {@link PresenceInfo} method said about the user; empty if there is
 * none
 * @param sessions how many connections of the user are there, on all nodes
 * @param status what the user said last
 * @param data what the user said last, in the form Jackson reads JSON into; {@code null}
 * if nothing
 * @param since when the user came
 * @since 0.1.0
 */
public record PresenceMember(String id, Map<String, @Nullable Object> info, int sessions, PresenceStatus status,
		@Nullable Object data, Instant since) {

}
