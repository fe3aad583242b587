package dev.realtime.stomp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.realtime.core.CloseReason;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.limit.Refusal;
import dev.realtime.token.ConnectionTokens;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.SimpAttributes;
import org.springframework.messaging.simp.SimpAttributesContextHolder;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.broker.AbstractBrokerMessageHandler;
import org.springframework.messaging.simp.broker.OrderedMessageChannelDecorator;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.stomp.BufferingStompDecoder;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompConversionException;
import org.springframework.messaging.simp.stomp.StompDecoder;
import org.springframework.messaging.simp.stomp.StompEncoder;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.MessageHeaderAccessor;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.util.Assert;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.messaging.AbstractSubProtocolEvent;
import org.springframework.web.socket.messaging.SessionConnectEvent;
import org.springframework.web.socket.messaging.SessionConnectedEvent;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;
import org.springframework.web.socket.messaging.SessionSubscribeEvent;
import org.springframework.web.socket.messaging.SessionUnsubscribeEvent;
import org.springframework.web.socket.messaging.SubProtocolHandler;

/**
 * STOMP between WebSocket messages and Spring's channels, with Spring's decoder and
 * encoder. Unlike {@code StompSubProtocolHandler} it handles the frames of a client in
 * order and answers what interceptors throw, executes nothing after a fatal error, and
 * tells clients nothing of its inside.
 */
final class StompProtocolHandler implements SubProtocolHandler {

	private static final Logger logger = LoggerFactory.getLogger(StompProtocolHandler.class);

	private static final byte[] EMPTY = new byte[0];

	/** Marks what the server says itself when a client is gone. */
	private static final String CLOSE_STATUS = "realtimeCloseStatus";

	private static final String MALFORMED = "Malformed or too large frame";

	/** How messages of Spring's decoder begin. */
	private static final List<String> DECODER_MESSAGES = List.of("Illegal header", "Illegal escape sequence",
			"Frame must be terminated", "'\\r' must be followed by '\\n'", "No enum constant",
			"STOMP 'content-length' header value", "The configured STOMP buffer size limit");

	/** What only servers send. */
	private static final Set<StompCommand> SERVER_COMMANDS = Set.of(StompCommand.CONNECTED, StompCommand.MESSAGE,
			StompCommand.RECEIPT, StompCommand.ERROR);

	private final StompDecoder decoder = new StompDecoder();

	private final StompEncoder encoder = new StompEncoder();

	private final Map<String, Inbound> inbounds = new ConcurrentHashMap<>();

	private final RealtimeEngine engine;

	private final AbstractSubscribableChannel inboundChannel;

	private final ConnectHandler connectHandler;

	private final TopicBroker topicBroker;

	private final Calls calls;

	private final InboundGuard guard;

	private final StompFrames frames;

	private final ConnectionTokens tokens;

	private final ApplicationEventPublisher events;

	private final int frameSize;

	private final IdleCuts cuts;

	StompProtocolHandler(RealtimeEngine engine, AbstractSubscribableChannel inboundChannel,
			ConnectHandler connectHandler, TopicBroker topicBroker, Calls calls, StompFrames frames,
			ConnectionTokens tokens, ApplicationEventPublisher events, int frameSize, IdleCuts cuts) {
		this.engine = engine;
		this.inboundChannel = inboundChannel;
		this.connectHandler = connectHandler;
		this.topicBroker = topicBroker;
		this.calls = calls;
		this.guard = new InboundGuard(topicBroker);
		this.frames = frames;
		this.tokens = tokens;
		this.events = events;
		this.frameSize = frameSize;
		this.cuts = cuts;
		this.decoder.setHeaderInitializer(PrintableHeaders.INITIALIZER);
	}

	@Override
	public List<String> getSupportedProtocols() {
		return List.of("v10.stomp", "v11.stomp", "v12.stomp");
	}

	@Override
	public @Nullable String resolveSessionId(Message<?> message) {
		return SimpMessageHeaderAccessor.getSessionId(message.getHeaders());
	}

	@Override
	public void afterSessionStarted(WebSocketSession session, MessageChannel channel) {
		StompConnection connection = StompConnection.of(session.getAttributes());
		InboundFrames inbound = new InboundFrames(() -> this.inboundChannel.getSubscribers().size(),
				(message) -> dispatch(connection, message), (message) -> handled(connection, message));
		this.inbounds.put(session.getId(),
				new Inbound(new InboundBytes(new BufferingStompDecoder(this.decoder, this.frameSize)), inbound));
	}

