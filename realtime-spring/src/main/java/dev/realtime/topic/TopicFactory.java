package dev.realtime.topic;

import java.beans.Introspector;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.realtime.CanSubscribe;
import dev.realtime.Decision;
import dev.realtime.History;
import dev.realtime.RealtimeTopic;
import dev.realtime.core.HistoryOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.SynthesizingMethodParameter;
import org.springframework.core.convert.ConversionService;
import org.springframework.expression.ParseException;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;
import org.springframework.security.access.expression.SecurityExpressionHandler;
import org.springframework.util.StringUtils;

/**
 * Reads what an annotated class declares.
 *
 * @since 0.1.0
 */
public final class TopicFactory {

	private static final String WRITE_A_RULE = "Say who may subscribe: either with a method such as "
			+ "'@CanSubscribe boolean canSubscribe(Authentication user)', or with an expression such as "
			+ "'@RealtimeTopic(canSubscribe = \"isAuthenticated()\")'.";

	private static final Set<Class<?>> ANSWERS = Set.of(boolean.class, Boolean.class, Decision.class);

	private static final String RULE_ARGUMENTS = "A rule takes TopicFilter or Map<String, Object> (the filter), "
			+ "@TopicVariable, Principal or Authentication, @AuthenticationPrincipal, and Tenant. Other beans belong "
			+ "into the constructor of the topic class.";

	private final HistoryOptions defaults;

	private final SecurityExpressionHandler<Message<SubscribeAttempt>> expressions;

	private final HandlerMethodArgumentResolverComposite arguments;

	private final PresenceMethods presence;

	/**
	 * A factory with these defaults.
	 * @param defaults the history of topics that say nothing about it
	 * @param conversionService converts variables to parameters
	 * @param expressions evaluates rules that are expressions
	 * @param infos writes what others see of a member
	 */
	public TopicFactory(HistoryOptions defaults, ConversionService conversionService,
			SecurityExpressionHandler<Message<SubscribeAttempt>> expressions, InfoWriter infos) {
		this.defaults = defaults;
		this.expressions = expressions;
		this.arguments = MethodRule.arguments(conversionService);
		this.presence = new PresenceMethods(MethodRule.presenceArguments(conversionService), infos);
	}

	/**
	 * Whether the rule of a topic class, or another method of it that is called, is an
	 * instance method, so that the class has to be a bean.
	 * @param type an annotated class
	 * @return {@code false} for records and where all methods are static
	 */
	public static boolean needsBean(Class<?> type) {
		return methods(type).stream().anyMatch((method) -> !Modifier.isStatic(method.getModifiers()))
				&& !type.isRecord();
	}

	/**
	 * The methods of a topic class that are called.
	 * @param type an annotated class
	 * @return the rule and what else there is
	 */
	public static List<Method> methods(Class<?> type) {
		return Stream.concat(ruleMethods(type).stream(), PresenceMethods.of(type).stream()).toList();
	}

	/**
	 * Reads a topic.
	 * @param type an annotated class
	 * @param bean supplies the instance the rule is called on, where the rule needs one
	 * @return the topic
	 * @throws InvalidTopicException if the declaration can not work
	 */
	public Topic create(Class<?> type, Supplier<Object> bean) {
		RealtimeTopic annotation = AnnotatedElementUtils.findMergedAnnotation(type, RealtimeTopic.class);
		if (annotation == null) {
			throw new IllegalArgumentException(type.getName() + " is not annotated with @RealtimeTopic");
		}
		TopicName name = name(type, annotation);
		ChannelSettings settings = new ChannelSettings(annotation.scope(), List.of(annotation.key()),
				history(type, annotation.history()), annotation.replay(), annotation.overflow());
		return new Topic(name, type, settings, rule(type, name, annotation, bean),
				this.presence.read(type, name, annotation.presence(), bean));
	}

	private TopicName name(Class<?> type, RealtimeTopic annotation) {
		String name = StringUtils.hasText(annotation.name()) ? annotation.name() : defaultName(type);
		try {
			return TopicName.parse(name);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidTopicException(
					"The name '" + name + "' of topic " + type.getName() + " is not valid: " + ex.getMessage() + ".",
					"Write segments joined by dots, such as 'contact.updated' or 'document.{id}'.");
		}
	}

	/**
	 * The name of the class without {@code Topic}, dotted and in lower case.
	 */
	static String defaultName(Class<?> type) {
		String simple = type.getSimpleName();
		String stem = (simple.endsWith("Topic") && !simple.equals("Topic"))
				? simple.substring(0, simple.length() - "Topic".length()) : simple;
		return Introspector.decapitalize(stem)
			.replaceAll("([a-z0-9])([A-Z])", "$1.$2")
			.replaceAll("([A-Z]+)([A-Z][a-z])", "$1.$2")
			.toLowerCase(Locale.ROOT);
	}

