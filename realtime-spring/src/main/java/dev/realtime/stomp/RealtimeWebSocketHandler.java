package dev.realtime.stomp;

import java.util.UUID;
import java.util.concurrent.Executor;

import dev.realtime.core.CloseReason;
import dev.realtime.core.Lane;
import dev.realtime.core.Lanes;
import jakarta.websocket.Session;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;
import org.springframework.web.socket.messaging.SubProtocolWebSocketHandler;

/**
 * The servlet endpoint: takes WebSocket sessions of the servlet container in and gives
 * each a lane.
 *
 * @since 0.1.0
 */
public final class RealtimeWebSocketHandler extends SubProtocolWebSocketHandler implements DisposableBean {

	private static final boolean JETTY_PRESENT = ClassUtils.isPresent("org.eclipse.jetty.websocket.api.Session",
			RealtimeWebSocketHandler.class.getClassLoader());

	/**
	 * Characters that Tomcat hands over at a time. It keeps a buffer of this size for
	 * every connection, of 8,192 by default.
	 */
	static final int PART_LENGTH = 512;

	private final StompBroker broker;

	private final Lanes<WebSocketMessage<?>> lanes;

	private final ClosingThreads closing = new ClosingThreads();

	/**
	 * An endpoint for this broker.
	 * @param broker handles the frames
	 * @param inboundChannel the {@code clientInboundChannel}
	 * @param outboundChannel the {@code clientOutboundChannel}
	 * @param events where session events go
	 */
	public RealtimeWebSocketHandler(StompBroker broker, AbstractSubscribableChannel inboundChannel,
			AbstractSubscribableChannel outboundChannel, ApplicationEventPublisher events) {
		super(inboundChannel, outboundChannel);
		this.broker = broker;
		this.lanes = new Lanes<>(broker.engine().transport("servlet"), Runtime.getRuntime().availableProcessors(),
				"realtime-lane", broker.frames(), broker.options().tick());
		addProtocolHandler(broker.protocolHandler(inboundChannel, events));
	}

	/**
	 * Frames are limited, WebSocket messages are not: the container hands over what fits
	 * into its small buffer and needs none of the size of the largest frame.
	 */
	@Override
	public boolean supportsPartialMessages() {
		return true;
	}

	/**
	 * The connection's lane writes in order and keeps what is pending within bounds.
	 */
	@Override
	protected WebSocketSession decorateSession(WebSocketSession session) {
		return session;
	}

	@Override
	public int getPhase() {
		return Math.min(super.getPhase(), GoingAway.ENDPOINT_PHASE);
	}

	@Override
	public void afterConnectionEstablished(WebSocketSession session) throws Exception {
		if (!StompConnection.isBound(session.getAttributes())) {
			open(session);
		}
		super.afterConnectionEstablished(laneSession(session));
	}

	@Override
	public void handleMessage(WebSocketSession session, WebSocketMessage<?> message) throws Exception {
		super.handleMessage(laneSession(session), message);
	}

	/**
	 * The session as the broker knows it: by the id of our connection.
	 */
	private static LaneSession laneSession(WebSocketSession session) {
		return new LaneSession(session, StompConnection.of(session.getAttributes()));
	}

	@Override
	public void afterConnectionClosed(WebSocketSession session, CloseStatus status) throws Exception {
		try {
			boolean open = StompConnection.isBound(session.getAttributes());
			super.afterConnectionClosed(open ? laneSession(session) : session, told(session, status));
		}
		finally {
			// Spring does not tell the protocol handler of a session that was closed as
			// soon as it was open.
			if (StompConnection.isBound(session.getAttributes())) {
				StompConnection connection = StompConnection.of(session.getAttributes());
				this.broker.engine().disconnect(connection.connection());
				connection.disconnected();
				connection.limits().close();
			}
		}
	}

	/**
	 * What the client was told, if it was us who closed: a client that takes no close
	 * frame is dropped, and the transport then reports just that.
	 */
	private static CloseStatus told(WebSocketSession session, CloseStatus status) {
		boolean dropped = status.equalsCode(CloseStatus.NO_CLOSE_FRAME);
		CloseReason reason = (dropped && StompConnection.isBound(session.getAttributes()))
				? StompConnection.of(session.getAttributes()).connection().closeReason() : null;
		return (reason != null) ? new CloseStatus(reason.code(), reason.text()) : status;
	}

	private void open(WebSocketSession session) {
		StompEndpointOptions options = this.broker.options();
		Lane<WebSocketMessage<?>> lane = this.lanes.next();
		Heartbeat heartbeat = new Heartbeat(System.nanoTime(), options.connectTimeout());
		WebSocketSink sink = new WebSocketSink(sender(session), lane, heartbeat, options.tick(), options.pendingBytes(),
				System::nanoTime);
		// Not that of the session: Spring's ids can be computed from one another.
		String id = UUID.randomUUID().toString();
		this.broker.open(session, this.broker.engine().connect(id, lane, sink), heartbeat, (message) -> message);
	}

	private AsyncSender sender(WebSocketSession session) {
		if (session instanceof NativeWebSocketSession container) {
			Session jakarta = container.getNativeSession(Session.class);
			if (jakarta != null) {
				jakarta.setMaxTextMessageBufferSize(PART_LENGTH);
				return new JakartaSender(jakarta, this.closing);
			}
			if (JETTY_PRESENT) {
				return Jetty.sender(container, this.closing);
			}
		}
		throw new IllegalStateException("The realtime endpoint needs Tomcat or Jetty; this WebSocket session is "
				+ session.getClass().getName());
	}

	@Override
	public void destroy() {
		this.lanes.close();
		this.closing.close();
	}

	/**
	 * Keeps Jetty's classes away from applications that do not have them.
	 */
	private static final class Jetty {

		static AsyncSender sender(NativeWebSocketSession container, Executor closing) {
			org.eclipse.jetty.websocket.api.Session session = container
				.getNativeSession(org.eclipse.jetty.websocket.api.Session.class);
			Assert.state(session != null, "Expected a session of Jetty");
			return new JettySender(session, closing);
		}

	}

}
