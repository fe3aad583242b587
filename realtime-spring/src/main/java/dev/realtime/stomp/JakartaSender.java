package dev.realtime.stomp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.SendHandler;
import jakarta.websocket.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Sends through Jakarta WebSocket, as on Tomcat.
 */
final class JakartaSender implements AsyncSender {

	private static final Logger logger = LoggerFactory.getLogger(JakartaSender.class);

	/**
	 * Tomcat waits this long, 20 s by default, for a client that does not take the close
	 * frame. It is a thread that waits.
	 */
	private static final String TOMCAT_BLOCKING_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

	/** It is so too that Tomcat answers the pings of a client that may not read. */
	private static final long PONG_TIMEOUT_MILLIS = 5000;

	private static final long CLOSE_TIMEOUT_MILLIS = 1000;

	/**
	 * Tomcat waits this long, 30 s by default, for the answer to its close frame, and
	 * reads all that comes instead.
	 */
	private static final String TOMCAT_ANSWER_TIMEOUT = "org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT";

	private static final long ANSWER_TIMEOUT_MILLIS = 5000;

	/**
	 * Who said goodbye may close first. Tomcat forgets our close frame if that of the
	 * client arrives while it is being sent.
	 */
	private static final long GOODBYE_MILLIS = 1000;

	private final Session session;

	private final Executor closing;

	JakartaSender(Session session, Executor closing) {
		this.session = session;
		// Ours watches over it: that of Tomcat costs as much as a small send.
		session.getAsyncRemote().setSendTimeout(-1);
		session.getUserProperties().put(TOMCAT_BLOCKING_TIMEOUT, PONG_TIMEOUT_MILLIS);
		this.closing = closing;
	}

	@Override
	public void send(WebSocketMessage<?> message, Consumer<@Nullable Throwable> done) {
		SendHandler handler = (result) -> done.accept(result.isOK() ? null : result.getException());
		try {
			if (message.getPayload() instanceof ByteBuffer bytes) {
				this.session.getAsyncRemote().sendBinary(bytes.duplicate(), handler);
			}
			else {
				this.session.getAsyncRemote().sendText(message.getPayload().toString(), handler);
			}
		}
		catch (RuntimeException ex) {
			// Tomcat throws when the session is closed meanwhile
			done.accept(ex);
		}
	}

	@Override
	public void close(CloseStatus status) {
		Executor executor = status.equalsCode(CloseStatus.NORMAL)
				? CompletableFuture.delayedExecutor(GOODBYE_MILLIS, TimeUnit.MILLISECONDS, this.closing) : this.closing;
		executor.execute(() -> {
			try {
				this.session.getUserProperties().put(TOMCAT_BLOCKING_TIMEOUT, CLOSE_TIMEOUT_MILLIS);
				this.session.getUserProperties().put(TOMCAT_ANSWER_TIMEOUT, ANSWER_TIMEOUT_MILLIS);
				this.session.close(new CloseReason(CloseCodes.getCloseCode(status.getCode()), status.getReason()));
			}
			catch (IOException | RuntimeException ex) {
				// Tomcat also throws when the client has closed meanwhile
				logger.debug("Failed to close a connection", ex);
			}
		});
	}

}
