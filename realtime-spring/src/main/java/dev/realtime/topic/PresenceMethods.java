package dev.realtime.topic;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.realtime.Presence;
import dev.realtime.PresenceInfo;
import dev.realtime.PresenceMember;
import dev.realtime.PresenceVisible;
import dev.realtime.TopicFilter;
import dev.realtime.TopicVariable;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;

/**
 * Reads what a topic class says about presence.
 */
final class PresenceMethods {

	private static final String ARGUMENTS = "It takes @TopicVariable, Principal or Authentication, "
			+ "@AuthenticationPrincipal, and Tenant; a @PresenceVisible method PresenceMember besides. Other beans "
			+ "belong into the constructor of the topic class.";

	private final HandlerMethodArgumentResolverComposite arguments;

	private final InfoWriter writer;

	PresenceMethods(HandlerMethodArgumentResolverComposite arguments, InfoWriter writer) {
		this.arguments = arguments;
		this.writer = writer;
	}

	/**
	 * The methods there are.
	 */
	static List<Method> of(Class<?> type) {
		return List.copyOf(MethodIntrospector.selectMethods(type,
				(Method method) -> AnnotatedElementUtils.hasAnnotation(method, PresenceInfo.class)
						|| AnnotatedElementUtils.hasAnnotation(method, PresenceVisible.class)));
	}

	TopicPresence read(Class<?> type, TopicName name, Presence mode, Supplier<Object> bean) {
		MethodRule info = method(type, name, bean, PresenceInfo.class);
		MethodRule visible = method(type, name, bean, PresenceVisible.class);
		if (mode == Presence.NONE && (info != null || visible != null)) {
			throw new InvalidTopicException(
					"Topic '" + name + "' (" + type.getName() + ") says who is visible, but nobody is.",
					"Write @RealtimeTopic(presence = Presence.MEMBERS), or remove the method.");
		}
		return (mode != Presence.NONE) ? new TopicPresence(mode, info, this.writer, visible) : TopicPresence.NONE;
	}

	private @Nullable MethodRule method(Class<?> type, TopicName name, Supplier<Object> bean,
			Class<? extends Annotation> annotation) {
		List<Method> methods = of(type).stream()
			.filter((method) -> AnnotatedElementUtils.hasAnnotation(method, annotation))
			.toList();
		if (methods.isEmpty()) {
			return null;
		}
		String description = "The @" + annotation.getSimpleName() + " method " + type.getName() + "."
				+ methods.get(0).getName() + " of topic '" + name + "'";
		if (methods.size() > 1) {
			throw new InvalidTopicException(description + " is not the only one.", "Keep one of them.");
		}
		require(type, name, description, methods.get(0), annotation);
		return new MethodRule(new TopicMethod(bean, methods.get(0), this.arguments));
	}

	private void require(Class<?> type, TopicName name, String description, Method method,
			Class<? extends Annotation> annotation) {
		Class<?> answer = method.getReturnType();
		if (annotation == PresenceVisible.class && answer != boolean.class && answer != Boolean.class) {
			throw new InvalidTopicException(description + " answers " + answer.getSimpleName() + ".",
					"Let it answer boolean: true for members the viewer may see.");
		}
		if (annotation == PresenceInfo.class && answer == void.class) {
			throw new InvalidTopicException(description + " answers nothing.",
					"Let it answer what others see of a member, such as a record with a name.");
		}
		if (Modifier.isPrivate(method.getModifiers())) {
			throw new InvalidTopicException(description + " is private, so that proxies can not call it.",
					"Remove 'private'.");
		}
		if (type.isRecord() && !Modifier.isStatic(method.getModifiers())) {
			throw new InvalidTopicException(
					description + " is an instance method of a record, of which there is no instance when somebody "
							+ "subscribes.",
					"Make it static.");
		}
		TopicMethods.parameters(method)
			.forEach((parameter) -> require(name, description, parameter, annotation == PresenceVisible.class));
	}

	private void require(TopicName name, String description, MethodParameter parameter, boolean member) {
		Class<?> type = parameter.getParameterType();
		boolean known = this.arguments.supportsParameter(parameter) && type != TopicFilter.class && type != Map.class
				&& (member || type != PresenceMember.class);
		if (!known) {
			throw new InvalidTopicException(
					description + " has a parameter that nobody can supply: " + type.getName() + ".", ARGUMENTS);
		}
		if (parameter.hasParameterAnnotation(TopicVariable.class)
				&& !name.variables().contains(String.valueOf(MethodRule.variableName(parameter)))) {
			throw new InvalidTopicException(
					description + " takes the variable '" + MethodRule.variableName(parameter)
							+ "', which the name does not have.",
					"Add it to the name, such as 'document.{id}', or take another.");
		}
	}

}