	private HistoryOptions history(Class<?> type, History history) {
		int size = (history.size() < 0) ? this.defaults.size() : history.size();
		try {
			Duration ttl = history.ttl().isEmpty() ? this.defaults.ttl()
					: DurationFormatterUtils.detectAndParse(history.ttl());
			return new HistoryOptions(size, ttl, (size == 0) ? 0 : this.defaults.keys());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidTopicException(
					"The history ttl '" + history.ttl() + "' of topic " + type.getName() + " is not valid.",
					"Write a positive duration such as '10m' or 'PT10M'.");
		}
	}

	private SubscribeRule rule(Class<?> type, TopicName name, RealtimeTopic annotation, Supplier<Object> bean) {
		List<Method> methods = ruleMethods(type);
		boolean hasExpression = StringUtils.hasText(annotation.canSubscribe());
		if (methods.isEmpty() && !hasExpression) {
			throw new InvalidTopicException("Topic '" + name + "' (" + type.getName() + ") has no rule.", WRITE_A_RULE);
		}
		if (methods.size() + (hasExpression ? 1 : 0) > 1) {
			throw new InvalidTopicException("Topic '" + name + "' (" + type.getName() + ") has more than one rule.",
					"Keep one @CanSubscribe method, or the expression, and remove the others.");
		}
		return hasExpression ? expressionRule(type, name, annotation.canSubscribe())
				: methodRule(type, name, methods.get(0), bean);
	}

	private static List<Method> ruleMethods(Class<?> type) {
		return List.copyOf(MethodIntrospector.selectMethods(type,
				(Method method) -> AnnotatedElementUtils.hasAnnotation(method, CanSubscribe.class)));
	}

	private SubscribeRule expressionRule(Class<?> type, TopicName name, String expression) {
		try {
			return new ExpressionRule(this.expressions, expression);
		}
		catch (ParseException ex) {
			throw new InvalidTopicException(
					"The expression '" + expression + "' of topic '" + name + "' (" + type.getName()
							+ ") is not valid: " + ex.getSimpleMessage() + ".",
					"Write a Spring Security expression such as \"hasRole('ADMIN')\".");
		}
	}

	private SubscribeRule methodRule(Class<?> type, TopicName name, Method method, Supplier<Object> bean) {
		String rule = "The rule " + type.getName() + "." + method.getName() + " of topic '" + name + "'";
		if (!ANSWERS.contains(method.getReturnType())) {
			throw new InvalidTopicException(rule + " answers " + method.getReturnType().getSimpleName() + ".",
					"Let it answer boolean: true for those who may subscribe, or a Decision.");
		}
		if (Modifier.isPrivate(method.getModifiers())) {
			throw new InvalidTopicException(rule + " is private, so that proxies can not call it.",
					"Remove 'private'.");
		}
		if (type.isRecord() && !Modifier.isStatic(method.getModifiers())) {
			throw new InvalidTopicException(rule
					+ " is an instance method of a record, of which there is no instance when somebody subscribes.",
					"Make it static, or write an expression: @RealtimeTopic(canSubscribe = \"...\").");
		}
		for (int i = 0; i < method.getParameterCount(); i++) {
			requireSupported(rule, name, parameter(method, i));
		}
		return new MethodRule(bean, method, this.arguments);
	}

	static MethodParameter parameter(Method method, int index) {
		MethodParameter parameter = new SynthesizingMethodParameter(method, index);
		parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
		return parameter;
	}

	private void requireSupported(String rule, TopicName name, MethodParameter parameter) {
		if (!this.arguments.supportsParameter(parameter)) {
			throw new InvalidTopicException(rule + " has a parameter that nobody can supply: "
					+ parameter.getParameterType().getName() + describe(parameter.getParameterName()) + ".",
					RULE_ARGUMENTS);
		}
		if (parameter.hasParameterAnnotation(dev.realtime.TopicVariable.class)
				&& !name.variables().contains(String.valueOf(MethodRule.variableName(parameter)))) {
			throw new InvalidTopicException(
					rule + " takes the variable '" + MethodRule.variableName(parameter)
							+ "', which the name does not have.",
					"Add it to the name, such as 'document.{id}', or take one of "
							+ name.variables().stream().collect(Collectors.joining(", ", "[", "]")) + ".");
		}
	}

	private static String describe(@Nullable String parameterName) {
		return (parameterName != null) ? " " + parameterName : "";
	}

}
