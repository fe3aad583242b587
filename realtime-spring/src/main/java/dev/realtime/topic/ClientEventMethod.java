package dev.realtime.topic;

import java.util.Map;

import dev.realtime.ClientEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.convert.ConversionService;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;
import org.springframework.messaging.support.GenericMessage;

/**
 * A {@link dev.realtime.OnClientEvent} method.
 *
 * @param method the method
 * @param record whether what comes of it goes to the history
 */
record ClientEventMethod(TopicMethod method, boolean record) {

	private static final String EVENT = "event";

	private static final String BODY = "body";

	/**
	 * What such a method may take: a parameter that nothing else is for takes the body.
	 */
	static HandlerMethodArgumentResolverComposite arguments(ConversionService conversionService, EventBodies bodies) {
		HandlerMethodArgumentResolverComposite composite = MethodRule.arguments(conversionService, false);
		composite.addResolver(new EventResolver());
		composite.addResolver(new BodyResolver(bodies));
		return composite;
	}

	/**
	 * Whether a parameter takes the body.
	 */
	static boolean isBody(MethodParameter parameter, HandlerMethodArgumentResolverComposite rule) {
		return !rule.supportsParameter(parameter) && parameter.getParameterType() != ClientEvent.class;
	}

	/**
	 * Calls the method.
	 * @return what it answers
	 * @throws Exception what it throws
	 */
	@Nullable Object invoke(SubscribeAttempt attempt, ClientEvent event, byte[] body) throws Exception {
		return this.method.invoke(new GenericMessage<>(attempt, Map.of(EVENT, event, BODY, body)));
	}

	boolean answersNothing() {
		return this.method.method().getReturnType() == void.class;
	}

	/**
	 * Supplies the event.
	 */
	private static final class EventResolver implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			return parameter.getParameterType() == ClientEvent.class;
		}

		@Override
		public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
			return message.getHeaders().get(EVENT);
		}

	}

	/**
	 * Supplies the body.
	 */
	private record BodyResolver(EventBodies bodies) implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			return !parameter.hasParameterAnnotation(dev.realtime.TopicVariable.class);
		}

		@Override
		public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
			return (message.getHeaders().get(BODY) instanceof byte[] body) ? this.bodies.read(body, parameter) : null;
		}

	}

}
