package dev.realtime.stomp;

import java.util.List;
import java.util.Map;

import dev.realtime.core.CloseReason;
import dev.realtime.limit.ConnectionLimits;
import dev.realtime.limit.Refusal;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;

/**
 * Counts what clients send, refuses what is too much, and ends the connections of those
 * who go on.
 */
final class InboundGuard {

	private static final String REFUSAL = "realtimeRefusal";

	private final TopicBroker topicBroker;

	InboundGuard(TopicBroker topicBroker) {
		this.topicBroker = topicBroker;
	}

	/**
	 * Counts what holds no whole frame: a part of one, or a control frame of WebSocket.
	 * @param length the number of bytes. Of large parts they alone count: containers hand
	 * large frames over in parts
	 * @param bytes which limit the bytes exceeded, or {@code null}
	 */
	void countPart(StompConnection connection, int length, @Nullable Refusal bytes) {
		Refusal refusal = bytes;
		if (refusal == null && length < RealtimeWebSocketHandler.PART_LENGTH) {
			refusal = connection.limits().frame();
		}
		if (refusal != null) {
			forgive(connection, refusal);
		}
	}

	/**
	 * Counts a frame, and marks it if it is to be refused when its turn comes.
	 * @param bytes which limit the bytes exceeded that it came in, or {@code null}
	 * @return {@code false} if the connection had to end
	 */
	boolean count(StompConnection connection, StompHeaderAccessor frame, @Nullable Refusal bytes) {
		if (exceedsHeaders(connection.limits(), frame)) {
			connection.fail(CloseReason.PROTOCOL_ERROR, "Too many headers in a frame, or one too long");
			return false;
		}
		Refusal refusal = refusal(connection.limits(), frame, bytes);
		if (refusal == null) {
			return true;
		}
		frame.setHeader(REFUSAL, refusal);
		return forgive(connection, refusal);
	}

	private static @Nullable Refusal refusal(ConnectionLimits limits, StompHeaderAccessor frame,
			@Nullable Refusal bytes) {
		Refusal refusal = (bytes != null) ? bytes : limits.frame();
		return (refusal == null && frame.getCommand() == StompCommand.SUBSCRIBE) ? limits.subscribe() : refusal;
	}

	private static boolean forgive(StompConnection connection, Refusal refusal) {
		boolean forgiven = connection.limits().forgives(refusal);
		if (!forgiven) {
			connection.fail(CloseReason.RATE_LIMITED, "Too much at once", refusal.retryAfter());
		}
		return forgiven;
	}

	private static boolean exceedsHeaders(ConnectionLimits limits, StompHeaderAccessor frame) {
		if (!(frame.getHeader(NativeMessageHeaderAccessor.NATIVE_HEADERS) instanceof Map<?, ?> headers)) {
			return false;
		}
		int count = 0;
		int longest = 0;
		for (Map.Entry<?, ?> header : headers.entrySet()) {
			for (Object value : (List<?>) header.getValue()) {
				count++;
				longest = Math.max(longest, header.getKey().toString().length() + String.valueOf(value).length());
			}
		}
		return limits.exceedsHeaders(count, longest);
	}

	/**
	 * Answers a frame that was too much. Those that end something are handled all the
	 * same: they make it less.
	 * @return whether it was refused
	 */
	boolean refuse(StompConnection connection, StompHeaderAccessor frame) {
		StompCommand command = frame.getCommand();
		if (!(frame.getHeader(REFUSAL) instanceof Refusal refusal) || command == null) {
			return false;
		}
		switch (command) {
			case CONNECT, STOMP, UNSUBSCRIBE, DISCONNECT -> {
				return false;
			}
			case SUBSCRIBE -> this.topicBroker.refuseSubscribe(connection, frame, refusal);
			case SEND -> this.topicBroker.refuseSend(connection, frame, refusal);
			default -> {
			}
		}
		return true;
	}

}
