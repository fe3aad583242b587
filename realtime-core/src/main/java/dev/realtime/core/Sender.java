package dev.realtime.core;

/**
 * The client that caused a publication, as the server knows it.
 *
 * @param user the name of the user
 * @param connection the public id of the connection, which is not its own id: who knows
 * that could leave the connection out of publications
 * @since 0.1.0
 */
public record Sender(String user, String connection) {

}