	@Override
	public void handleMessageFromClient(WebSocketSession session, WebSocketMessage<?> message, MessageChannel channel) {
		StompConnection connection = StompConnection.of(session.getAttributes());
		Inbound inbound = this.inbounds.get(session.getId());
		if (inbound == null || connection.isEnded()) {
			return;
		}
		connection.heartbeat().read(System.nanoTime());
		ByteBuffer bytes = bytesOf(message);
		int length = bytes.remaining();
		Refusal refusal = connection.limits().bytes(length);
		try {
			List<Message<byte[]>> frames = inbound.bytes().decode(bytes);
			connection.heartbeat().stompFrame(!frames.isEmpty(), inbound.bytes().isPartial(), System.nanoTime());
			if (frames.isEmpty()) {
				this.guard.countPart(connection, length, refusal);
			}
			for (Message<byte[]> frame : frames) {
				if (connection.isEnded()) {
					return;
				}
				receive(session, connection, inbound.frames(), frame, refusal);
			}
		}
		catch (StompConversionException | IllegalArgumentException ex) {
			logger.debug("{}: malformed or too large frame, {}", connection, whatIsWrong(ex));
			connection.fail(CloseReason.PROTOCOL_ERROR, MALFORMED);
		}
	}

	/**
	 * What Spring's decoder says, without what it quotes: that may be a token.
	 */
	private static String whatIsWrong(RuntimeException ex) {
		String message = String.valueOf(ex.getMessage());
		return DECODER_MESSAGES.stream()
			.filter(message::startsWith)
			.findFirst()
			.orElseGet(() -> ex.getClass().getSimpleName());
	}

	private static ByteBuffer bytesOf(WebSocketMessage<?> message) {
		if (message instanceof TextMessage text) {
			return ByteBuffer.wrap(text.asBytes());
		}
		return (message instanceof BinaryMessage binary) ? binary.getPayload() : ByteBuffer.allocate(0);
	}

	private void receive(WebSocketSession session, StompConnection connection, InboundFrames inbound,
			Message<byte[]> message, @Nullable Refusal bytes) {
		StompHeaderAccessor frame = headers(message);
		StompCommand command = frame.getCommand();
		if (!this.guard.count(connection, frame, bytes) || command == null) {
			// Too much, or a heart-beat.
			return;
		}
		if (InboundBytes.isMalformed(frame)) {
			connection.fail(CloseReason.PROTOCOL_ERROR, MALFORMED);
			return;
		}
		Credentials.hide(frame, this.tokens::isOurs);
		frame.setSessionId(session.getId());
		frame.setSessionAttributes(session.getAttributes());
		frame.setHeader(SimpMessageHeaderAccessor.HEART_BEAT_HEADER, frame.getHeartbeat());
		if (SERVER_COMMANDS.contains(command)) {
			connection.fail(CloseReason.PROTOCOL_ERROR, "Not a frame of a client");
		}
		else if (!inbound.offer(message, frame)) {
			connection.fail(CloseReason.ABUSE, "Too many frames at once");
		}
	}

	/**
	 * Sends a frame to the channel, when its turn has come.
	 * @return whether handlers of the application are at work on it
	 */
	private boolean dispatch(StompConnection connection, Message<byte[]> message) {
		StompHeaderAccessor frame = headers(message);
		if (frame.getHeader(CLOSE_STATUS) instanceof CloseStatus status) {
			return ended(connection, message, status);
		}
		boolean connect = isConnect(frame);
		if (connection.isEnded()) {
			return false;
		}
		if (connect == connection.isConnected()) {
			connection.fail(CloseReason.PROTOCOL_ERROR, connect ? "Already connected" : "CONNECT comes first");
			return false;
		}
		if (this.guard.refuse(connection, frame)) {
			return false;
		}
		frame.setUser(connection.user());
		frame.setUserChangeCallback(connection::setUser);
		long[] heartbeat = frame.getHeartbeat();
		boolean sent = send(connection, message);
		if (connect && connection.isConnected()) {
			// Only now: whoever reads CONNECTED can rely on what listeners do, such as
			// the registry of users.
			this.connectHandler.answer(connection, frame, heartbeat);
		}
		else if (connect) {
			connection.fail(CloseReason.UNAUTHORIZED, "Authentication failed");
		}
		if (frame.getCommand() == StompCommand.DISCONNECT) {
			disconnect(connection, frame);
		}
		return sent;
	}

