package dev.realtime.topic;

import java.beans.Introspector;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.realtime.CanPublish;
import dev.realtime.CanSubscribe;
import dev.realtime.History;
import dev.realtime.OnClientEvent;
import dev.realtime.RealtimeTopic;
import dev.realtime.core.HistoryOptions;

import org.springframework.core.annotation.AnnotatedElementUtils;
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

	private static final String RULE_ARGUMENTS = "A rule takes TopicFilter or Map<String, Object> (the filter), "
			+ "@TopicVariable, Principal or Authentication, @AuthenticationPrincipal, and Tenant. Other beans belong "
			+ "into the constructor of the topic class.";

	private final HistoryOptions defaults;

	private final SecurityExpressionHandler<Message<SubscribeAttempt>> expressions;

	private final HandlerMethodArgumentResolverComposite arguments;

	private final PresenceMethods presence;

	private final ClientEventsFactory clientEvents;

	/**
	 * A factory with these defaults.
	 * @param defaults the history of topics that say nothing about it
	 * @param conversionService converts variables to parameters
	 * @param expressions evaluates rules that are expressions
	 * @param infos writes what others see of a member
	 * @param bodies binds what clients send
	 */
	public TopicFactory(HistoryOptions defaults, ConversionService conversionService,
			SecurityExpressionHandler<Message<SubscribeAttempt>> expressions, InfoWriter infos, EventBodies bodies) {
		this.defaults = defaults;
		this.expressions = expressions;
		this.arguments = MethodRule.arguments(conversionService, true);
		this.presence = new PresenceMethods(MethodRule.presenceArguments(conversionService), infos);
		this.clientEvents = new ClientEventsFactory(conversionService, bodies);
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
		Stream<Method> rules = Stream.of(CanSubscribe.class, CanPublish.class, OnClientEvent.class)
			.flatMap((annotation) -> TopicMethods.find(type, annotation).stream());
		return Stream.concat(rules, PresenceMethods.of(type).stream()).toList();
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
		TopicMethods methods = new TopicMethods(type, name, bean);
		return new Topic(name, type, settings, rule(methods, type, name, annotation),
				this.presence.read(type, name, annotation.presence(), bean), this.clientEvents.create(methods, name));
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

	private SubscribeRule rule(TopicMethods topicMethods, Class<?> type, TopicName name, RealtimeTopic annotation) {
		List<Method> methods = topicMethods.find(CanSubscribe.class);
		boolean hasExpression = StringUtils.hasText(annotation.canSubscribe());
		if (methods.isEmpty() && !hasExpression) {
			throw new InvalidTopicException("Topic '" + name + "' (" + type.getName() + ") has no rule.", WRITE_A_RULE);
		}
		if (methods.size() + (hasExpression ? 1 : 0) > 1) {
			throw new InvalidTopicException("Topic '" + name + "' (" + type.getName() + ") has more than one rule.",
					"Keep one @CanSubscribe method, or the expression, and remove the others.");
		}
		return hasExpression ? expressionRule(type, name, annotation.canSubscribe())
				: topicMethods.rule(methods.get(0), "subscribe", this.arguments, RULE_ARGUMENTS);
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

}
