package dev.realtime.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.realtime.core.Backplane;
import dev.realtime.core.InMemoryBackplane;
import jakarta.servlet.Filter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.simp.broker.AbstractBrokerMessageHandler;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.support.ExecutorSubscribableChannel;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.messaging.access.intercept.MessageMatcherDelegatingAuthorizationManager;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.NullRememberMeServices;
import org.springframework.security.web.authentication.UsernamePasswordAuthenticationFilter;
import org.springframework.security.web.authentication.preauth.RequestHeaderAuthenticationFilter;
import org.springframework.security.web.authentication.preauth.x509.X509AuthenticationFilter;
import org.springframework.security.web.authentication.rememberme.RememberMeAuthenticationFilter;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.authentication.www.DigestAuthenticationFilter;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * What is said at the start about settings that work and yet are a mistake.
 */
@Timeout(60)
@ExtendWith(OutputCaptureExtension.class)
class DoctorTests {

	private static final AuthenticationManager MANAGER = (authentication) -> authentication;

	@Test
	void whenSomethingIsWrongThenItIsLoggedAndTheRestIsStillLookedAt(CapturedOutput output) {
		new Doctor(List.of(() -> "Do this.", () -> null, () -> "And that.")).afterSingletonsInstantiated();
		assertThat(output).contains("WARN").contains("Do this.").contains("And that.").doesNotContain("null");
	}

	@Test
	void whenHeartbeatsAreOffThenItIsTold() {
		assertThat(new HeartbeatCheck(properties(Map.of("realtime.heartbeat", "0"))).get())
			.startsWith("realtime.heartbeat is 0");
		assertThat(new HeartbeatCheck(properties(Map.of())).get()).isNull();
	}

	@Test
	void whenThereIsASecretForSeveralNodesButNoBackplaneThenItIsTold() {
		String secret = "s".repeat(32);
		Map<String, String> set = Map.of("realtime.token.secret", secret);
		Backplane memory = mock(InMemoryBackplane.class);
		assertThat(singleNode(set, memory)).startsWith("realtime.token.secret is set").doesNotContain(secret);
		assertThat(singleNode(Map.of(), memory)).isNull();
		assertThat(singleNode(set, mock(Backplane.class))).isNull();
		assertThat(singleNode(Map.of("realtime.token.secret", secret, "realtime.backplane", "memory"), memory))
			.isNull();
		assertThat(singleNode(Map.of("realtime.token.secret", secret, "realtime.ws-port", "0"), memory)).isNull();
	}

