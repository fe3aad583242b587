package dev.realtime.topic;

import dev.realtime.Decision;

import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.security.access.expression.SecurityExpressionHandler;

/**
 * A Spring Security expression as a rule.
 */
final class ExpressionRule implements SubscribeRule {

	private final SecurityExpressionHandler<Message<SubscribeAttempt>> handler;

	private final Expression expression;

	ExpressionRule(SecurityExpressionHandler<Message<SubscribeAttempt>> handler, String expression) {
		this.handler = handler;
		this.expression = handler.getExpressionParser().parseExpression(expression);
	}

	@Override
	public Decision decide(SubscribeAttempt attempt) {
		EvaluationContext context = this.handler.createEvaluationContext(attempt.user(), new GenericMessage<>(attempt));
		attempt.variables().forEach(context::setVariable);
		context.setVariable("filter", attempt.filter());
		context.setVariable("tenant", attempt.tenant());
		return Decision.of(Boolean.TRUE.equals(this.expression.getValue(context, Boolean.class)));
	}

}
