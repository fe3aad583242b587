package dev.realtime.stomp;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Sends through Jetty's own WebSocket API.
 */
final class JettySender implements AsyncSender {

	/**
	 * How long a client may take to read what is in flight and to answer the close frame.
	 * Jetty itself would wait for ever.
	 */
	private static final long CLOSE_TIMEOUT_SECONDS = 5;

	private final Session session;

	private final Executor closing;

	JettySender(Session session, Executor closing) {
		this.session = session;
		this.closing = closing;
		// Jetty's is 30 s. Ours are the heart-beats, and a client may have none.
		session.setIdleTimeout(Duration.ZERO);
	}

	@Override
	public void send(WebSocketMessage<?> message, Consumer<@Nullable Throwable> done) {
		Callback callback = Callback.from(() -> done.accept(null), done::accept);
		if (message.getPayload() instanceof ByteBuffer bytes) {
			this.session.sendBinary(bytes.duplicate(), callback);
		}
		else {
			this.session.sendText(message.getPayload().toString(), callback);
		}
	}

	@Override
	public void close(CloseStatus status) {
		this.session.close(status.getCode(), status.getReason(), Callback.NOOP);
		CompletableFuture.delayedExecutor(CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS, this.closing)
			.execute(this.session::disconnect);
	}

}
