package dev.realtime.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.realtime.access.AccessControl;
import dev.realtime.access.HttpSessionLink;
import dev.realtime.access.LogoutLink;
import dev.realtime.autoconfigure.RealtimeProperties.Role;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.json.FilterParser;
import dev.realtime.json.JsonPayloads;
import dev.realtime.limit.HandshakeLimiter;
import dev.realtime.limit.Limiter;
import dev.realtime.presence.PresenceHub;
import dev.realtime.serverside.ServerSubscriptionControl;
import dev.realtime.stomp.AuthenticatedHandshakeInterceptor;
import dev.realtime.stomp.ConnectAuthenticator;
import dev.realtime.stomp.DestinationPolicy;
import dev.realtime.stomp.GoingAway;
import dev.realtime.stomp.JettyUpgradeStrategy;
import dev.realtime.stomp.RealtimeWebSocketHandler;
import dev.realtime.stomp.StompBroker;
import dev.realtime.stomp.StompEndpointOptions;
import dev.realtime.stomp.UncompressedUpgradeStrategy;
import dev.realtime.tenant.Tenants;
import dev.realtime.token.UserTokens;
import dev.realtime.topic.Topics;
import dev.realtime.topic.UserChannel;
import jakarta.servlet.ServletContext;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.websocket.autoconfigure.servlet.WebSocketMessagingAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.security.messaging.web.socket.server.CsrfTokenHandshakeInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.RequestUpgradeStrategy;
import org.springframework.web.socket.server.standard.ServerEndpointExporter;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.OriginHandshakeInterceptor;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/**
 * Auto-configuration of the WebSocket endpoint. Works beside an
 * {@code @EnableWebSocketMessageBroker} configuration of the application, and brings
 * Spring's STOMP infrastructure where there is none.
 *
 * @since 0.1.0
 */
