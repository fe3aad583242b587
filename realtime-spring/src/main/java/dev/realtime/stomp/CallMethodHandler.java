package dev.realtime.stomp;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ApplicationContext;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.SubscribableChannel;
import org.springframework.messaging.handler.HandlerMethod;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.simp.SimpMessageMappingInfo;
import org.springframework.messaging.simp.SimpMessageSendingOperations;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.security.concurrent.DelegatingSecurityContextRunnable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.messaging.context.AuthenticationPrincipalArgumentResolver;
import org.springframework.web.socket.messaging.WebSocketAnnotationMethodMessageHandler;

/**
 * Spring's way of calling {@code @MessageMapping} methods, with the mappings, arguments
 * and exception handlers of the application, except that what comes of it is the reply.
 * Not a handler of the channel itself.
 */
final class CallMethodHandler extends WebSocketAnnotationMethodMessageHandler {

	private CallMethodHandler(SubscribableChannel inboundChannel, MessageChannel outboundChannel,
			SimpMessageSendingOperations brokerTemplate) {
		super(inboundChannel, outboundChannel, brokerTemplate);
	}

	static CallMethodHandler of(SimpAnnotationMethodMessageHandler application, JsonMapper mapper) {
		ApplicationContext context = Objects.requireNonNull(application.getApplicationContext());
		CallMethodHandler handler = new CallMethodHandler(
				context.getBean("clientInboundChannel", SubscribableChannel.class),
				context.getBean("clientOutboundChannel", MessageChannel.class),
				context.getBean("brokerMessagingTemplate", SimpMessageSendingOperations.class));
		handler.setApplicationContext(context);
		handler.setPathMatcher(application.getPathMatcher());
		handler.setDestinationPrefixes(application.getDestinationPrefixes());
		handler.setMessageConverter(application.getMessageConverter());
		handler.setConversionService(application.getConversionService());
		List<HandlerMethodArgumentResolver> arguments = new ArrayList<>();
		arguments.add(new AuthenticationPrincipalArgumentResolver());
		arguments.addAll(application.getArgumentResolvers());
		handler.setArgumentResolvers(arguments);
		handler.setReturnValueHandlers(List.of(new CallReturnValues(application.getReturnValueHandlers(), mapper)));
		handler.afterPropertiesSet();
		application.getHandlerMethods()
			.forEach((mapping, method) -> handler.registerHandlerMethod(method.getBean(), method.getMethod(), mapping));
		return handler;
	}

	/**
	 * Whatever the application's own handler found is registered, and nothing else.
	 */
	@Override
	protected boolean isHandler(Class<?> beanType) {
		return false;
	}

	/**
	 * Calls the method that is meant, as the user of the connection.
	 */
	void handle(Message<?> message, Call call, Authentication user) {
		new DelegatingSecurityContextRunnable(() -> handle(message, call), new SecurityContextImpl(user)).run();
	}

	private void handle(Message<?> message, Call call) {
		try {
			handleMessage(message);
		}
		catch (RuntimeException ex) {
			fail(call, ex);
		}
		if (!call.isStarted()) {
			call.fail(ControlCode.UNKNOWN_DESTINATION);
		}
	}

	@Override
	protected void handleMatch(SimpMessageMappingInfo mapping, HandlerMethod method, String lookupDestination,
			Message<?> message) {
		Call call = call(message);
		call.started();
		super.handleMatch(mapping, method, lookupDestination, message);
		if (method.isVoid()) {
			call.reply(CallReturnValues.NULL);
		}
	}

	@Override
	protected void processHandlerMethodException(HandlerMethod method, Exception ex, Message<?> message) {
		if (getExceptionHandlerMethod(method, ex) == null) {
			fail(call(message), ex);
			return;
		}
		super.processHandlerMethodException(method, ex, message);
		// For handlers that return nothing.
		call(message).fail(CallErrors.body(ex));
	}

	private void fail(Call call, Exception ex) {
		CallErrors.log(ex);
		call.fail(CallErrors.body(ex));
	}

	private static Call call(Message<?> message) {
		@Nullable Call call = Call.of(message);
		return Objects.requireNonNull(call);
	}

}
