package dev.realtime.stomp;

import dev.realtime.core.CloseReason;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/**
 * A session whose writes go through the lane of its connection, so that the frames of
 * Spring and ours share one ordered writer. No method blocks.
 */
final class LaneSession extends WebSocketSessionDecorator {

	private final StompConnection connection;

	LaneSession(WebSocketSession session, StompConnection connection) {
		super(session);
		this.connection = connection;
	}

	@Override
	public String getId() {
		return this.connection.id();
	}

	@Override
	public void sendMessage(WebSocketMessage<?> message) {
		if (message instanceof TextMessage || message instanceof BinaryMessage) {
			this.connection.send(message);
		}
	}

	@Override
	public boolean isOpen() {
		return !this.connection.isEnded() && super.isOpen();
	}

	@Override
	public void close() {
		close(CloseStatus.NORMAL);
	}

	@Override
	public void close(CloseStatus status) {
		this.connection.end(reasonOf(status));
	}

	private static CloseReason reasonOf(CloseStatus status) {
		return switch (status.getCode()) {
			case 1000 -> CloseReason.NORMAL;
			case 1001 -> CloseReason.GOING_AWAY;
			case 1002, 1003, 1007, 1008, 1009 -> CloseReason.PROTOCOL_ERROR;
			default -> CloseReason.INTERNAL_ERROR;
		};
	}

}
