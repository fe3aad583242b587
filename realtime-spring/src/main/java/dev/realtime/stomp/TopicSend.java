package dev.realtime.stomp;

import dev.realtime.access.GuardedConnection;
import dev.realtime.core.Connection;
import org.jspecify.annotations.Nullable;

/**
 * An event that a client sends to a topic. What is in it was written by the client.
 *
 * @param connection the engine's side of the connection
 * @param guard who is connected, and with what rights
 * @param topic the name of the channel, which may be of no topic
 * @param event the name of the event
 * @param toUser the user it is for, or {@code null} if it is for all
 * @param toAll whether the sender's own connection gets it too
 * @param data the body, JSON in UTF-8
 */
record TopicSend(Connection<?> connection, GuardedConnection guard, String topic, String event, @Nullable String toUser,
		boolean toAll, byte[] data) {

}
