package dev.realtime.stomp;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.web.socket.WebSocketMessage;

/**
 * The calls of one connection: where replies go, and how many are not answered yet.
 * Thread-safe.
 */
final class ConnectionCalls {

	/** Each needs one; several parts of a page may not know of each other. */
	private static final int MAX_REPLY_SUBSCRIPTIONS = 16;

	private static final int MAX_CORRELATION_ID_LENGTH = 128;

	private final StompFrames frames;

	private final Consumer<WebSocketMessage<?>> sender;

	private final Set<String> replySubscriptions = new HashSet<>();

	private long unanswered;

	/**
	 * Those of a connection.
	 * @param frames writes frames
	 * @param sender sends them to the client
	 */
	ConnectionCalls(StompFrames frames, Consumer<WebSocketMessage<?>> sender) {
		this.frames = frames;
		this.sender = sender;
	}

	/**
	 * Takes a subscription to replies.
	 * @return why not, or {@code null}
	 */
	synchronized @Nullable ControlCode subscribe(String id) {
		if (this.replySubscriptions.contains(id)) {
			return ControlCode.DUPLICATE_ID;
		}
		if (this.replySubscriptions.size() >= MAX_REPLY_SUBSCRIPTIONS) {
			return ControlCode.TOO_MANY_SUBSCRIPTIONS;
		}
		this.replySubscriptions.add(id);
		return null;
	}

	/**
	 * Ends a subscription to replies.
	 * @return {@code false} if there is none of this id
	 */
	synchronized boolean unsubscribe(String id) {
		return this.replySubscriptions.remove(id);
	}

	synchronized boolean hasSubscription(String id) {
		return this.replySubscriptions.contains(id);
	}

	/**
	 * The call that a frame is, if it names a subscription to replies.
	 */
	@Nullable Call find(StompHeaderAccessor frame) {
		Call known = Call.of(frame);
		String replyTo = frame.getFirstNativeHeader(Calls.REPLY_TO);
		if (known != null || replyTo == null || !hasSubscription(replyTo)) {
			return known;
		}
		String correlationId = frame.getFirstNativeHeader("correlation-id");
		Call call = new Call(this, replyTo, isUsable(correlationId) ? correlationId : null);
		call.attachTo(frame);
		return call;
	}

	private static boolean isUsable(@Nullable String correlationId) {
		return correlationId != null && !correlationId.isEmpty() && correlationId.length() <= MAX_CORRELATION_ID_LENGTH
				&& correlationId.chars().noneMatch(Character::isISOControl);
	}

	synchronized boolean acquire(long limit) {
		if (limit > 0 && this.unanswered >= limit) {
			return false;
		}
		this.unanswered++;
		return true;
	}

	synchronized void release() {
		this.unanswered--;
	}

	/**
	 * Sends a reply, unless the client wants none any more.
	 */
	void send(String replyTo, Function<StompFrames, WebSocketMessage<?>> reply) {
		if (hasSubscription(replyTo)) {
			this.sender.accept(reply.apply(this.frames));
		}
	}

}
