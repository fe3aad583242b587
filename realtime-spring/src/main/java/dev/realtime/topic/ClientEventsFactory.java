package dev.realtime.topic;

import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.realtime.CanPublish;
import dev.realtime.OnClientEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.convert.ConversionService;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;
import org.springframework.util.Assert;

/**
 * Reads what a topic class says about events of clients.
 */
final class ClientEventsFactory {

	private static final int MAX_NAME_LENGTH = 128;

	private static final String RULE_ARGUMENTS = "A @CanPublish rule takes @TopicVariable, Principal or "
			+ "Authentication, @AuthenticationPrincipal, and Tenant. Other beans belong into the constructor of the "
			+ "topic class.";

	private static final String EVENT_ARGUMENTS = "A @OnClientEvent method takes the body, ClientEvent, "
			+ "@TopicVariable, Principal or Authentication, @AuthenticationPrincipal, and Tenant. Other beans belong "
			+ "into the constructor of the topic class.";

	private final HandlerMethodArgumentResolverComposite ruleArguments;

	private final HandlerMethodArgumentResolverComposite eventArguments;

	ClientEventsFactory(ConversionService conversionService, EventBodies bodies) {
		this.ruleArguments = MethodRule.arguments(conversionService, false);
		this.eventArguments = ClientEventMethod.arguments(conversionService, bodies);
	}

	/**
	 * Reads the methods.
	 * @return {@code null} if nobody may send anything
	 * @throws InvalidTopicException if they can not work
	 */
	@Nullable ClientEvents create(TopicMethods methods, TopicName name) {
		List<Method> rules = methods.find(CanPublish.class);
		List<Method> handlers = methods.find(OnClientEvent.class);
		if (rules.isEmpty() && handlers.isEmpty()) {
			return null;
		}
		if (rules.size() != 1) {
			throw new InvalidTopicException(
					"Topic '" + name + "' has " + handlers.size() + " @OnClientEvent and " + rules.size()
							+ " @CanPublish methods.",
					"Say once who may send events: '@CanPublish boolean canPublish(Authentication user)'.");
		}
		CanPublish annotation = AnnotatedElementUtils.findMergedAnnotation(rules.get(0), CanPublish.class);
		Assert.state(annotation != null, "Expected the annotation that the method was found by");
		return new ClientEvents(methods.rule(rules.get(0), "publish", this.ruleArguments, RULE_ARGUMENTS),
				annotation.record(), handlers(methods, handlers));
	}

	private Map<String, ClientEventMethod> handlers(TopicMethods methods, List<Method> handlers) {
		Map<String, ClientEventMethod> byEvent = new HashMap<>();
		for (Method handler : handlers) {
			OnClientEvent annotation = AnnotatedElementUtils.findMergedAnnotation(handler, OnClientEvent.class);
			Assert.state(annotation != null, "Expected the annotation that the method was found by");
			requireUsable(methods, handler, annotation.name());
			TopicMethod method = methods.method("The method", handler, this.eventArguments, EVENT_ARGUMENTS);
			if (byEvent.put(annotation.name(), new ClientEventMethod(method, annotation.record())) != null) {
				throw new InvalidTopicException(methods.describe("The method", handler)
						+ " is one of two for the event '" + annotation.name() + "'.", "Keep one of them.");
			}
		}
		return byEvent;
	}

	private void requireUsable(TopicMethods methods, Method handler, String event) {
		String description = methods.describe("The method", handler);
		if (event.isEmpty() || event.length() > MAX_NAME_LENGTH || event.startsWith("@")
				|| event.chars().anyMatch(Character::isISOControl)) {
			throw new InvalidTopicException(description + " is for the event '" + event + "', which nobody can send.",
					"Name an event of 1 to 128 characters that does not begin with '@': "
							+ "@OnClientEvent(\"cursor_move\").");
		}
		if (handler.getReturnType() == boolean.class || handler.getReturnType() == Boolean.class) {
			throw new InvalidTopicException(description + " answers boolean, which would go on instead of the event.",
					"Let it answer nothing, and throw a RejectedEventException to refuse an event.");
		}
		long bodies = TopicMethods.parameters(handler)
			.stream()
			.filter((parameter) -> ClientEventMethod.isBody(parameter, this.ruleArguments))
			.count();
		if (bodies > 1) {
			throw new InvalidTopicException(description + " has " + bodies + " parameters that nothing else is for "
					+ "than the body, of which there is one.", EVENT_ARGUMENTS);
		}
	}

}
