package dev.realtime;

import org.jspecify.annotations.Nullable;

/**
 * An event that a client sends to a topic.
 *
 * @param name what the client calls it
 * @param topic the name of the topic with its variables filled in
 * @param user who sends it
 * @param connection the public id of the sender's connection, as others see it
 * @param toUser the user it is for, or {@code null} if it is for all
 * @since 0.1.0
 */
public record ClientEvent(String name, String topic, String user, String connection, @Nullable String toUser) {

}