	private static String singleNode(Map<String, String> properties, Backplane backplane) {
		return new SingleNodeCheck(properties(properties), backplane).get();
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://a.example,*", "https://*", "http*://*", "https://*:[*]", "https://*:8443",
			"*.example", "https://*.com", "https://app*", "https://app.example*", "https://*shop.example", "**" })
	@Tag("T22")
	void whenAnyOriginMayConnectAndBrowsersRememberTheLoginThenTheApplicationDoesNotStart(String origins) {
		for (Filter login : logins()) {
			SecurityFilterChain chain = new DefaultSecurityFilterChain(AnyRequestMatcher.INSTANCE, login);
			AnyOriginCheck check = anyOrigin(origins, chain);
			assertThatExceptionOfType(InvalidSettingsException.class).isThrownBy(check::get)
				.withMessageContaining("every page on the web")
				.satisfies((ex) -> assertThat(ex.getAction()).startsWith("Name the origins"));
		}
	}

	private static List<Filter> logins() {
		return List.of(new UsernamePasswordAuthenticationFilter(MANAGER), new BasicAuthenticationFilter(MANAGER),
				new RememberMeAuthenticationFilter(MANAGER, new NullRememberMeServices()),
				new X509AuthenticationFilter(), new RequestHeaderAuthenticationFilter(),
				new DigestAuthenticationFilter());
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "https://a.example,https://*.b.example", "https://*.b.example:[*]", "*://a.example",
			"https://a.example:*", "http://localhost:[*]", "http://*.localhost:8080" })
	void whenOriginsAreNamedThenTheApplicationStarts(String origins) {
		for (Filter login : logins()) {
			SecurityFilterChain chain = new DefaultSecurityFilterChain(AnyRequestMatcher.INSTANCE, login);
			assertThat(anyOrigin(origins, chain).get()).isNull();
		}
	}

	@Test
	void whenAnyOriginMayConnectAndNoLoginIsSeenThenItIsToldWhatThatMeans() {
		SecurityFilterChain chain = new DefaultSecurityFilterChain(AnyRequestMatcher.INSTANCE,
				new SecurityContextHolderFilter(new HttpSessionSecurityContextRepository()));
		assertThat(anyOrigin("https://*", chain).get())
			.startsWith("realtime.allowed-origins is 'https://*', which admits pages of anybody.")
			.contains("where users show a token", "a controller of the application");
		assertThat(anyOrigin("https://a.example", chain).get()).isNull();
		assertThat(new AnyOriginCheck(properties(Map.of("realtime.allowed-origins", "*")), List::of).get()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/realtime", "/realtime/", "/realtime/app" })
	void whenTheBrokerOfTheApplicationCoversOurDestinationsThenItIsTold(String prefix) {
		ExecutorSubscribableChannel channel = new ExecutorSubscribableChannel();
		SimpleBrokerMessageHandler broker = new SimpleBrokerMessageHandler(channel, channel, channel, List.of(prefix));
		assertThat(exposure(List.of(broker), List.of(), List.of()).get()).contains("Choose another prefix");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/realtime", "/realtime/", "/realtime/app" })
	void whenMethodsOfTheApplicationCoverOurDestinationsThenItIsTold(String prefix) {
		assertThat(exposure(List.of(), List.of(mappings("/app", prefix)), List.of()).get())
			.contains("Choose another prefix");
		assertThat(exposure(List.of(), List.of(mappings("/app", "/realtime-of-others")), List.of()).get()).isNull();
	}

	private static SimpAnnotationMethodMessageHandler mappings(String... prefixes) {
		ExecutorSubscribableChannel channel = new ExecutorSubscribableChannel();
		SimpAnnotationMethodMessageHandler handler = new SimpAnnotationMethodMessageHandler(channel, channel,
				new SimpMessagingTemplate(channel));
		handler.setDestinationPrefixes(List.of(prefixes));
		return handler;
	}

	@Test
	void whenTheBrokerOfTheApplicationHasPrefixesOfItsOwnThenAllIsWell() {
		ExecutorSubscribableChannel channel = new ExecutorSubscribableChannel();
		SimpleBrokerMessageHandler broker = new SimpleBrokerMessageHandler(channel, channel, channel,
				List.of("/topic", "/realtime-of-others"));
		assertThat(exposure(List.of(broker), List.of(), List.of()).get()).isNull();
	}

	@Test
	void whenSecurityLetsEverybodySendToTopicsThenItIsTold() {
		AuthorizationManager<Message<?>> open = MessageMatcherDelegatingAuthorizationManager.builder()
			.simpDestMatchers("/realtime/**")
			.permitAll()
			.anyMessage()
			.denyAll()
			.build();
		assertThat(exposure(List.of(), List.of(), List.of(open)).get()).contains("SEND to /realtime/**");
		AuthorizationManager<Message<?>> closed = MessageMatcherDelegatingAuthorizationManager.builder()
			.simpSubscribeDestMatchers("/realtime/**")
			.permitAll()
			.anyMessage()
			.authenticated()
			.build();
		AuthorizationManager<Message<?>> broken = (user, message) -> {
			throw new IllegalStateException("Expected by a test");
		};
		assertThat(exposure(List.of(), List.of(), List.of(closed, broken)).get()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "11.0.22.0", "11.0.25", "11.0.9.0", "10.1.44.0", "9.0.0" })
	@Tag("T34")
	void whenTomcatIsBelowTheFloorThenItIsTold(String version) {
		assertThat(VersionCheck.ofTomcat(() -> version).get()).startsWith("Tomcat " + version + " has known")
			.contains("CVE-2026-87022", "11.0.26", "tomcat.version");
	}

	@ParameterizedTest
	@ValueSource(strings = { "11.0.26.0", "11.0.27.0", "11.1.0", "12.0.0-M1", "unknown", "" })
	void whenTomcatIsNotBelowTheFloorThenAllIsWell(String version) {
		assertThat(VersionCheck.ofTomcat(() -> version).get()).isNull();
		assertThat(VersionCheck.ofTomcat(() -> null).get()).isNull();
	}

	@Test
	@Tag("T34")
	void whenSpringIsBelowTheFloorThenItIsTold() {
		assertThat(VersionCheck.ofSpring(() -> "7.0.8").get()).startsWith("Spring Framework 7.0.8 has known");
		assertThat(VersionCheck.ofSpring(() -> "7.0.9").get()).isNull();
		assertThat(VersionCheck.ofSpring(() -> "7.1.0-SNAPSHOT").get()).isNull();
	}

	@Test
	void ourOwnVersionsAreFine() {
		assertThat(VersionCheck.ofSpring().get()).isNull();
		assertThat(VersionCheck.ofTomcat().get()).isNull();
	}

	private static AnyOriginCheck anyOrigin(String origins, SecurityFilterChain chain) {
		return new AnyOriginCheck(properties(Map.of("realtime.allowed-origins", origins)), () -> List.of(chain));
	}

	private static SendExposureCheck exposure(List<AbstractBrokerMessageHandler> brokers,
			List<SimpAnnotationMethodMessageHandler> mappings, List<AuthorizationManager<Message<?>>> rules) {
		Supplier<List<AbstractBrokerMessageHandler>> supplier = () -> brokers;
		return new SendExposureCheck(supplier, () -> mappings, () -> rules);
	}

	private static RealtimeProperties properties(Map<String, String> properties) {
		return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("realtime",
				RealtimeProperties.class);
	}

}
