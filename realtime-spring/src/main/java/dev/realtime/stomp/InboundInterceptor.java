package dev.realtime.stomp;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ExecutorChannelInterceptor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.util.MimeTypeUtils;

/**
 * Takes the frames that are ours out of the {@code clientInboundChannel}, and lets those
 * of the application pass. The last interceptor, so that those of the application and of
 * Spring Security see every frame before.
 */
final class InboundInterceptor implements ExecutorChannelInterceptor {

	/** Where a client sends a fresh token. */
	private static final String REFRESH_DESTINATION = StompFrames.DESTINATION_PREFIX + "@auth";

	private final Supplier<StompBroker> broker;

	private final DestinationPolicy policy;

	private final Supplier<MessageChannel> outboundChannel;

	private final CallMethods callMethods;

	InboundInterceptor(Supplier<StompBroker> broker, DestinationPolicy policy, Supplier<MessageChannel> outboundChannel,
			CallMethods callMethods) {
		this.broker = broker;
		this.policy = policy;
		this.outboundChannel = outboundChannel;
		this.callMethods = callMethods;
	}

	@Override
	public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
		SimpMessageType type = SimpMessageHeaderAccessor.getMessageType(message.getHeaders());
		StompHeaderAccessor frame = MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class);
		StompConnection connection = StompConnection.of(message);
		if (type == null || frame == null) {
			return message;
		}
		if (connection == null) {
			return refuseAtOtherEndpoint(type, frame) ? null : message;
		}
		return handle(type, frame, connection, message.getPayload()) ? null : message;
	}

	@Override
	public @Nullable Message<?> beforeHandle(Message<?> message, MessageChannel channel, MessageHandler handler) {
		return this.callMethods.handle(message, handler);
	}

	/**
	 * Handles a frame of a connection of ours.
	 * @return {@code false} if it is for the application
	 */
	private boolean handle(SimpMessageType type, StompHeaderAccessor frame, StompConnection connection,
			Object payload) {
		return switch (type) {
			case CONNECT -> !connect(frame, connection);
			case SUBSCRIBE -> subscribe(frame, connection);
			case UNSUBSCRIBE -> calls().unsubscribe(connection, frame) || topicBroker().unsubscribe(connection, frame);
			case MESSAGE -> send(frame, connection, payload);
			default -> false;
		};
	}

	private boolean connect(StompHeaderAccessor frame, StompConnection connection) {
		boolean connected = this.broker.get().connectHandler().connect(connection, frame);
		// Heart-beats are ours at this endpoint: the application's broker is not to send
		// any.
		frame.setHeartbeat(0, 0);
		frame.setHeader(SimpMessageHeaderAccessor.HEART_BEAT_HEADER, frame.getHeartbeat());
		return connected;
	}

	private boolean subscribe(StompHeaderAccessor frame, StompConnection connection) {
		if (Calls.DESTINATION.equals(frame.getDestination())) {
			calls().subscribe(connection, frame);
			return true;
		}
		if (isOurs(frame)) {
			topicBroker().subscribe(connection, frame);
			return true;
		}
		if (frame.getDestination() == null || !this.policy.mayBeSubscribed(frame.getDestination())) {
			topicBroker().refuseSubscribe(connection, frame, ControlCode.UNKNOWN_DESTINATION);
			return true;
		}
		// Spring logs an error for each without an id.
		return topicBroker().usableId(connection, frame) == null;
	}

	private boolean send(StompHeaderAccessor frame, StompConnection connection, Object payload) {
		if (REFRESH_DESTINATION.equals(frame.getDestination())) {
			refresh(frame, connection);
			return true;
		}
		if (isOfMember(frame) && payload instanceof byte[] body) {
			topicBroker().say(connection, frame, body);
			return true;
		}
		if (isOurs(frame) && payload instanceof byte[] body) {
			this.broker.get().topicSends().send(connection, frame, body);
			return true;
		}
		if (!this.policy.mayBeSentTo(frame.getDestination())) {
			topicBroker().refuseSend(connection, frame, ControlCode.UNKNOWN_DESTINATION);
			return true;
		}
		return !calls().admit(connection, frame);
	}

	private void refresh(StompHeaderAccessor frame, StompConnection connection) {
		if (!this.broker.get().connectHandler().refresh(connection, frame)) {
			topicBroker().refuseSend(connection, frame, ControlCode.TOKEN_INVALID);
		}
	}

	/**
	 * Answers frames for topics that come through a STOMP endpoint of the application.
	 * @return {@code false} if the frame is for the application
	 */
	private boolean refuseAtOtherEndpoint(SimpMessageType type, StompHeaderAccessor frame) {
		if (!isOurs(frame) || (type != SimpMessageType.SUBSCRIBE && type != SimpMessageType.MESSAGE)) {
			return false;
		}
		if (type == SimpMessageType.SUBSCRIBE) {
			StompHeaderAccessor denied = StompHeaderAccessor.create(StompCommand.MESSAGE);
			denied.setSessionId(frame.getSessionId());
			denied.setSubscriptionId(frame.getSubscriptionId());
			denied.setDestination(frame.getDestination());
			denied.setContentType(MimeTypeUtils.APPLICATION_JSON);
			denied.setNativeHeader("realtime-control", "denied");
			byte[] body = StompFrames.controlBody(ControlCode.WRONG_ENDPOINT, ControlCode.WRONG_ENDPOINT.detail());
			this.outboundChannel.get().send(MessageBuilder.createMessage(body, denied.getMessageHeaders()));
		}
		return true;
	}

	private TopicBroker topicBroker() {
		return this.broker.get().topicBroker();
	}

	private Calls calls() {
		return this.broker.get().calls();
	}

	/**
	 * Whether a member says something about itself.
	 */
	private static boolean isOfMember(StompHeaderAccessor frame) {
		String destination = frame.getDestination();
		return destination != null && destination.startsWith(StompFrames.DESTINATION_PREFIX)
				&& PresenceBroker.EVENT.equals(frame.getFirstNativeHeader("event"));
	}

	private static boolean isOurs(StompHeaderAccessor frame) {
		String destination = frame.getDestination();
		return destination != null
				&& (destination.startsWith(StompFrames.DESTINATION_PREFIX) || destination.equals("/realtime"));
	}

}
