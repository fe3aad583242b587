package dev.realtime.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

import dev.realtime.CanSubscribe;
import dev.realtime.Realtime;
import dev.realtime.RealtimeTopic;
import dev.realtime.Tenant;
import dev.realtime.TenantResolver;
import dev.realtime.access.HttpSessionLink;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.json.FilterParser;
import dev.realtime.json.InvalidFilterException;
import dev.realtime.stomp.AuthenticatedHandshakeInterceptor;
import dev.realtime.stomp.ConnectAuthenticator;
import dev.realtime.stomp.DestinationPolicy;
import dev.realtime.stomp.RealtimeWebSocketHandler;
import dev.realtime.stomp.StompBroker;
import dev.realtime.stomp.StompEndpointOptions;
import dev.realtime.tenant.Tenants;
import jakarta.servlet.http.HttpSessionListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.websocket.autoconfigure.servlet.WebSocketMessagingAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.stereotype.Component;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.messaging.SubProtocolWebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.OriginHandshakeInterceptor;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RealtimeEndpointAutoConfiguration}.
 */
@Timeout(120)
class RealtimeEndpointAutoConfigurationTests {

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(JacksonAutoConfiguration.class,
			RealtimeAutoConfiguration.class, RealtimeEndpointAutoConfiguration.class,
			WebSocketMessagingAutoConfiguration.class);

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AUTO_CONFIGURATIONS)
		.withUserConfiguration(NewsTopic.class);

	@Test
	void thereIsAnEndpointByDefault() {
		this.runner.run((context) -> {
			assertThat(mapping(context).getUrlMap()).containsOnlyKeys("/realtime");
			assertThat(mapping(context).getOrder()).isEqualTo(1);
			assertThat(WebSocketHandlerDecorator.unwrap(requestHandler(context).getWebSocketHandler()))
				.isSameAs(context.getBean(RealtimeWebSocketHandler.class));
		});
	}

	@Test
	void messagesForTheApplicationHaveThreadsOfTheirOwnUnlessItHasOthersForThem() {
		WebApplicationContextRunner withTasks = this.runner
			.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class));
		withTasks
			.run((context) -> assertThat(inboundExecutor(context)).isSameAs(context.getBean("realtimeMessageWorkers"))
				.isNotSameAs(context.getBean("applicationTaskExecutor")));
		Executor own = new SyncTaskExecutor();
		withTasks.withBean("own", WebSocketMessageBrokerConfigurer.class, () -> new WebSocketMessageBrokerConfigurer() {

			@Override
			public void configureClientInboundChannel(ChannelRegistration registration) {
				registration.executor(own);
			}

		}).run((context) -> assertThat(inboundExecutor(context)).isSameAs(own));
	}

	private static Executor inboundExecutor(ApplicationContext context) {
		return context.getBean("clientInboundChannel", ExecutorSubscribableChannel.class).getExecutor();
	}

	@Test
	void pathIsThatOfTheProperty() {
		this.runner.withPropertyValues("realtime.path=/live")
			.run((context) -> assertThat(mapping(context).getUrlMap()).containsOnlyKeys("/live"));
	}

	@Test
	void whenAnyOriginMayConnectAndBrowsersRememberTheLoginThenTheApplicationDoesNotStart() {
		SecurityFilterChain login = new DefaultSecurityFilterChain(AnyRequestMatcher.INSTANCE,
				new UsernamePasswordAuthenticationFilter((authentication) -> authentication));
		WebApplicationContextRunner withLogin = this.runner.withBean(SecurityFilterChain.class, () -> login);
		withLogin.withPropertyValues("realtime.allowed-origins=*")
			.run((context) -> assertThat(context).getFailure().isInstanceOf(InvalidSettingsException.class));
		withLogin.run((context) -> assertThat(context).hasNotFailed());
		this.runner.withPropertyValues("realtime.allowed-origins=*")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenHttpSessionsEndThenTheContainerTellsUs() {
		this.runner.run((context) -> assertThat(context).getBean(HttpSessionListener.class)
			.isSameAs(context.getBean(HttpSessionLink.class)));
	}

	@Test
	void whenSwitchedOffThenThereIsNoEndpoint() {
		this.runner.withPropertyValues("realtime.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(StompBroker.class)
				.doesNotHaveBean(RealtimeWebSocketHandler.class)
				.doesNotHaveBean("realtimeHandlerMapping")
				.doesNotHaveBean("clientInboundChannel")
				.doesNotHaveBean(RealtimeEngine.class);
			assertThat(context.getBean(Realtime.class).isEnabled()).isFalse();
		});
	}

	@Test
	void whenApplicationIsNoServletApplicationThenThereIsNoEndpointButTheBean() {
		new ApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.run((context) -> assertThat(context).hasSingleBean(Realtime.class).doesNotHaveBean(StompBroker.class));
		new ReactiveWebApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.run((context) -> assertThat(context).hasSingleBean(Realtime.class).doesNotHaveBean(StompBroker.class));
	}

	@ParameterizedTest
	@ValueSource(classes = { WebSocketMessageBrokerConfigurer.class, WebSocketMessagingAutoConfiguration.class })
	void whenThereIsNoWebSocketSupportThenThereIsNoEndpointButTheBean(Class<?> absent) {
		new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, RealtimeAutoConfiguration.class,
					RealtimeEndpointAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader(absent))
			.run((context) -> assertThat(context).hasSingleBean(Realtime.class).doesNotHaveBean(StompBroker.class));
	}

	@Test
	void anonymousHandshakesAreRefusedByDefault() {
		this.runner.run((context) -> assertThat(interceptors(context))
			.hasAtLeastOneElementOfType(AuthenticatedHandshakeInterceptor.class));
	}

	@Test
	void whenAnonymousClientsAreAllowedThenHandshakesAreNotRefused() {
		this.runner.withPropertyValues("realtime.allow-anonymous=true").run((context) -> {
			assertThat(interceptors(context)).doesNotHaveAnyElementsOfTypes(AuthenticatedHandshakeInterceptor.class);
			assertThat(options(context).allowAnonymous()).isTrue();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "realtime.token.secret=0123456789abcdef0123456789abcdef",
			"realtime.allowed-origins=https://app.example" })
	void whenConnectMayBringATokenThenHandshakesAreNotRefused(String property) {
		this.runner.withPropertyValues(property)
			.run((context) -> assertThat(interceptors(context))
				.doesNotHaveAnyElementsOfTypes(AuthenticatedHandshakeInterceptor.class));
	}

	@Test
	void onlyTheOriginOfTheApplicationIsAllowedByDefault() {
		this.runner.run((context) -> {
			assertThat(origins(context).getAllowedOrigins()).isEmpty();
			assertThat(origins(context).getAllowedOriginPatterns()).isEmpty();
		});
	}

	@Test
	void allowedOriginsAreThoseOfTheProperty() {
		this.runner.withPropertyValues("realtime.allowed-origins=https://a.example,https://*.b.example")
			.run((context) -> assertThat(origins(context).getAllowedOriginPatterns())
				.containsExactlyInAnyOrder("https://a.example", "https://*.b.example"));
	}

	@Test
	void optionsHaveDefaults() {
		this.runner.run((context) -> {
			assertThat(options(context)).isEqualTo(new StompEndpointOptions(Duration.ofSeconds(10),
					Duration.ofSeconds(10), Duration.ofSeconds(60), false, 64 * 1024, 1024 * 1024));
			FilterParser filters = filters(context);
			assertThat(filters.parse("{\"a\":\"" + "x".repeat(1000) + "\"}").isEmpty()).isFalse();
		});
	}

	@Test
	void optionsAreThoseOfTheProperties() {
		this.runner
			.withPropertyValues("realtime.heartbeat=3s", "realtime.limits.connect-timeout=4s",
					"realtime.limits.call-timeout=5s", "realtime.limits.frame-size=5KB",
					"realtime.limits.pending-bytes=6KB")
			.run((context) -> assertThat(options(context)).isEqualTo(new StompEndpointOptions(Duration.ofSeconds(3),
					Duration.ofSeconds(4), Duration.ofSeconds(5), false, 5 * 1024, 6 * 1024)));
	}

	@Test
	void filterLimitsAreThoseOfTheProperties() {
		this.runner.withPropertyValues("realtime.limits.filter-size=20B", "realtime.limits.filter-keys=2")
			.run((context) -> {
				FilterParser filters = filters(context);
				assertThat(filters.parse("{\"a\":1,\"b\":2}").values()).hasSize(2);
				assertThatExceptionOfType(InvalidFilterException.class)
					.isThrownBy(() -> filters.parse("{\"a\":\"xxxxxxxxxxxxx\"}"))
					.withMessage("The filter has more than 20 bytes");
				assertThatExceptionOfType(InvalidFilterException.class)
					.isThrownBy(() -> filters.parse("{\"a\":1,\"b\":2,\"c\":3}"))
					.withMessage("The filter has more than 2 keys");
			});
	}

	@Test
	void subscriptionLimitIsThatOfTheProperty() {
		this.runner.run((context) -> assertThat(subscriptionLimit(context)).isEqualTo(128));
		this.runner.withPropertyValues("realtime.limits.subscriptions-per-connection=3")
			.run((context) -> assertThat(subscriptionLimit(context)).isEqualTo(3));
	}

	@Test
	void whenApplicationConfiguresNothingThenOnlyItsMessageMappingsAreServed() {
		this.runner.run((context) -> {
			assertThat(context).getBean(DestinationPolicy.class).isEqualTo(DestinationPolicy.MESSAGE_MAPPINGS_ONLY);
			assertThat(context).getBean("subProtocolWebSocketHandler").isInstanceOf(RealtimeWebSocketHandler.class);
			assertThat(context).hasSingleBean(SimpMessagingTemplate.class);
		});
	}

	@Test
	void whenApplicationHasABrokerThenItKeepsItsEndpointsAndDestinations() {
		this.runner.withUserConfiguration(BrokerConfiguration.class).run((context) -> {
			assertThat(context).getBean(DestinationPolicy.class).isEqualTo(DestinationPolicy.APPLICATION);
			assertThat(context).getBean("subProtocolWebSocketHandler")
				.isInstanceOf(SubProtocolWebSocketHandler.class)
				.isNotInstanceOf(RealtimeWebSocketHandler.class);
			assertThat(mapping(context).getUrlMap()).containsOnlyKeys("/realtime");
			WebSocketHandlerMapping own = context.getBean("stompWebSocketHandlerMapping",
					WebSocketHandlerMapping.class);
			assertThat(own.getUrlMap()).containsOnlyKeys("/stomp");
			WebSocketHttpRequestHandler handler = (WebSocketHttpRequestHandler) own.getUrlMap().get("/stomp");
			assertThat(WebSocketHandlerDecorator.unwrap(handler.getWebSocketHandler()))
				.isNotSameAs(context.getBean(RealtimeWebSocketHandler.class));
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void interceptorsOfTheApplicationSeeEveryFrameBeforeOurs(boolean ownBroker) {
		WebApplicationContextRunner runner = ownBroker ? this.runner.withUserConfiguration(BrokerConfiguration.class)
				: this.runner;
		runner.withBean("own", InterceptingConfigurer.class).run((context) -> {
			List<String> names = context.getBean("clientInboundChannel", AbstractSubscribableChannel.class)
				.getInterceptors()
				.stream()
				.map((interceptor) -> interceptor.getClass().getSimpleName())
				.toList();
			assertThat(names).containsSubsequence("DoneInterceptor", "OwnInterceptor", "InboundInterceptor");
		});
	}

	@Test
	void whenBeansAreLazyThenTheEndpointIsNot() {
		this.runner
			.withInitializer(
					(context) -> context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
			.run((context) -> {
				assertThat(context.getSourceApplicationContext()
					.getBeanFactory()
					.getBeanDefinition("realtimeHandlerMapping")
					.isLazyInit()).isFalse();
				assertThat(context.getSourceApplicationContext()
					.getBeanFactory()
					.containsSingleton("realtimeHandlerMapping")).isTrue();
			});
	}

	@Test
	void tenantResolverMayLeadToServicesThatPublishAndSend() {
		for (Class<?> configuration : List.of(NewsTopic.class, BrokerConfiguration.class)) {
			this.runner.withUserConfiguration(configuration, MessagingService.class, ServiceTenantResolver.class)
				.run((context) -> assertThat(
						context.getBean(Tenants.class).of(new TestingAuthenticationToken("alice", "", "ROLE_USER")))
					.isEqualTo(new Tenant("of alice")));
		}
	}

	@Test
	void topicMayTakeServicesThatPublishAndSend() {
		this.runner.withUserConfiguration(MessagingService.class, ServiceTopic.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void withoutAJwtDecoderConnectBringsNoUser() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(ConnectAuthenticator.class));
	}

	@Test
	void withAJwtDecoderConnectMayBringTheUser() {
		this.runner.withBean(JwtDecoder.class, () -> RealtimeEndpointAutoConfigurationTests::decode).run((context) -> {
			Authentication user = context.getBean(ConnectAuthenticator.class).authenticate("good");
			assertThat(user.getName()).isEqualTo("alice");
			assertThat(user.isAuthenticated()).isTrue();
			assertThat(user.getAuthorities()).extracting(Object::toString).contains("SCOPE_read");
			assertThat(interceptors(context)).doesNotHaveAnyElementsOfTypes(AuthenticatedHandshakeInterceptor.class);
		});
	}

	@Test
	void whenTokenIsNoGoodThenThereIsNoUser() {
		this.runner.withBean(JwtDecoder.class, () -> RealtimeEndpointAutoConfigurationTests::decode)
			.run((context) -> assertThatExceptionOfType(AuthenticationException.class)
				.isThrownBy(() -> context.getBean(ConnectAuthenticator.class).authenticate("bad")));
	}

	@Test
	void jwtAuthenticationConverterOfTheApplicationIsUsed() {
		JwtAuthenticationConverter converter = new JwtAuthenticationConverter();
		converter.setJwtGrantedAuthoritiesConverter((jwt) -> AuthorityUtils.createAuthorityList("ROLE_OWN"));
		this.runner.withBean(JwtDecoder.class, () -> RealtimeEndpointAutoConfigurationTests::decode)
			.withBean(JwtAuthenticationConverter.class, () -> converter)
			.run((context) -> assertThat(
					context.getBean(ConnectAuthenticator.class).authenticate("good").getAuthorities())
				.extracting(Object::toString)
				.contains("ROLE_OWN"));
	}

	@Test
	void withoutAJwtDecoderTheAuthenticationManagerOfTheApplicationTells() {
		AuthenticationManager manager = (authentication) -> {
			String token = ((BearerTokenAuthenticationToken) authentication).getToken();
			if (!token.equals("opaque")) {
				throw new BadCredentialsException(token);
			}
			return new TestingAuthenticationToken("olga", token, "ROLE_USER");
		};
		this.runner.withBean(AuthenticationManager.class, () -> manager).run((context) -> {
			ConnectAuthenticator authenticator = context.getBean(ConnectAuthenticator.class);
			assertThat(authenticator.authenticate("opaque").getName()).isEqualTo("olga");
			assertThatExceptionOfType(AuthenticationException.class)
				.isThrownBy(() -> authenticator.authenticate("forged"));
		});
		this.runner.withBean(JwtDecoder.class, () -> RealtimeEndpointAutoConfigurationTests::decode)
			.withBean(AuthenticationManager.class, () -> manager)
			.run((context) -> assertThat(context.getBean(ConnectAuthenticator.class).authenticate("good").getName())
				.isEqualTo("alice"));
	}

	@Test
	void connectAuthenticatorOfTheApplicationWins() {
		ConnectAuthenticator own = (token) -> {
			throw new BadCredentialsException(token);
		};
		this.runner.withBean(JwtDecoder.class, () -> RealtimeEndpointAutoConfigurationTests::decode)
			.withBean("own", ConnectAuthenticator.class, () -> own)
			.run((context) -> assertThat(context).getBean(ConnectAuthenticator.class).isSameAs(own));
	}

	@Test
	void whenThereIsNoOauth2ThenThereIsAnEndpoint() {
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.security.oauth2"))
			.run((context) -> assertThat(context).hasSingleBean(StompBroker.class)
				.doesNotHaveBean(ConnectAuthenticator.class));
	}

	private static Jwt decode(String token) {
		if (!token.equals("good")) {
			throw new BadJwtException("No good");
		}
		return Jwt.withTokenValue(token).header("alg", "none").claim("sub", "alice").claim("scope", "read").build();
	}

	private static WebSocketHandlerMapping mapping(ApplicationContext context) {
		return context.getBean("realtimeHandlerMapping", WebSocketHandlerMapping.class);
	}

	private static WebSocketHttpRequestHandler requestHandler(ApplicationContext context) {
		Map<String, ?> urls = mapping(context).getUrlMap();
		return (WebSocketHttpRequestHandler) urls.values().iterator().next();
	}

	private static List<HandshakeInterceptor> interceptors(ApplicationContext context) {
		return requestHandler(context).getHandshakeInterceptors();
	}

	private static OriginHandshakeInterceptor origins(ApplicationContext context) {
		return (OriginHandshakeInterceptor) interceptors(context).get(0);
	}

	private static StompEndpointOptions options(ApplicationContext context) {
		return (StompEndpointOptions) ReflectionTestUtils.getField(context.getBean(StompBroker.class), "options");
	}

	private static FilterParser filters(ApplicationContext context) {
		Object topicBroker = ReflectionTestUtils.getField(context.getBean(StompBroker.class), "topicBroker");
		return (FilterParser) ReflectionTestUtils.getField(topicBroker, "filters");
	}

	private static Object subscriptionLimit(ApplicationContext context) {
		return ReflectionTestUtils.getField(context.getBean(RealtimeEngine.class), "subscriptionsPerConnection");
	}

	@RealtimeTopic(canSubscribe = "permitAll")
	static class NewsTopic {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableWebSocketMessageBroker
	static class BrokerConfiguration implements WebSocketMessageBrokerConfigurer {

		@Override
		public void registerStompEndpoints(StompEndpointRegistry registry) {
			registry.addEndpoint("/stomp");
		}

		@Override
		public void configureMessageBroker(MessageBrokerRegistry registry) {
			registry.enableSimpleBroker("/topic");
		}

	}

	static class InterceptingConfigurer implements WebSocketMessageBrokerConfigurer {

		@Override
		public void configureClientInboundChannel(ChannelRegistration registration) {
			registration.interceptors(new OwnInterceptor());
		}

	}

	static class OwnInterceptor implements ChannelInterceptor {

	}

	@Component
	static class MessagingService {

		MessagingService(Realtime realtime, SimpMessagingTemplate template) {
			assertThat(realtime.isEnabled()).isTrue();
			assertThat(template).isNotNull();
		}

		String tenantOf(Authentication user) {
			return "of " + user.getName();
		}

	}

	@Component
	record ServiceTenantResolver(MessagingService service) implements TenantResolver {

		@Override
		public String resolveTenant(Authentication authentication) {
			return this.service.tenantOf(authentication);
		}

	}

	@RealtimeTopic
	static class ServiceTopic {

		private final MessagingService service;

		ServiceTopic(MessagingService service) {
			this.service = service;
		}

		@CanSubscribe
		boolean canSubscribe(Authentication user) {
			return this.service.tenantOf(user).isEmpty();
		}

	}

}
