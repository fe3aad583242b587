package dev.realtime.stomp;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import com.fasterxml.jackson.annotation.JsonView;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpEntity;
import org.springframework.http.ResponseEntity;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.MessageExceptionHandler;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.handler.invocation.AsyncHandlerMethodReturnValueHandler;
import org.springframework.messaging.handler.invocation.HandlerMethodReturnValueHandler;
import org.springframework.messaging.handler.invocation.HandlerMethodReturnValueHandlerComposite;
import org.springframework.messaging.simp.annotation.SendToUser;

/**
 * Replies with what a method returned. Where {@code @SendTo} or {@code @SendToUser} says
 * that it goes elsewhere, it goes there too.
 */
final class CallReturnValues implements AsyncHandlerMethodReturnValueHandler {

	static final byte[] NULL = "null".getBytes(StandardCharsets.UTF_8);

	/** What a future came to that has no value: Spring takes no null from one. */
	private static final Object NOTHING = new Object();

	private final HandlerMethodReturnValueHandlerComposite application = new HandlerMethodReturnValueHandlerComposite();

	private final JsonMapper mapper;

	/**
	 * Replies.
	 * @param application what the application does with return values of other messages
	 * @param mapper the application's mapper
	 */
	CallReturnValues(List<HandlerMethodReturnValueHandler> application, JsonMapper mapper) {
		this.application.addHandlers(application);
		this.mapper = mapper;
	}

	@Override
	public boolean supportsReturnType(MethodParameter returnType) {
		return true;
	}

	@Override
	public boolean isAsyncReturnValue(Object returnValue, MethodParameter returnType) {
		return this.application.isAsyncReturnValue(returnValue, returnType);
	}

	@Override
	public @Nullable CompletableFuture<?> toCompletableFuture(Object returnValue, MethodParameter returnType) {
		CompletableFuture<?> future = this.application.toCompletableFuture(returnValue, returnType);
		return (future != null) ? future.thenApply((value) -> (value != null) ? value : NOTHING) : null;
	}

	@Override
	public void handleReturnValue(@Nullable Object returnValue, MethodParameter returnType, Message<?> message)
			throws Exception {
		if (returnValue == NOTHING) {
			Objects.requireNonNull(Call.of(message)).reply(NULL);
			return;
		}
		if (isSentElsewhere(returnType)) {
			this.application.handleReturnValue(returnValue, returnType, message);
		}
		Call call = Objects.requireNonNull(Call.of(message));
		Object body = body(returnValue);
		if (returnValue instanceof ResponseEntity<?> response && response.getStatusCode().isError()) {
			call.fail((body != null) ? json(body, returnType) : CallErrors.body(response.getStatusCode()));
		}
		else if (!returnType.hasMethodAnnotation(MessageExceptionHandler.class)) {
			call.reply(json(body, returnType));
		}
		else if (body != null) {
			call.fail(json(body, returnType));
		}
	}

	private static boolean isSentElsewhere(MethodParameter returnType) {
		Class<?> type = returnType.getContainingClass();
		return returnType.hasMethodAnnotation(SendTo.class) || returnType.hasMethodAnnotation(SendToUser.class)
				|| AnnotatedElementUtils.hasAnnotation(type, SendTo.class)
				|| AnnotatedElementUtils.hasAnnotation(type, SendToUser.class);
	}

	/**
	 * What is inside, for methods that serve HTTP as well.
	 */
	private static @Nullable Object body(@Nullable Object returnValue) {
		if (returnValue instanceof HttpEntity<?> entity) {
			return entity.getBody();
		}
		return (returnValue instanceof Message<?> message) ? message.getPayload() : returnValue;
	}

	private byte[] json(@Nullable Object body, MethodParameter returnType) {
		JsonView view = returnType.getMethodAnnotation(JsonView.class);
		ObjectWriter writer = (view != null) ? this.mapper.writerWithView(view.value()[0]) : this.mapper.writer();
		return writer.writeValueAsBytes(body);
	}

}
