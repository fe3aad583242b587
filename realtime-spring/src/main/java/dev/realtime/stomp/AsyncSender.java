package dev.realtime.stomp;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Sends WebSocket messages without blocking, one at a time.
 */
interface AsyncSender {

	/**
	 * Sends a message. Not called again before the previous one is done.
	 * @param message a text or binary message
	 * @param done called by any thread, also before this method returns, with what went
	 * wrong
	 */
	void send(WebSocketMessage<?> message, Consumer<@Nullable Throwable> done);

	/**
	 * Closes the connection, without waiting for the client.
	 * @param status what the client is told
	 */
	void close(CloseStatus status);

}
