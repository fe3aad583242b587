package dev.realtime.http;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.realtime.Presence;
import dev.realtime.Scope;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.TrackPresence;
import dev.realtime.core.ChannelId;
import dev.realtime.presence.PresenceHub;
import dev.realtime.tenant.Tenants;
import dev.realtime.topic.SubscribeAttempt;
import dev.realtime.topic.Topic;
import dev.realtime.topic.Topics;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.HttpStatus;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Makes users members whose requests are handled by methods with {@link TrackPresence}.
 *
 * @since 0.1.0
 */
public final class TrackPresenceInterceptor implements HandlerInterceptor {

	private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");

	private static final Logger logger = LoggerFactory.getLogger(TrackPresenceInterceptor.class);

	private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

	private final PresenceHub presence;

	private final Topics topics;

	private final Tenants tenants;

	/**
	 * An interceptor of all requests.
	 * @param presence who is there
	 * @param topics the declared topics
	 * @param tenants who belongs to which tenant
	 */
	public TrackPresenceInterceptor(PresenceHub presence, Topics topics, Tenants tenants) {
		this.presence = presence;
		this.topics = topics;
		this.tenants = tenants;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		TrackPresence annotation = annotation(handler);
		if (annotation != null && topic(annotation.value()) == null) {
			throw new IllegalStateException("@TrackPresence(\"" + annotation.value() + "\") of " + handler
					+ " names no topic with presence. Declare one with @RealtimeTopic(presence = Presence.MEMBERS)");
		}
		return true;
	}

	@Override
	public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
			@Nullable Exception ex) {
		TrackPresence annotation = annotation(handler);
		Authentication user = SecurityContextHolder.getContext().getAuthentication();
		Topic topic = (annotation != null) ? topic(annotation.value()) : null;
		if (annotation != null && topic != null && ex == null && response.getStatus() < HttpStatus.BAD_REQUEST.value()
				&& this.trust.isAuthenticated(user)) {
			track(topic, name(annotation.value(), request), user);
		}
	}

	private static @Nullable TrackPresence annotation(Object handler) {
		return (handler instanceof HandlerMethod method) ? method.getMethodAnnotation(TrackPresence.class) : null;
	}

	/**
	 * The topic that is meant, whatever the path says.
	 */
	private @Nullable Topic topic(String pattern) {
		Topic topic = this.topics.find(VARIABLE.matcher(pattern).replaceAll("0"));
		return (topic != null && topic.presence().mode() != Presence.NONE) ? topic : null;
	}

	private static String name(String pattern, HttpServletRequest request) {
		Map<?, ?> values = (request
			.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> map) ? map : Map.of();
		return VARIABLE.matcher(pattern)
			.replaceAll((variable) -> Matcher.quoteReplacement(String.valueOf(values.get(variable.group(1)))));
	}

	private void track(Topic topic, String name, Authentication user) {
		Map<String, String> variables = topic.match(name);
		Tenant tenant = this.tenants.of(user);
		if (variables == null || tenant == null) {
			// A value in the path that can not be part of a name.
			return;
		}
		try {
			String info = topic.presence().info(new SubscribeAttempt(user, tenant, variables, TopicFilter.none()));
			this.presence.track(new ChannelId(tenant.id(), (topic.scope() == Scope.USER) ? user.getName() : null, name),
					user.getName(), info);
		}
		catch (Exception ex) {
			logger.warn("The @PresenceInfo method of '{}' failed, so that nobody sees who asked", topic, ex);
		}
	}

}
