package dev.realtime.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.realtime.autoconfigure.RealtimeProperties.Role;
import dev.realtime.http.ClientUrl;
import dev.realtime.http.ConnectionTokenEndpoint;
import dev.realtime.http.SubscriptionTokenEndpoint;
import dev.realtime.json.FilterParser;
import dev.realtime.limit.Limiter;
import dev.realtime.tenant.Tenants;
import dev.realtime.token.UserTokens;
import dev.realtime.topic.Topics;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.util.StringUtils;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/**
 * Auto-configuration of the HTTP endpoints that issue tokens.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = RealtimeNettyAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBooleanProperty(name = "realtime.enabled", matchIfMissing = true)
@Conditional(OnApplication.class)
public final class RealtimeTokenEndpointAutoConfiguration {

	private static final Duration PREFLIGHT_MAX_AGE = Duration.ofMinutes(30);

	@Bean
	@ConditionalOnMissingBean
	ClientUrl realtimeClientUrl(RealtimeProperties properties, ObjectProvider<DedicatedPort> dedicatedPort) {
		String publicUrl = StringUtils.hasText(properties.publicUrl()) ? properties.publicUrl() : null;
		boolean dedicated = properties.wsPort() != null && properties.role() == Role.FULL;
		try {
			return new ClientUrl(publicUrl, properties.path(),
					dedicated ? () -> dedicatedPort.getObject().port() : null,
					StringUtils.hasText(properties.ssl().bundle()));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidSettingsException("realtime.public-url is not valid: " + ex.getMessage() + ".",
					"Set it to where clients connect, as they see it, such as wss://live.example.org/realtime.");
		}
	}

	@Bean
	HandlerMapping realtimeTokenMapping(UserTokens tokens, ClientUrl url, Topics topics, Tenants tenants,
			RealtimeProperties properties, ObjectProvider<Limiter> limiter) {
		Map<String, Object> endpoints = new LinkedHashMap<>();
		if (properties.role() == Role.FULL || StringUtils.hasText(properties.publicUrl())) {
			RealtimeProperties.Limits limits = properties.limits();
			int filterSize = (int) limits.filterSize().toBytes();
			endpoints.put(path(properties) + "/connection",
					new ConnectionTokenEndpoint(tokens, url, tenants, properties.allowAnonymous()));
			endpoints.put(path(properties) + "/subscription",
					new SubscriptionTokenEndpoint(tokens, topics,
							new FilterParser(filterSize, limits.filterKeys(), limits.filterValues(),
									(limit) -> limiter.ifAvailable((counting) -> counting.refused(limit))),
							tenants, properties.allowAnonymous(), limits.subscriptionsPerConnection(), filterSize));
		}
		return new SimpleUrlHandlerMapping(endpoints, 1);
	}

	/**
	 * Before Spring Security, so that preflight requests, which carry no credentials, get
	 * through whatever the application's security says.
	 */
	@Bean
	FilterRegistrationBean<CorsFilter> realtimeTokenCorsFilter(RealtimeProperties properties) {
		CorsConfiguration cors = new CorsConfiguration();
		List<String> origins = properties.allowedOrigins();
		cors.setAllowedOriginPatterns(origins);
		cors.setAllowedMethods(List.of(HttpMethod.POST.name()));
		cors.setAllowedHeaders(List.of(CorsConfiguration.ALL));
		// Pages of everybody are not to act as the user.
		cors.setAllowCredentials(!OriginPatterns.admitStrangers(origins));
		cors.setMaxAge(PREFLIGHT_MAX_AGE);
		UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
		source.registerCorsConfiguration(path(properties) + "/*", cors);
		FilterRegistrationBean<CorsFilter> registration = new FilterRegistrationBean<>(new CorsFilter(source));
		registration.addUrlPatterns(path(properties) + "/*");
		registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 100);
		registration.setEnabled(!origins.isEmpty());
		return registration;
	}

	private static String path(RealtimeProperties properties) {
		return properties.path() + "/tokens";
	}

}
