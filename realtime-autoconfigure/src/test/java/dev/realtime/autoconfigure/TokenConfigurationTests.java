package dev.realtime.autoconfigure;

import java.util.Map;

import dev.realtime.Realtime;
import dev.realtime.RealtimeTopic;
import dev.realtime.core.Backplane;
import dev.realtime.http.ClientUrl;
import dev.realtime.netty.NettyEndpoint;
import dev.realtime.stomp.RealtimeWebSocketHandler;
import dev.realtime.stomp.StompBroker;
import dev.realtime.token.UserTokens;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.websocket.autoconfigure.servlet.WebSocketMessagingAutoConfiguration;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What has to be set for tokens, and what each role of a node has.
 */
@Timeout(120)
class TokenConfigurationTests {

	private static final String SECRET = "realtime.token.secret=0123456789abcdef0123456789abcdef";

	private static final String REDIS = "spring.data.redis.port=1";

	private static final AutoConfigurations AUTO_CONFIGURATIONS = AutoConfigurations.of(
			DataRedisAutoConfiguration.class, RealtimeRedisAutoConfiguration.class, RealtimeAutoConfiguration.class,
			RealtimeEndpointAutoConfiguration.class, RealtimeNettyAutoConfiguration.class,
			RealtimeTokenEndpointAutoConfiguration.class, WebSocketMessagingAutoConfiguration.class);

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AUTO_CONFIGURATIONS)
		.withUserConfiguration(News.class);

	@AfterEach
	void logout() {
		SecurityContextHolder.clearContext();
	}

	@Test
	void whenNodeIsAloneThenASecretIsMadeUp() {
		SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("alice", "", "ROLE_USER"));
		this.runner.run((one) -> {
			String token = one.getBean(Realtime.class).connectionToken();
			assertThat(one.getBean(UserTokens.class).connections().authenticate(token).getName()).isEqualTo("alice");
			this.runner
				.run((other) -> assertThat(other.getBean(UserTokens.class).connections().isOurs(token)).isFalse());
		});
	}

	@Test
	void whenSecretIsSetThenNodesUnderstandEachOther() {
		SecurityContextHolder.getContext().setAuthentication(new TestingAuthenticationToken("alice", "", "ROLE_USER"));
		this.runner.withPropertyValues(SECRET).run((one) -> {
			String token = one.getBean(Realtime.class).connectionToken();
			this.runner
				.withPropertyValues("realtime.token.secret=another-secret-of-at-least-32-bytes",
						"realtime.token.previous-secrets=0123456789abcdef0123456789abcdef")
				.run((other) -> assertThat(other.getBean(UserTokens.class).connections().authenticate(token).getName())
					.isEqualTo("alice"));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "realtime.ws-port=0", REDIS, "realtime.public-url=wss://live.example" })
	void whenOthersHaveToVerifyTokensThenASecretIsNeeded(String property) {
		this.runner.withPropertyValues(property).run((context) -> {
			FailureAnalysis analysis = analyze(context);
			assertThat(analysis.getDescription()).contains("realtime.token.secret is not set");
			assertThat(analysis.getAction()).contains("REALTIME_TOKEN_SECRET", "openssl rand -base64 32");
		});
		this.runner.withPropertyValues(property, "realtime.token.secret=")
			.run((context) -> assertThat(analyze(context).getDescription()).contains("is not set"));
		this.runner.withPropertyValues(property, SECRET).run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@ValueSource(strings = { "realtime.token.secret=0123456789abcdef0123456789abcde",
			"realtime.token.previous-secrets=short" })
	void whenASecretIsShortThenApplicationDoesNotStart(String property) {
		this.runner.withPropertyValues(SECRET, property).run((context) -> {
			FailureAnalysis analysis = analyze(context);
			assertThat(analysis.getDescription()).contains("fewer than 32 bytes").doesNotContain("0123456789");
			assertThat(analysis.getAction()).contains("openssl rand -base64 32");
		});
	}

	@Test
	void whenTimeToLiveIsNotPositiveThenApplicationDoesNotStart() {
		this.runner.withPropertyValues("realtime.token.ttl=0s")
			.run((context) -> assertThat(analyze(context).getDescription()).contains("realtime.token.ttl"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "live.example", "ftp://live.example", "wss://a b" })
	void whenPublicUrlIsNoneThenApplicationDoesNotStart(String url) {
		this.runner.withPropertyValues(SECRET, "realtime.public-url=" + url)
			.run((context) -> assertThat(analyze(context).getAction()).contains("wss://live.example.org/realtime"));
	}

	@Test
	@Tag("T7")
	void secretIsNotPrinted() {
		this.runner.withPropertyValues(SECRET)
			.run((context) -> assertThat(context.getBean(RealtimeProperties.class).toString())
				.doesNotContain("0123456789abcdef"));
	}

	@Test
	void tokensAreIssuedBelowThePath() {
		this.runner.withPropertyValues("realtime.path=/live")
			.run((context) -> assertThat(endpoints(context)).containsOnlyKeys("/live/tokens/connection",
					"/live/tokens/subscription"));
	}

	@Test
	void whenNoOriginIsAllowedThenThereIsNoCors() {
		this.runner.run((context) -> assertThat(context.getBean(FilterRegistrationBean.class).isEnabled()).isFalse());
		this.runner.withPropertyValues("realtime.allowed-origins=https://app.example")
			.run((context) -> assertThat(context.getBean(FilterRegistrationBean.class).isEnabled()).isTrue());
	}

	@Test
	void publisherServesNoClients() {
		this.runner.withPropertyValues("realtime.role=publisher", "realtime.ws-port=0", REDIS, SECRET)
			.run((context) -> {
				assertThat(context).hasNotFailed()
					.hasSingleBean(Realtime.class)
					.doesNotHaveBean(StompBroker.class)
					.doesNotHaveBean(RealtimeWebSocketHandler.class)
					.doesNotHaveBean(NettyEndpoint.class)
					.doesNotHaveBean("realtimeHandlerMapping");
				assertThat(endpoints(context)).isEmpty();
			});
	}

	@Test
	void whenPublisherKnowsWhereClientsConnectThenItIssuesTokens() {
		this.runner
			.withPropertyValues("realtime.role=publisher", "realtime.public-url=wss://live.example", REDIS, SECRET)
			.run((context) -> {
				assertThat(endpoints(context)).hasSize(2);
				assertThat(context.getBean(ClientUrl.class).of(new MockHttpServletRequest()))
					.isEqualTo("wss://live.example/realtime");
			});
	}

	@Test
	void relayServesItsPortAndNothingElse() {
		this.runner.withPropertyValues("realtime.role=relay", "realtime.ws-port=0", REDIS, SECRET)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(NettyEndpoint.class)
				.hasSingleBean(StompBroker.class)
				.doesNotHaveBean("realtimeHandlerMapping")
				.doesNotHaveBean("realtimeTokenMapping"));
	}

	@Test
	void whenRelayLacksWhatItNeedsThenItDoesNotStart() {
		this.runner.withPropertyValues("realtime.role=relay", "realtime.ws-port=0", SECRET)
			.run((context) -> assertThat(analyze(context).getAction()).contains("spring.data.redis.host"));
		this.runner.withPropertyValues("realtime.role=relay", REDIS, SECRET)
			.run((context) -> assertThat(analyze(context).getAction()).contains("realtime.ws-port"));
		this.runner.withPropertyValues("realtime.role=relay", "realtime.ws-port=0", REDIS)
			.run((context) -> assertThat(analyze(context).getAction()).contains("openssl rand"));
	}

	@Test
	void whenThereIsNoNettyThenThereAreTokens() {
		this.runner.withClassLoader(new FilteredClassLoader(NettyEndpoint.class))
			.run((context) -> assertThat(endpoints(context)).hasSize(2));
	}

	@Test
	void whenApplicationIsNoWebApplicationThenThereAreNoEndpoints() {
		new ApplicationContextRunner().withConfiguration(AUTO_CONFIGURATIONS)
			.run((context) -> assertThat(context).hasSingleBean(UserTokens.class)
				.hasSingleBean(Backplane.class)
				.doesNotHaveBean("realtimeTokenMapping"));
	}

	@Test
	void whenRealtimeIsSwitchedOffThenNothingHasToBeSet() {
		this.runner.withPropertyValues("realtime.enabled=false", "realtime.ws-port=0", "realtime.role=relay")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(UserTokens.class)
				.doesNotHaveBean("realtimeTokenMapping"));
	}

	private static Map<String, ?> endpoints(AssertableWebApplicationContext context) {
		return context.getBean("realtimeTokenMapping", SimpleUrlHandlerMapping.class).getUrlMap();
	}

	private static FailureAnalysis analyze(AssertableWebApplicationContext context) {
		Throwable failure = context.getStartupFailure();
		assertThat(failure).isNotNull();
		return new InvalidSettingsFailureAnalyzer().analyze(failure);
	}

	@RealtimeTopic(name = "news", canSubscribe = "permitAll")
	static class News {

	}

}
