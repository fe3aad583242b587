package dev.realtime.presence;

import dev.realtime.PresenceStatus;
import org.jspecify.annotations.Nullable;

/**
 * What a session says about itself.
 *
 * @param status the status, or {@code null} to leave it as it is
 * @param hasData whether there is something to say about the data
 * @param data the data as JSON, or {@code null} for none
 * @since 0.1.0
 */
public record PresenceState(@Nullable PresenceStatus status, boolean hasData, @Nullable String data) {

}