	/**
	 * Answers a frame that was for the application, once its handlers are done with it. A
	 * broker that it is relayed to does so itself.
	 */
	private void handled(StompConnection connection, Message<byte[]> message) {
		StompHeaderAccessor frame = headers(message);
		this.calls.handled(Call.of(frame));
		String receipt = frame.getReceipt();
		// That of DISCONNECT is sent with the end of the connection, which may be yet to
		// come.
		boolean ours = isConnect(frame) || frame.getCommand() == StompCommand.DISCONNECT;
		if (receipt != null && !ours && !connection.isEnded() && !isRelaying()) {
			connection.send(this.frames.receipt(receipt));
		}
	}

	private boolean isRelaying() {
		return this.inboundChannel.getSubscribers()
			.stream()
			.anyMatch((handler) -> handler instanceof AbstractBrokerMessageHandler
					&& !(handler instanceof SimpleBrokerMessageHandler));
	}

	private boolean send(StompConnection connection, Message<byte[]> message) {
		try {
			SimpAttributesContextHolder.setAttributesFromMessage(message);
			boolean sent = this.inboundChannel.send(message);
			if (sent) {
				publishEvents(connection, message);
			}
			return sent;
		}
		catch (RuntimeException ex) {
			refuse(connection, message, ex);
			return false;
		}
		finally {
			SimpAttributesContextHolder.resetAttributes();
		}
	}

	private void publishEvents(StompConnection connection, Message<byte[]> message) {
		StompHeaderAccessor frame = headers(message);
		Principal user = connection.user();
		if (isConnect(frame)) {
			publish(new SessionConnectEvent(this, message, user));
			publish(new SessionConnectedEvent(this, connectedMessage(frame, user), user));
		}
		else if (frame.getCommand() == StompCommand.SUBSCRIBE) {
			publish(new SessionSubscribeEvent(this, message, user));
		}
		else if (frame.getCommand() == StompCommand.UNSUBSCRIBE) {
			publish(new SessionUnsubscribeEvent(this, message, user));
		}
	}

	private void publish(AbstractSubProtocolEvent event) {
		try {
			this.events.publishEvent(event);
		}
		catch (RuntimeException ex) {
			logger.error("A listener of {} failed", event.getClass().getSimpleName(), ex);
		}
	}

	private static Message<byte[]> connectedMessage(StompHeaderAccessor connect, @Nullable Principal user) {
		StompHeaderAccessor headers = StompHeaderAccessor.create(StompCommand.CONNECTED);
		headers.setSessionId(connect.getSessionId());
		headers.setSessionAttributes(connect.getSessionAttributes());
		headers.setUser(user);
		return MessageBuilder.createMessage(EMPTY, headers.getMessageHeaders());
	}

	private void disconnect(StompConnection connection, StompHeaderAccessor frame) {
		if (frame.getReceipt() != null) {
			connection.send(this.frames.receipt(frame.getReceipt()));
		}
		connection.end(CloseReason.NORMAL);
	}

	private static boolean isConnect(StompHeaderAccessor frame) {
		return frame.getCommand() == StompCommand.CONNECT || frame.getCommand() == StompCommand.STOMP;
	}

	private static StompHeaderAccessor headers(Message<?> message) {
		StompHeaderAccessor headers = MessageHeaderAccessor.getAccessor(message, StompHeaderAccessor.class);
		Assert.state(headers != null, "Expected STOMP headers");
		return headers;
	}

	@Override
	public void handleMessageToClient(WebSocketSession session, Message<?> message) {
		SimpMessageType type = SimpMessageHeaderAccessor.getMessageType(message.getHeaders());
		StompHeaderAccessor frame = StompHeaderAccessor.wrap(message);
		boolean forClient = type == SimpMessageType.MESSAGE || frame.getCommand() == StompCommand.RECEIPT
				|| frame.getCommand() == StompCommand.ERROR;
		// The rest are the broker's CONNECTED, heart-beats and so on: those are ours
		// here.
		if (forClient && message.getPayload() instanceof byte[] payload) {
			send(session, frame, payload);
		}
		Runnable next = OrderedMessageChannelDecorator.getNextMessageTask(message);
		if (next != null) {
			next.run();
		}
	}

