package dev.realtime.stomp;

import java.time.Duration;

import dev.realtime.limit.Limit;
import dev.realtime.limit.Limiter;
import dev.realtime.limit.Refusal;
import dev.realtime.serverside.ServerSubscription;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.simp.stomp.StompHeaderAccessor;

/**
 * Request and reply: a client subscribes to {@code /realtime/@replies}, names that
 * subscription in a SEND to the application, and gets there what the method returns.
 */
final class Calls {

	/** Where replies come from. */
	static final String DESTINATION = StompFrames.DESTINATION_PREFIX + "@replies";

	/** The header of a SEND that names the subscription the reply goes to. */
	static final String REPLY_TO = "reply-to";

	private static final byte[] TOO_LATE = StompFrames.controlBody(ControlCode.FAILED,
			"There was no reply in time, and what was asked for may yet be done");

	/** Nobody knows when a method is done; this is what clients wait by default. */
	private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

	private final TopicBroker topicBroker;

	private final StompFrames frames;

	private final Limiter limiter;

	private final Duration timeout;

	/**
	 * The calls of all connections.
	 * @param timeout how long a call may go without a reply; zero for no limit
	 */
	Calls(TopicBroker topicBroker, StompFrames frames, Limiter limiter, Duration timeout) {
		this.topicBroker = topicBroker;
		this.frames = frames;
		this.limiter = limiter;
		this.timeout = timeout;
	}

	void subscribe(StompConnection connection, StompHeaderAccessor frame) {
		String id = this.topicBroker.usableId(connection, frame);
		if (id == null) {
			return;
		}
		ControlCode refusal = subscribe(connection, id);
		if (refusal != null) {
			this.topicBroker.refuseSubscribe(connection, frame, refusal);
		}
		else {
			acknowledge(connection, frame);
		}
	}

	private static @Nullable ControlCode subscribe(StompConnection connection, String id) {
		if (ServerSubscription.isServerSide(id)) {
			return ControlCode.BAD_REQUEST;
		}
		return hasTopic(connection, id) ? ControlCode.DUPLICATE_ID : connection.calls().subscribe(id);
	}

	private static boolean hasTopic(StompConnection connection, String id) {
		return connection.connection()
			.subscriptions()
			.stream()
			.anyMatch((subscription) -> subscription.id().equals(id));
	}

	/**
	 * Ends a subscription to replies. What is not answered yet never is.
	 * @return {@code false} if the connection has no such subscription
	 */
	boolean unsubscribe(StompConnection connection, StompHeaderAccessor frame) {
		String id = frame.getSubscriptionId();
		boolean ended = id != null && connection.calls().unsubscribe(id);
		if (ended) {
			acknowledge(connection, frame);
		}
		return ended;
	}

	private void acknowledge(StompConnection connection, StompHeaderAccessor frame) {
		String receipt = frame.getReceipt();
		if (receipt != null) {
			connection.send(this.frames.receipt(receipt));
		}
	}

	/**
	 * Lets a frame for the application pass, and counts it if it is a call.
	 * @return {@code false} if it was refused
	 */
	boolean admit(StompConnection connection, StompHeaderAccessor frame) {
		Call call = connection.calls().find(frame);
		if (call == null) {
			return admitOther(connection, frame);
		}
		if (!call.hasCorrelationId()) {
			this.topicBroker.refuseSend(connection, frame, ControlCode.BAD_REQUEST);
			return false;
		}
		if (!call.count(this.limiter.options().of(Limit.CALLS_PER_CONNECTION))) {
			this.limiter.refused(Limit.CALLS_PER_CONNECTION);
			this.topicBroker.refuseSend(connection, frame, new Refusal(Limit.CALLS_PER_CONNECTION, RETRY_AFTER));
			return false;
		}
		if (!this.timeout.isZero()) {
			call.expectBy(connection.guard()
				.expect(() -> "the reply of " + LogText.of(frame.getDestination()), this.timeout,
						() -> call.fail(TOO_LATE)));
		}
		return true;
	}

	private boolean admitOther(StompConnection connection, StompHeaderAccessor frame) {
		String replyTo = frame.getFirstNativeHeader(REPLY_TO);
		// With a destination in it, it is for a broker that knows the header.
		if (replyTo == null || replyTo.startsWith("/")) {
			return true;
		}
		this.topicBroker.refuseSend(connection, frame, ControlCode.BAD_REQUEST);
		return false;
	}

	/**
	 * Nobody is at work on a frame any more.
	 */
	void handled(@Nullable Call call) {
		if (call != null && !call.isStarted()) {
			// An interceptor of the application kept it from the methods.
			call.fail(ControlCode.FORBIDDEN);
		}
	}

}
