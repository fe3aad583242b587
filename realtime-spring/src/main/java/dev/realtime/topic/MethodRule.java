package dev.realtime.topic;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.security.Principal;
import java.util.Map;
import java.util.function.Supplier;

import dev.realtime.Decision;
import dev.realtime.PresenceMember;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.TopicVariable;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.security.messaging.context.AuthenticationPrincipalArgumentResolver;
import org.springframework.util.StringUtils;

/**
 * A {@link dev.realtime.CanSubscribe} method as a rule.
 */
final class MethodRule implements SubscribeRule {

	/** The header of a message with the member that is meant. */
	static final String MEMBER = "realtimeMember";

	private final Supplier<Object> bean;

	private final Method method;

	private final HandlerMethodArgumentResolverComposite arguments;

	MethodRule(Supplier<Object> bean, Method method, HandlerMethodArgumentResolverComposite arguments) {
		this.bean = bean;
		this.method = method;
		this.arguments = arguments;
	}

	static HandlerMethodArgumentResolverComposite arguments(ConversionService conversionService) {
		HandlerMethodArgumentResolverComposite composite = new HandlerMethodArgumentResolverComposite();
		composite.addResolver(new AuthenticationPrincipalArgumentResolver());
		composite.addResolver(new VariableResolver(conversionService));
		composite.addResolver(new AttemptResolver());
		return composite;
	}

	/**
	 * Arguments of methods that are about a member besides.
	 */
	static HandlerMethodArgumentResolverComposite presenceArguments(ConversionService conversionService) {
		HandlerMethodArgumentResolverComposite composite = arguments(conversionService);
		composite.addResolver(new MemberResolver());
		return composite;
	}

	@Override
	public Decision decide(SubscribeAttempt attempt) throws Exception {
		Object answer = call(new GenericMessage<>(attempt));
		return (answer instanceof Decision decision) ? decision : Decision.of(Boolean.TRUE.equals(answer));
	}

	@Nullable Object call(Message<SubscribeAttempt> message) throws Exception {
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

	private static SubscribeAttempt attempt(Message<?> message) {
		return (SubscribeAttempt) message.getPayload();
	}

	static @Nullable String variableName(MethodParameter parameter) {
		TopicVariable annotation = parameter.getParameterAnnotation(TopicVariable.class);
		if (annotation == null) {
			return null;
		}
		return StringUtils.hasText(annotation.name()) ? annotation.name() : parameter.getParameterName();
	}

	/**
	 * Supplies {@code @TopicVariable} parameters.
	 */
	private static final class VariableResolver implements HandlerMethodArgumentResolver {

		private final ConversionService conversionService;

		VariableResolver(ConversionService conversionService) {
			this.conversionService = conversionService;
		}

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			return parameter.hasParameterAnnotation(TopicVariable.class) && this.conversionService
				.canConvert(TypeDescriptor.valueOf(String.class), new TypeDescriptor(parameter));
		}

		@Override
		public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
			String value = attempt(message).variables().get(variableName(parameter));
			return this.conversionService.convert(value, TypeDescriptor.valueOf(String.class),
					new TypeDescriptor(parameter));
		}

	}

	/**
	 * Supplies the filter, the user and the tenant.
	 */
	private static final class AttemptResolver implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			Class<?> type = parameter.getParameterType();
			return !parameter.hasParameterAnnotation(TopicVariable.class)
					&& (type == TopicFilter.class || type == Tenant.class || Principal.class.isAssignableFrom(type)
							|| (type == Map.class && isStringKeyed(parameter)));
		}

		private static boolean isStringKeyed(MethodParameter parameter) {
			Class<?> key = ResolvableType.forMethodParameter(parameter).asMap().getGeneric(0).resolve();
			return key == null || key == String.class;
		}

		@Override
		public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
			Class<?> type = parameter.getParameterType();
			SubscribeAttempt attempt = attempt(message);
			if (type == TopicFilter.class) {
				return attempt.filter();
			}
			if (type == Map.class) {
				return attempt.filter().toMap();
			}
			if (type == Tenant.class) {
				return attempt.tenant();
			}
			return type.cast(attempt.user());
		}

	}

	/**
	 * Supplies the member that is meant.
	 */
	private static final class MemberResolver implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			return parameter.getParameterType() == PresenceMember.class;
		}

		@Override
		public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
			return message.getHeaders().get(MEMBER, PresenceMember.class);
		}

	}

}
