package dev.realtime.topic;

import java.security.Principal;
import java.util.Map;

import dev.realtime.Decision;
import dev.realtime.PresenceMember;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.TopicVariable;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.core.ResolvableType;
import org.springframework.core.convert.ConversionService;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolver;
import org.springframework.messaging.handler.invocation.HandlerMethodArgumentResolverComposite;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.security.messaging.context.AuthenticationPrincipalArgumentResolver;
import org.springframework.util.StringUtils;

/**
 * A {@link dev.realtime.CanSubscribe} or {@link dev.realtime.CanPublish} method as a
 * rule.
 */
final class MethodRule implements SubscribeRule {

	/** The header of a message with the member that is meant. */
	static final String MEMBER = "realtimeMember";

	private final TopicMethod method;

	MethodRule(TopicMethod method) {
		this.method = method;
	}

	/**
	 * What a rule may take.
	 * @param filter whether there is a filter to decide about
	 */
	static HandlerMethodArgumentResolverComposite arguments(ConversionService conversionService, boolean filter) {
		HandlerMethodArgumentResolverComposite composite = new HandlerMethodArgumentResolverComposite();
		composite.addResolver(new AuthenticationPrincipalArgumentResolver());
		composite.addResolver(new VariableResolver(conversionService));
		composite.addResolver(new UserResolver());
		if (filter) {
			composite.addResolver(new FilterResolver());
		}
		return composite;
	}

	/**
	 * Arguments of methods that are about a member besides.
	 */
	static HandlerMethodArgumentResolverComposite presenceArguments(ConversionService conversionService) {
		HandlerMethodArgumentResolverComposite composite = arguments(conversionService, false);
		composite.addResolver(new MemberResolver());
		return composite;
	}

	@Override
	public Decision decide(SubscribeAttempt attempt) throws Exception {
		Object answer = call(new GenericMessage<>(attempt));
		return (answer instanceof Decision decision) ? decision : Decision.of(Boolean.TRUE.equals(answer));
	}

	@Nullable Object call(Message<SubscribeAttempt> message) throws Exception {
		return this.method.invoke(message);
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
	 * Supplies the user and the tenant.
	 */
	private static final class UserResolver implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			Class<?> type = parameter.getParameterType();
			return !parameter.hasParameterAnnotation(TopicVariable.class)
					&& (type == Tenant.class || Principal.class.isAssignableFrom(type));
		}

		@Override
		public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
			SubscribeAttempt attempt = attempt(message);
			Class<?> type = parameter.getParameterType();
			return (type == Tenant.class) ? attempt.tenant() : type.cast(attempt.user());
		}

	}

	/**
	 * Supplies the filter.
	 */
	private static final class FilterResolver implements HandlerMethodArgumentResolver {

		@Override
		public boolean supportsParameter(MethodParameter parameter) {
			Class<?> type = parameter.getParameterType();
			return !parameter.hasParameterAnnotation(TopicVariable.class)
					&& (type == TopicFilter.class || (type == Map.class && isStringKeyed(parameter)));
		}

		private static boolean isStringKeyed(MethodParameter parameter) {
			Class<?> key = ResolvableType.forMethodParameter(parameter).asMap().getGeneric(0).resolve();
			return key == null || key == String.class;
		}

		@Override
		public @Nullable Object resolveArgument(MethodParameter parameter, Message<?> message) {
			TopicFilter filter = attempt(message).filter();
			return (parameter.getParameterType() == TopicFilter.class) ? filter : filter.toMap();
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
