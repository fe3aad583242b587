package dev.realtime.stomp;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;

/**
 * Takes calls to the {@code @MessageMapping} methods of the application. Messages that
 * are none go where they always went.
 */
final class CallMethods {

	private final Supplier<JsonMapper> mapper;

	/** In practice one: Spring's configuration has one. */
	private final Map<SimpAnnotationMethodMessageHandler, CallMethodHandler> handlers = new ConcurrentHashMap<>();

	CallMethods(Supplier<JsonMapper> mapper) {
		this.mapper = mapper;
	}

	/**
	 * Handles a call in the place of a handler of the application.
	 * @return the message, if it is for the handler itself
	 */
	@Nullable Message<?> handle(Message<?> message, MessageHandler handler) {
		Call call = Call.of(message);
		StompConnection connection = StompConnection.of(message);
		if (call == null || connection == null) {
			return message;
		}
		if (handler instanceof SimpAnnotationMethodMessageHandler methods) {
			this.handlers.computeIfAbsent(methods, (absent) -> CallMethodHandler.of(absent, this.mapper.get()))
				.handle(message, call, connection.identity().user());
		}
		// Brokers reply nothing.
		return null;
	}

}
