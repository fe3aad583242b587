package dev.realtime.stomp;

import java.util.Set;

import dev.realtime.access.Deadline;
import dev.realtime.json.JsonPayloads;
import dev.realtime.limit.Refusal;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.simp.stomp.StompHeaderAccessor;

/**
 * What clients SEND to topics: reads it, and answers.
 */
final class TopicSends {

	private static final int MAX_NAME_LENGTH = 128;

	/** Refusals that a client of good will gets too, and that do not count as abuse. */
	private static final Set<ControlCode> HARMLESS = Set.of(ControlCode.INVALID_EVENT, ControlCode.TOKEN_REQUIRED,
			ControlCode.UNAVAILABLE);

	private final ClientEventHandler clientEvents;

	private final JsonPayloads payloads;

	private final StompFrames frames;

	private final TopicBroker broker;

	TopicSends(ClientEventHandler clientEvents, JsonPayloads payloads, StompFrames frames, TopicBroker broker) {
		this.clientEvents = clientEvents;
		this.payloads = payloads;
		this.frames = frames;
		this.broker = broker;
	}

	/**
	 * Handles a SEND, and answers it if the client wants that. What the application says
	 * too late has no effect.
	 */
	void send(StompConnection connection, StompHeaderAccessor frame, byte[] body) {
		String event = frame.getFirstNativeHeader("event");
		Refusal refusal = isOurs(event) ? null : connection.limits().clientEvent();
		if (refusal != null) {
			this.broker.refuseSend(connection, frame, refusal);
			return;
		}
		Deadline deadline = connection.guard()
			.expect(() -> "the methods for events to " + LogText.of(frame.getDestination()),
					() -> refuse(connection, frame, new DeniedException(ControlCode.UNAVAILABLE)));
		try {
			Runnable delivery = this.clientEvents.handle(read(connection, frame, event, body));
			if (deadline.meet()) {
				delivery.run();
				acknowledge(connection, frame);
			}
		}
		catch (DeniedException ex) {
			if (deadline.meet()) {
				refuse(connection, frame, ex);
			}
		}
		finally {
			deadline.meet();
		}
	}

	private void acknowledge(StompConnection connection, StompHeaderAccessor frame) {
		if (frame.getReceipt() != null) {
			connection.send(this.frames.receipt(frame.getReceipt()));
		}
	}

	private void refuse(StompConnection connection, StompHeaderAccessor frame, DeniedException why) {
		this.broker.refuseSend(connection, frame, why, !HARMLESS.contains(why.code()));
	}

	private static boolean isOurs(@Nullable String event) {
		return event != null && event.startsWith("@");
	}

	private TopicSend read(StompConnection connection, StompHeaderAccessor frame, @Nullable String event, byte[] body)
			throws DeniedException {
		String name = TopicBroker.topicName(frame.getDestination());
		if (event == null || !isName(event)) {
			throw new DeniedException(ControlCode.BAD_REQUEST,
					"The header 'event' has to be 1 to 128 characters, without control characters");
		}
		if (isOurs(event)) {
			throw new DeniedException(ControlCode.BAD_REQUEST, "Names of events that begin with @ are reserved");
		}
		String toUser = frame.getFirstNativeHeader("to-user");
		if (toUser != null && !isName(toUser)) {
			throw new DeniedException(ControlCode.BAD_REQUEST, "The header 'to-user' is no name of a user");
		}
		String to = frame.getFirstNativeHeader("to");
		if (to != null && !to.equals("all") && !to.equals("others")) {
			throw new DeniedException(ControlCode.BAD_REQUEST, "The header 'to' is neither 'all' nor 'others'");
		}
		return new TopicSend(connection.connection(), connection.guard(), name, event, toUser, "all".equals(to),
				json(body));
	}

	private static boolean isName(String name) {
		return !name.isEmpty() && name.length() <= MAX_NAME_LENGTH && name.chars().noneMatch(Character::isISOControl);
	}

	private byte[] json(byte[] body) throws DeniedException {
		try {
			return this.payloads.check(body);
		}
		catch (IllegalArgumentException ex) {
			throw new DeniedException(ControlCode.BAD_REQUEST, String.valueOf(ex.getMessage()));
		}
	}

}