// After Boot's executor, which is not there where it finds those of Spring's channels.
@AutoConfiguration(after = { RealtimeAutoConfiguration.class, TaskExecutionAutoConfiguration.class },
		afterName = "org.springframework.boot.security.oauth2.server.resource.autoconfigure.servlet.OAuth2ResourceServerAutoConfiguration",
		before = WebSocketMessagingAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({ WebSocketMessageBrokerConfigurer.class, WebSocketMessagingAutoConfiguration.class })
@ConditionalOnBooleanProperty(name = "realtime.enabled", matchIfMissing = true)
@Conditional(OnSockets.class)
// The order matters: the second looks for what the first is there for.
@Import({ BesideApplicationConfiguration.class, MessageMappingConfiguration.class, JwtConnectConfiguration.class,
		AuthenticationManagerConnectConfiguration.class, DoctorConfiguration.class })
public final class RealtimeEndpointAutoConfiguration {

	private static final int MAPPING_ORDER = 1;

	/** Jetty's own container, which is there if Jetty is what runs. */
	private static final String JETTY_CONTAINER = "org.eclipse.jetty.websocket.api.WebSocketContainer";

	@Bean
	Limiter realtimeLimiter(RealtimeProperties properties) {
		return new Limiter(properties.limits().toOptions(), System::nanoTime);
	}

	@Bean
	StompBroker realtimeStompBroker(RealtimeEngine engine, Topics topics, UserChannel userChannel, Tenants tenants,
			ObjectProvider<ConnectAuthenticator> authenticator, UserTokens tokens, AccessControl access,
			RealtimeProperties properties, Limiter limiter, PresenceHub presence,
			ServerSubscriptionControl subscriptions, JsonPayloads payloads) {
		access.start();
		subscriptions.start();
		RealtimeProperties.Limits limits = properties.limits();
		StompEndpointOptions options = new StompEndpointOptions(properties.heartbeat(), limits.connectTimeout(),
				limits.callTimeout(), properties.allowAnonymous(), (int) limits.frameSize().toBytes(),
				limits.pendingBytes().toBytes());
		FilterParser filters = new FilterParser((int) limits.filterSize().toBytes(), limits.filterKeys(),
				limits.filterValues(), limiter::refused);
		return new StompBroker(engine, (properties.role() != Role.RELAY) ? topics : null, userChannel, filters, tenants,
				authenticator.getIfAvailable(), tokens, options, access, limiter, presence, subscriptions, payloads);
	}

	@Bean
	HttpSessionLink realtimeHttpSessionLink(ObjectProvider<AccessControl> access) {
		return new HttpSessionLink(access::getObject);
	}

	@Bean
	LogoutLink realtimeLogoutLink(HttpSessionLink sessions) {
		return new LogoutLink(sessions);
	}

	@Bean
	@Conditional(OnApplication.class)
	HandlerMapping realtimeHandlerMapping(ApplicationContext context, ServletContext servletContext,
			RealtimeProperties properties, ObjectProvider<ConnectAuthenticator> authenticator, HttpSessionLink sessions,
			Limiter limiter) {
		List<HandshakeInterceptor> interceptors = new ArrayList<>();
		OriginHandshakeInterceptor origins = new OriginHandshakeInterceptor();
		origins.setAllowedOriginPatterns(properties.allowedOrigins());
		interceptors.add(origins);
		interceptors.add(new HandshakeLimiter(limiter));
		if (!properties.allowAnonymous() && !properties.usesTokens() && authenticator.getIfAvailable() == null) {
			interceptors.add(new AuthenticatedHandshakeInterceptor());
		}
		interceptors.add(sessions);
		// For @EnableWebSocketSecurity, which compares it with a header of CONNECT.
		interceptors.add(new CsrfTokenHandshakeInterceptor());
		WebSocketHttpRequestHandler requestHandler = new WebSocketHttpRequestHandler(
				context.getBean(RealtimeWebSocketHandler.class),
				new DefaultHandshakeHandler(upgradeStrategy(servletContext)));
		requestHandler.setHandshakeInterceptors(interceptors);
		WebSocketHandlerMapping mapping = new WebSocketHandlerMapping();
		mapping.setUrlMap(Map.of(properties.path(), requestHandler));
		mapping.setOrder(MAPPING_ORDER);
		return mapping;
	}

	private static RequestUpgradeStrategy upgradeStrategy(ServletContext servletContext) {
		return (servletContext.getAttribute(JETTY_CONTAINER) != null) ? new JettyUpgradeStrategy()
				: new UncompressedUpgradeStrategy();
	}

	@Bean
	@Conditional(OnApplication.class)
	@ConditionalOnMissingBean({ ServletServerContainerFactoryBean.class, ServerEndpointExporter.class })
	SmallTomcatBuffers realtimeTomcatBuffers(ServletContext servletContext, ObjectProvider<HandlerMapping> mappings) {
		return new SmallTomcatBuffers(servletContext, mappings);
	}

	@Bean
	static LazyInitializationExcludeFilter eagerRealtimeHandlerMapping() {
		return (name, definition, type) -> name.equals("realtimeHandlerMapping")
				|| name.equals("realtimeTomcatBuffers");
	}

	@Bean
	GoingAway realtimeGoingAway(RealtimeEngine engine, RealtimeProperties properties) {
		return new GoingAway(engine, properties.shutdown().spread());
	}

	@Bean
	static LazyInitializationExcludeFilter eagerRealtimeGoingAway() {
		return LazyInitializationExcludeFilter.forBeanTypes(GoingAway.class);
	}

	@Bean
	@Order(Ordered.HIGHEST_PRECEDENCE)
	WebSocketMessageBrokerConfigurer realtimeOrderConfigurer() {
		return new WebSocketMessageBrokerConfigurer() {

			@Override
			public void configureClientInboundChannel(ChannelRegistration registration) {
				registration.interceptors(StompBroker.orderInterceptor());
			}

		};
	}

	@Bean
	@Order(Ordered.LOWEST_PRECEDENCE)
	WebSocketMessageBrokerConfigurer realtimeTopicConfigurer(ObjectProvider<StompBroker> broker,
			DestinationPolicy policy,
			@Qualifier("clientOutboundChannel") ObjectProvider<MessageChannel> outboundChannel,
			ObjectProvider<JsonMapper> mapper) {
		// The broker is looked up with the first frame: it leads to beans of the
		// application,
		// and some of those to the channels that are being configured here.
		return new WebSocketMessageBrokerConfigurer() {

			@Override
			public void configureClientInboundChannel(ChannelRegistration registration) {
				registration.interceptors(StompBroker.topicInterceptor(broker::getObject, policy,
						outboundChannel::getObject, () -> mapper.getIfAvailable(JsonMapper::new)));
			}

		};
	}

}
