package dev.realtime.topic;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;

/**
 * A method of a topic class that can be called.
 */
final class TopicMethod {

	private final Supplier<Object> bean;

	private final Method method;

	private final HandlerMethodArgumentResolverComposite arguments;

	TopicMethod(Supplier<Object> bean, Method method, HandlerMethodArgumentResolverComposite arguments) {
		this.bean = bean;
		this.method = method;
		this.arguments = arguments;
	}

	Method method() {
		return this.method;
	}

	/**
	 * Calls the method.
	 * @param message where the arguments come from
	 * @throws Exception what the method throws
	 */
	@Nullable Object invoke(Message<?> message) throws Exception {
		InvocableHandlerMethod invocable = invocable();
		invocable.setMessageMethodArgumentResolvers(this.arguments);
		return invocable.invoke(message);
	}

	private InvocableHandlerMethod invocable() {
		if (Modifier.isStatic(this.method.getModifiers())) {
			return new InvocableHandlerMethod(this.method.getDeclaringClass(), this.method);
		}
		Object target = this.bean.get();
		return new InvocableHandlerMethod(target, AopUtils.selectInvocableMethod(this.method, target.getClass()));
	}

}