	private void send(WebSocketSession session, StompHeaderAccessor frame, byte[] payload) {
		if (frame.getCommand() == null || frame.getCommand() == StompCommand.SEND) {
			frame.updateStompCommandAsServerMessage();
		}
		String original = frame.getFirstNativeHeader(SimpMessageHeaderAccessor.ORIGINAL_DESTINATION);
		if (original != null) {
			frame.removeNativeHeader(SimpMessageHeaderAccessor.ORIGINAL_DESTINATION);
			frame.setDestination(original);
		}
		byte[] bytes = this.encoder.encode(frame.getMessageHeaders(), payload);
		boolean binary = payload.length > 0
				&& MimeTypeUtils.APPLICATION_OCTET_STREAM.isCompatibleWith(frame.getContentType());
		try {
			session.sendMessage(binary ? new BinaryMessage(bytes) : new TextMessage(bytes));
			if (frame.getCommand() == StompCommand.ERROR) {
				session.close(CloseStatus.PROTOCOL_ERROR);
			}
		}
		catch (IOException ex) {
			logger.debug("Could not send to {}", session, ex);
		}
	}

	/**
	 * Answers a frame whose handling threw, usually in an interceptor of the application
	 * or of Spring Security.
	 */
	private void refuse(StompConnection connection, Message<?> message, RuntimeException ex) {
		StompHeaderAccessor frame = headers(message);
		boolean denied = isDenial(ex) || isDenial(ex.getCause());
		if (denied) {
			logger.debug("{}: denied {}", connection, frame.getCommand());
		}
		else {
			logger.warn("{}: {} failed", connection, frame.getCommand(), ex);
		}
		ControlCode code = denied ? ControlCode.FORBIDDEN : ControlCode.UNAVAILABLE;
		if (frame.getCommand() == StompCommand.SUBSCRIBE) {
			this.topicBroker.refuseSubscribe(connection, frame, code);
		}
		else if (frame.getCommand() == StompCommand.SEND) {
			this.topicBroker.refuseSend(connection, frame, new DeniedException(code), denied);
		}
		else {
			connection.fail(denied ? CloseReason.UNAUTHORIZED : CloseReason.INTERNAL_ERROR,
					denied ? "Authentication failed" : "Internal error");
		}
	}

	private static boolean isDenial(@Nullable Throwable ex) {
		return ex instanceof AccessDeniedException || ex instanceof AuthenticationException;
	}

	@Override
	public void afterSessionEnded(WebSocketSession session, CloseStatus closeStatus, MessageChannel channel) {
		StompConnection connection = StompConnection.of(session.getAttributes());
		Inbound inbound = this.inbounds.remove(session.getId());
		if (closeStatus.equalsCode(CloseStatus.NO_CLOSE_FRAME) && !connection.isEnded()) {
			this.cuts.cut(connection.heartbeat().silence(System.nanoTime()));
		}
		CloseReason reason = violation(closeStatus);
		if (reason != null) {
			connection.end(reason);
		}
		// First, so that a client that just goes away counts as such.
		this.engine.disconnect(connection.connection());
		connection.end(CloseReason.NORMAL);
		connection.disconnected();
		if (inbound != null) {
			// In order: the application is not to hear of the end before the beginning.
			Message<byte[]> message = disconnectMessage(session, closeStatus);
			inbound.frames().end(message, headers(message));
		}
	}

	private static Message<byte[]> disconnectMessage(WebSocketSession session, CloseStatus closeStatus) {
		StompHeaderAccessor headers = StompHeaderAccessor.create(StompCommand.DISCONNECT);
		headers.setSessionId(session.getId());
		headers.setSessionAttributes(session.getAttributes());
		headers.setHeader(CLOSE_STATUS, closeStatus);
		headers.setLeaveMutable(true);
		return MessageBuilder.createMessage(EMPTY, headers.getMessageHeaders());
	}

	private boolean ended(StompConnection connection, Message<byte[]> message, CloseStatus closeStatus) {
		headers(message).setUser(connection.user());
		SimpAttributes attributes = SimpAttributes.fromMessage(message);
		try {
			SimpAttributesContextHolder.setAttributes(attributes);
			publish(new SessionDisconnectEvent(this, message, connection.id(), closeStatus, connection.user()));
			return this.inboundChannel.send(message);
		}
		finally {
			SimpAttributesContextHolder.resetAttributes();
			attributes.sessionCompleted();
		}
	}

	/**
	 * Why the container ended the connection without asking us.
	 */
	private static @Nullable CloseReason violation(CloseStatus status) {
		return switch (status.getCode()) {
			case 1002, 1003, 1007, 1008, 1009 -> CloseReason.PROTOCOL_ERROR;
			case 1011 -> CloseReason.INTERNAL_ERROR;
			default -> null;
		};
	}

	@Override
	public String toString() {
		return "StompProtocolHandler";
	}

	/**
	 * What is on its way in from one connection.
	 */
	private record Inbound(InboundBytes bytes, InboundFrames frames) {

	}

}
