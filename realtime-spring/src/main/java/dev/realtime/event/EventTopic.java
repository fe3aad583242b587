package dev.realtime.event;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

import dev.realtime.PublicationBuilder;
import dev.realtime.Realtime;
import dev.realtime.StreamPosition;
import dev.realtime.topic.TopicName;
import org.jspecify.annotations.Nullable;

import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.spel.support.SimpleEvaluationContext;

/**
 * Where events of one class go, from one {@link dev.realtime.PublishesTo}.
 *
 * @param name the topic, with properties of the event as its variables
 * @param variables reads those properties, in order
 * @param event what happened, or nothing
 * @param data makes the payload; without it the payload is the event
 * @param tenant tells the tenant; without it that is the one of the current user
 * @param user tells the user; without it that is the current one
 */
record EventTopic(TopicName name, List<Expression> variables, String event, @Nullable Expression data,
		@Nullable Expression tenant, @Nullable Expression user) {

	private static final EvaluationContext CONTEXT = SimpleEvaluationContext.forReadOnlyDataBinding()
		.withInstanceMethods()
		.build();

	CompletableFuture<StreamPosition> publish(Realtime realtime, Object source) {
		Realtime view = (this.tenant != null) ? realtime.forTenant(text(this.tenant, source)) : realtime;
		PublicationBuilder publication = view.to(channel(source)).data(data(source));
		if (!this.event.isEmpty()) {
			publication.event(this.event);
		}
		if (this.user != null) {
			publication.user(text(this.user, source));
		}
		return publication.publish();
	}

	private String channel(Object source) {
		List<@Nullable Object> values = new ArrayList<>();
		this.variables.forEach((variable) -> values.add(variable.getValue(CONTEXT, source)));
		return this.name.render(values);
	}

	private Object data(Object source) {
		return (this.data != null) ? Objects.requireNonNullElse(this.data.getValue(CONTEXT, source), "null") : source;
	}

	private static String text(Expression expression, Object source) {
		Object value = expression.getValue(CONTEXT, source);
		if (value == null) {
			throw new IllegalArgumentException("The expression '" + expression.getExpressionString()
					+ "' in @PublishesTo of " + source.getClass().getName() + " has no value");
		}
		return value.toString();
	}

}
