package dev.realtime.core;

import org.jspecify.annotations.Nullable;

/**
 * Something that passes by: it is kept nowhere, has no place among the publications of
 * the channel, and who misses it has missed it.
 *
 * @param publication what it says; its position only tells it from others
 * @param toUser the user whose connections get it, or {@code null} for all
 * @since 0.1.0
 */
public record Ephemeral(Publication publication, @Nullable String toUser) {

}
