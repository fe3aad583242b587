package dev.realtime.stomp;

import java.nio.ByteBuffer;

import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.adapter.jetty.JettyWebSocketSession;

/**
 * Hands what a client sends by Jetty to Spring, part by part. Spring's own adapter waits
 * for whole messages, whose size Jetty limits. Public, since Jetty has to see it.
 *
 * @since 0.1.0
 */
public final class JettyListener implements Session.Listener {

	private static final Logger logger = LoggerFactory.getLogger(JettyListener.class);

	private final WebSocketHandler handler;

	private final JettyWebSocketSession session;

	JettyListener(WebSocketHandler handler, JettyWebSocketSession session) {
		this.handler = handler;
		this.session = session;
	}

	@Override
	public void onWebSocketOpen(Session jetty) {
		this.session.initializeNativeSession(jetty);
		run(() -> this.handler.afterConnectionEstablished(this.session));
		jetty.demand();
	}

	@Override
	public void onWebSocketPartialText(String payload, boolean last) {
		run(() -> this.handler.handleMessage(this.session, new TextMessage(payload, last)));
		this.session.getNativeSession().demand();
	}

	@Override
	public void onWebSocketPartialBinary(ByteBuffer payload, boolean last, Callback callback) {
		run(() -> this.handler.handleMessage(this.session, new BinaryMessage(payload, last)));
		callback.succeed();
		this.session.getNativeSession().demand();
	}

	/**
	 * As Jetty would by itself, but counted. The next frame is read once the answer is
	 * sent: a client that does not read is not to fill the memory.
	 */
	@Override
	public void onWebSocketPing(ByteBuffer payload) {
		ByteBuffer copy = copy(payload);
		run(() -> this.handler.handleMessage(this.session, new PingMessage(copy)));
		Session jetty = this.session.getNativeSession();
		jetty.sendPong(copy.duplicate(), Callback.from(jetty::demand, (ex) -> jetty.demand()));
	}

	@Override
	public void onWebSocketPong(ByteBuffer payload) {
		ByteBuffer copy = copy(payload);
		run(() -> this.handler.handleMessage(this.session, new PongMessage(copy)));
		this.session.getNativeSession().demand();
	}

	private static ByteBuffer copy(ByteBuffer payload) {
		return ByteBuffer.allocate(payload.remaining()).put(payload.duplicate()).flip();
	}

	@Override
	public void onWebSocketError(Throwable cause) {
		run(() -> this.handler.handleTransportError(this.session, cause));
	}

	@Override
	public void onWebSocketClose(int statusCode, String reason, Callback callback) {
		run(() -> this.handler.afterConnectionClosed(this.session, new CloseStatus(statusCode, reason)));
		callback.succeed();
	}

	private void run(Task task) {
		try {
			task.run();
		}
		catch (Exception ex) {
			logger.warn("{}: handling failed", this.session.getId(), ex);
			this.session.getNativeSession().disconnect();
		}
	}

	/**
	 * What Spring does with an event of a connection.
	 */
	@FunctionalInterface
	private interface Task {

		void run() throws Exception;

	}

}
