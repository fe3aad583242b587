package dev.realtime.event;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.realtime.PublishesTo;
import dev.realtime.Scope;
import dev.realtime.topic.InvalidTopicException;
import dev.realtime.topic.Topic;
import dev.realtime.topic.TopicName;
import dev.realtime.topic.Topics;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.util.StringUtils;

/**
 * Reads {@link PublishesTo}, and checks it against the declared topics. Thread-safe.
 *
 * @since 0.1.0
 */
public final class EventTopics {

	/** Stands for the value of a variable, of which any will do. */
	private static final String SOME_VALUE = "x";

	private final SpelExpressionParser parser = new SpelExpressionParser();

	private final Map<Class<?>, List<EventTopic>> byType = new ConcurrentHashMap<>();

	private final Topics topics;

	private final boolean tenantRequired;

	private final boolean republished;

	/**
	 * A reader for these topics.
	 * @param topics the declared topics
	 * @param tenantRequired whether those without a tenant may not publish
	 * @param republished whether events may be published again when nobody is logged in
	 */
	public EventTopics(Topics topics, boolean tenantRequired, boolean republished) {
		this.topics = topics;
		this.tenantRequired = tenantRequired;
		this.republished = republished;
	}

	/**
	 * Whether events of a class are published.
	 * @param type the class
	 * @return {@code true} if it is annotated
	 */
	static boolean isPublished(Class<?> type) {
		return AnnotatedElementUtils.hasAnnotation(type, PublishesTo.class)
				|| AnnotatedElementUtils.hasAnnotation(type, PublishesTo.Several.class);
	}

	/**
	 * Checks a class at start-up, so that nobody has to wait for the first event.
	 * @param type an annotated class
	 * @throws InvalidTopicException if its events could not be published
	 */
	public void check(Class<?> type) {
		of(type);
	}

	/**
	 * Where events of a class go.
	 */
	List<EventTopic> of(Class<?> type) {
		return this.byType.computeIfAbsent(type, this::read);
	}

	private List<EventTopic> read(Class<?> type) {
		return AnnotatedElementUtils.findMergedRepeatableAnnotations(type, PublishesTo.class)
			.stream()
			.map((annotation) -> read(type, annotation))
			.toList();
	}

	private EventTopic read(Class<?> type, PublishesTo annotation) {
		TopicName name = name(type, annotation.value());
		Topic topic = this.topics.find(name.render(name.variables().stream().map((variable) -> SOME_VALUE).toList()));
		if (topic == null) {
			throw new InvalidTopicException(
					"The event " + type.getName() + " is published to topic '" + name + "', which does not exist.",
					"Declare a class with @RealtimeTopic(\"" + name + "\"), or correct @PublishesTo; there are "
							+ this.topics.all() + ".");
		}
		for (String variable : name.variables()) {
			requireProperty(type, name, variable);
		}
		requireRepeatable(type, annotation, topic);
		return new EventTopic(name,
				name.variables()
					.stream()
					.map((variable) -> this.parser.parseRaw(variable))
					.map(Expression.class::cast)
					.toList(),
				annotation.event(), expression(type, "data", annotation.data()),
				expression(type, "tenant", annotation.tenant()), expression(type, "user", annotation.user()));
	}

	private static TopicName name(Class<?> type, String value) {
		try {
			return TopicName.parse(value);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidTopicException(
					"The topic '" + value + "' in @PublishesTo of " + type.getName() + " is not valid: "
							+ ex.getMessage() + ".",
					"Write the name of a topic, with properties of the event as its variables, such as "
							+ "'document.{id}'.");
		}
	}

	private static void requireProperty(Class<?> type, TopicName name, String property) {
		RecordComponent[] components = type.getRecordComponents();
		boolean known = (components != null)
				? Arrays.stream(components).anyMatch((component) -> component.getName().equals(property))
				: BeanUtils.getPropertyDescriptor(type, property) != null;
		if (!known) {
			throw new InvalidTopicException(
					"The event " + type.getName() + " has no property '" + property + "' to fill in topic '" + name
							+ "' of @PublishesTo.",
					"Put the name of a record component, or of a property with a getter, between the braces.");
		}
	}

	/**
	 * Nobody is logged in when an event is published again.
	 */
	private void requireRepeatable(Class<?> type, PublishesTo annotation, Topic topic) {
		if (!this.republished) {
			return;
		}
		if (this.tenantRequired && topic.scope() != Scope.GLOBAL && annotation.tenant().isEmpty()) {
			throw new InvalidTopicException(
					"The event " + type.getName()
							+ " does not say which tenant it is for, which nobody knows when it is published again.",
					"Keep the tenant in the event, and name it: @PublishesTo(value = \"" + annotation.value()
							+ "\", tenant = \"tenantId\").");
		}
		if (topic.scope() == Scope.USER && annotation.user().isEmpty()) {
			throw new InvalidTopicException(
					"The event " + type.getName() + " does not say which user's channel of '" + topic.name()
							+ "' it goes to, which nobody knows when it is published again.",
					"Keep the user's name in the event, and name it: @PublishesTo(value = \"" + annotation.value()
							+ "\", user = \"username\").");
		}
	}

	private @Nullable Expression expression(Class<?> type, String attribute, String text) {
		if (!StringUtils.hasText(text)) {
			return null;
		}
		try {
			return this.parser.parseExpression(text);
		}
		catch (ParseException ex) {
			throw new InvalidTopicException(
					"The expression '" + text + "' for '" + attribute + "' in @PublishesTo of " + type.getName()
							+ " is not valid: " + ex.getSimpleMessage() + ".",
					"Write a SpEL expression on the event, such as \"tenantId\" or \"{id: id}\".");
		}
	}

}
