package dev.realtime.topic;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.realtime.Decision;
import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.SynthesizingMethodParameter;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;

/**
 * The annotated methods of one topic class. What can not work is said when the
 * application starts.
 */
final class TopicMethods {

	private static final Set<Class<?>> ANSWERS = Set.of(boolean.class, Boolean.class, Decision.class);

	private final Class<?> type;

	private final TopicName name;

	private final Supplier<Object> bean;

	TopicMethods(Class<?> type, TopicName name, Supplier<Object> bean) {
		this.type = type;
		this.name = name;
		this.bean = bean;
	}

	static List<Method> find(Class<?> type, Class<? extends Annotation> annotation) {
		return List.copyOf(MethodIntrospector.selectMethods(type,
				(Method method) -> AnnotatedElementUtils.hasAnnotation(method, annotation)));
	}

	List<Method> find(Class<? extends Annotation> annotation) {
		return find(this.type, annotation);
	}

	/**
	 * A method that says yes or no.
	 * @param verb what to
	 * @param hint what it may take
	 */
	MethodRule rule(Method method, String verb, HandlerMethodArgumentResolverComposite arguments, String hint) {
		if (!ANSWERS.contains(method.getReturnType())) {
			throw new InvalidTopicException(
					describe("The rule", method) + " answers " + method.getReturnType().getSimpleName() + ".",
					"Let it answer boolean: true for those who may " + verb + ", or a Decision.");
		}
		return new MethodRule(method("The rule", method, arguments, hint));
	}

	/**
	 * A method that can be called.
	 * @param what what it is called in errors
	 * @param hint what it may take
	 */
	TopicMethod method(String what, Method method, HandlerMethodArgumentResolverComposite arguments, String hint) {
		String description = describe(what, method);
		if (Modifier.isPrivate(method.getModifiers())) {
			throw new InvalidTopicException(description + " is private, so that proxies can not call it.",
					"Remove 'private'.");
		}
		if (this.type.isRecord() && !Modifier.isStatic(method.getModifiers())) {
			throw new InvalidTopicException(
					description + " is an instance method of a record, of which there is no instance when somebody "
							+ "subscribes.",
					"Make it static, or write an expression: @RealtimeTopic(canSubscribe = \"...\").");
		}
		parameters(method).forEach((parameter) -> requireSupported(description, parameter, arguments, hint));
		return new TopicMethod(this.bean, method, arguments);
	}

	String describe(String what, Method method) {
		return what + " " + this.type.getName() + "." + method.getName() + " of topic '" + this.name + "'";
	}

	static List<MethodParameter> parameters(Method method) {
		return IntStream.range(0, method.getParameterCount()).mapToObj((index) -> parameter(method, index)).toList();
	}

	private static MethodParameter parameter(Method method, int index) {
		MethodParameter parameter = new SynthesizingMethodParameter(method, index);
		parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
		return parameter;
	}

	private void requireSupported(String description, MethodParameter parameter,
			HandlerMethodArgumentResolverComposite arguments, String hint) {
		if (!arguments.supportsParameter(parameter)) {
			throw new InvalidTopicException(description + " has a parameter that nobody can supply: "
					+ parameter.getParameterType().getName() + named(parameter.getParameterName()) + ".", hint);
		}
		if (parameter.hasParameterAnnotation(dev.realtime.TopicVariable.class)
				&& !this.name.variables().contains(String.valueOf(MethodRule.variableName(parameter)))) {
			throw new InvalidTopicException(
					description + " takes the variable '" + MethodRule.variableName(parameter)
							+ "', which the name does not have.",
					"Add it to the name, such as 'document.{id}', or take one of "
							+ this.name.variables().stream().collect(Collectors.joining(", ", "[", "]")) + ".");
		}
	}

	private static String named(@Nullable String parameterName) {
		return (parameterName != null) ? " " + parameterName : "";
	}

}
