package dev.realtime.autoconfigure;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.realtime.CanSubscribe;
import dev.realtime.Presence;
import dev.realtime.Realtime;
import dev.realtime.RealtimeTopic;
import dev.realtime.Tenant;
import dev.realtime.TenantResolver;
import dev.realtime.TopicFilter;
import dev.realtime.core.Backplane;
import dev.realtime.core.ChannelId;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.InMemoryBackplane;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.publish.DisabledRealtime;
import dev.realtime.tenant.Tenants;
import dev.realtime.token.ConnectionUser;
import dev.realtime.topic.InvalidTopicException;
import dev.realtime.topic.SubscribeAttempt;
import dev.realtime.topic.Topic;
import dev.realtime.topic.Topics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.security.access.PermissionEvaluator;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.access.hierarchicalroles.RoleHierarchyImpl;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.core.GrantedAuthorityDefaults;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.stereotype.Component;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link RealtimeAutoConfiguration}.
 */
@Timeout(120)
class RealtimeAutoConfigurationTests {

	private static final Authentication ALICE = new TestingAuthenticationToken("alice", "", "ROLE_USER");

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class, RealtimeAutoConfiguration.class))
		.withUserConfiguration(NewsTopic.class);

	@Test
	void publishesByDefault() {
		this.runner.run((context) -> {
			assertThat(context).hasSingleBean(Realtime.class);
			assertThat(context).getBean(Backplane.class).isInstanceOf(InMemoryBackplane.class);
			Realtime realtime = context.getBean(Realtime.class);
			assertThat(realtime.isEnabled()).isTrue();
			assertThat(realtime.publish("news", Map.of("id", 1)).join().offset()).isEqualTo(1);
			assertThat(published(context, "default", "news")).containsExactly("{\"id\":1}");
		});
	}

	@Test
	void whenSwitchedOffThenNothingIsThereButTheBean() {
		this.runner.withPropertyValues("realtime.enabled=false").run((context) -> {
			assertThat(context).getBean(Realtime.class).isInstanceOf(DisabledRealtime.class);
			assertThat(context.getBean(Realtime.class).isEnabled()).isFalse();
			assertThat(context).doesNotHaveBean(RealtimeEngine.class)
				.doesNotHaveBean(Backplane.class)
				.doesNotHaveBean(Topics.class)
				.doesNotHaveBean(Tenants.class);
		});
	}

	@Test
	void whenSwitchedOffThenInvalidTopicsDoNotMatter() {
		this.runner.withPropertyValues("realtime.enabled=false")
			.withUserConfiguration(TopicWithoutRule.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenPresenceIsSwitchedOffThenQuestionsAboutItAreRefused() {
		this.runner.withPropertyValues("realtime.presence.enabled=false").run((context) -> {
			Realtime realtime = context.getBean(Realtime.class);
			assertThat(realtime.publish("news", 1).join().offset()).isEqualTo(1);
			assertThatIllegalStateException().isThrownBy(() -> realtime.isOnline("alice"))
				.withMessageContaining("realtime.presence.enabled is false");
		});
	}

	@Test
	void whenPresenceIsSwitchedOffThenTopicsWithPresenceDoNotStart() {
		this.runner.withPropertyValues("realtime.presence.enabled=false")
			.withUserConfiguration(LoungeTopic.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidTopicException.class)
				.hasMessageContaining("realtime.presence.enabled=false"));
	}

	@Test
	void whenThereIsNoTopicThenApplicationStarts() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RealtimeAutoConfiguration.class))
			.run((context) -> assertThat(context.getBean(Topics.class).all()).isEmpty());
	}

	@Test
	void realtimeOfTheApplicationWins() {
		Realtime own = new DisabledRealtime();
		this.runner.withBean("own", Realtime.class, () -> own)
			.run((context) -> assertThat(context).getBean(Realtime.class).isSameAs(own));
		this.runner.withPropertyValues("realtime.enabled=false")
			.withBean("own", Realtime.class, () -> own)
			.run((context) -> assertThat(context).getBean(Realtime.class).isSameAs(own));
	}

	@Test
	void backplaneOfTheApplicationWins() {
		InMemoryBackplane own = new InMemoryBackplane(InstantSource.system(), new Random(1));
		this.runner.withBean("own", Backplane.class, () -> own).run((context) -> {
			assertThat(context).getBean(Backplane.class).isSameAs(own);
			context.getBean(Realtime.class).publish("news", Map.of()).join();
			assertThat(own.past(new ChannelId("default", null, "news"), 10).join().publications()).hasSize(1);
		});
	}

	@Test
	void payloadsAreWrittenByTheMapperOfTheApplication() {
		JsonMapper mapper = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();
		this.runner.withBean(JsonMapper.class, () -> mapper).run((context) -> {
			context.getBean(Realtime.class).publish("news", new Headline("x")).join();
			assertThat(published(context, "default", "news")).containsExactly("{\"full_text\":\"x\"}");
		});
	}

	@Test
	void whenApplicationHasNoMapperThenThereIsOne() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(RealtimeAutoConfiguration.class))
			.withUserConfiguration(NewsTopic.class)
			.run((context) -> {
				context.getBean(Realtime.class).publish("news", new Headline("x")).join();
				assertThat(published(context, "default", "news")).containsExactly("{\"fullText\":\"x\"}");
			});
	}

	@Test
	void payloadSizeIsLimited() {
		this.runner.run((context) -> {
			Realtime realtime = context.getBean(Realtime.class);
			realtime.publish("news", "x".repeat(16 * 1024 - 2)).join();
			assertThatIllegalArgumentException().isThrownBy(() -> realtime.publish("news", "x".repeat(16 * 1024 - 1)))
				.withMessageContaining("realtime.limits.payload-size");
		});
		this.runner.withPropertyValues("realtime.limits.payload-size=10B")
			.run((context) -> assertThatIllegalArgumentException()
				.isThrownBy(() -> context.getBean(Realtime.class).publish("news", "x".repeat(9))));
	}

	@Test
	void historyIsThatOfTheProperties() {
		this.runner.run((context) -> assertThat(news(context).history())
			.isEqualTo(new HistoryOptions(100, Duration.ofHours(1), 100_000)));
		this.runner.withPropertyValues("realtime.history.size=5", "realtime.history.ttl=10s", "realtime.history.keys=7")
			.run((context) -> assertThat(news(context).history())
				.isEqualTo(new HistoryOptions(5, Duration.ofSeconds(10), 7)));
	}

	@Test
	void byDefaultAllShareOneTenant() {
		this.runner.run((context) -> {
			Tenants tenants = context.getBean(Tenants.class);
			assertThat(tenants.of(ALICE)).isEqualTo(new Tenant("default"));
			assertThat(tenants.of(null)).isEqualTo(new Tenant("default"));
			assertThat(tenants.of(jwt("tenant_id", "acme"))).isEqualTo(new Tenant("acme"));
		});
	}

	@Test
	void whenClaimIsConfiguredThenATenantIsRequired() {
		this.runner.withPropertyValues("realtime.tenant.claim=org").run((context) -> {
			Tenants tenants = context.getBean(Tenants.class);
			assertThat(tenants.of(jwt("org", "acme"))).isEqualTo(new Tenant("acme"));
			assertThat(tenants.of(jwt("tenant_id", "acme"))).isNull();
			assertThat(tenants.of(ALICE)).isNull();
			assertThatIllegalStateException()
				.isThrownBy(() -> context.getBean(Realtime.class).publish("news", Map.of()))
				.withMessageContaining("realtime.forTenant(id)");
		});
	}

	@Test
	void whenTenantIsRequiredThenThoseWithoutAreRefused() {
		this.runner.withPropertyValues("realtime.tenant.required=true")
			.run((context) -> assertThat(context.getBean(Tenants.class).of(ALICE)).isNull());
	}

	@Test
	void whenTenantIsNotRequiredThenClaimIsOptional() {
		this.runner.withPropertyValues("realtime.tenant.claim=org", "realtime.tenant.required=false")
			.run((context) -> assertThat(context.getBean(Tenants.class).of(ALICE)).isEqualTo(new Tenant("default")));
	}

	@Test
	void whenClaimIsEmptyThenItIsNotConfigured() {
		this.runner.withPropertyValues("realtime.tenant.claim=").run((context) -> {
			assertThat(context.getBean(Tenants.class).of(ALICE)).isEqualTo(new Tenant("default"));
			assertThat(context.getBean(Tenants.class).of(jwt("tenant_id", "acme"))).isEqualTo(new Tenant("acme"));
		});
	}

	@Test
	void tenantResolverOfTheApplicationWins() {
		this.runner.withBean(TenantResolver.class, () -> (user) -> user.getName().equals("alice") ? "acme" : null)
			.run((context) -> {
				Tenants tenants = context.getBean(Tenants.class);
				assertThat(tenants.of(ALICE)).isEqualTo(new Tenant("acme"));
				assertThat(tenants.of(jwt("tenant_id", "globex"))).isNull();
			});
	}

	@Test
	void tenantResolverOfTheApplicationIsNotAskedAboutUsersOfTokens() {
		ConnectionUser user = new ConnectionUser("alice", new Tenant("globex"), null, null);
		this.runner.withBean(TenantResolver.class, () -> (authentication) -> (String) authentication.getPrincipal())
			.run((context) -> assertThat(
					context.getBean(Tenants.class).of(new TestingAuthenticationToken(user, "", "ROLE_USER")))
				.isEqualTo(new Tenant("globex")));
	}

	@Test
	void whenTenantIsNotRequiredThenResolverMayKnowNone() {
		this.runner.withBean(TenantResolver.class, () -> (user) -> null)
			.withPropertyValues("realtime.tenant.required=false")
			.run((context) -> assertThat(context.getBean(Tenants.class).of(ALICE)).isEqualTo(new Tenant("default")));
	}

	@Test
	void tenantResolverMayLeadToServicesThatPublish() {
		this.runner.withUserConfiguration(PublishingService.class, ServiceTenantResolver.class)
			.run((context) -> assertThat(context.getBean(Tenants.class).of(ALICE)).isEqualTo(new Tenant("of alice")));
	}

	@Test
	void topicMayTakeServicesThatPublish() {
		this.runner.withUserConfiguration(PublishingService.class, ServiceTopic.class)
			.run((context) -> assertThat(permits(context, "service", ALICE)).isTrue());
	}

	@Test
	void topicThatIsAComponentIsNotRegisteredTwice() {
		this.runner.withUserConfiguration(PublishingService.class, ServiceTopic.class).run((context) -> {
			assertThat(context).hasSingleBean(ServiceTopic.class);
			assertThat(context.getBean(Topics.class).all()).hasSize(2);
		});
	}

	@Test
	void whenTopicCanNotWorkThenApplicationDoesNotStart() {
		this.runner.withUserConfiguration(TopicWithoutRule.class)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("has no rule"));
	}

	@Test
	void expressionsMayCallBeans() {
		this.runner.withUserConfiguration(ExpressionTopic.class, Documents.class).run((context) -> {
			assertThat(permits(context, "expression.42", ALICE)).isTrue();
			assertThat(permits(context, "expression.43", ALICE)).isFalse();
		});
	}

	@Test
	void expressionsFollowTheRoleHierarchy() {
		Authentication admin = new TestingAuthenticationToken("root", "", "ROLE_ADMIN");
		this.runner.withUserConfiguration(UserRoleTopic.class).run((context) -> {
			assertThat(permits(context, "user.role", ALICE)).isTrue();
			assertThat(permits(context, "user.role", admin)).isFalse();
		});
		this.runner.withUserConfiguration(UserRoleTopic.class)
			.withBean(RoleHierarchy.class, () -> RoleHierarchyImpl.fromHierarchy("ROLE_ADMIN > ROLE_USER"))
			.run((context) -> assertThat(permits(context, "user.role", admin)).isTrue());
	}

	@Test
	void expressionsFollowTheRolePrefix() {
		this.runner.withUserConfiguration(UserRoleTopic.class)
			.withBean(GrantedAuthorityDefaults.class, () -> new GrantedAuthorityDefaults("GROUP_"))
			.run((context) -> {
				assertThat(permits(context, "user.role", ALICE)).isFalse();
				assertThat(permits(context, "user.role", new TestingAuthenticationToken("bob", "", "GROUP_USER")))
					.isTrue();
			});
	}

	@Test
	void expressionsAskThePermissionEvaluator() {
		PermissionEvaluator evaluator = mock(PermissionEvaluator.class);
		given(evaluator.hasPermission(ALICE, "42", "document", "read")).willReturn(true);
		this.runner.withUserConfiguration(PermissionTopic.class)
			.withBean(PermissionEvaluator.class, () -> evaluator)
			.run((context) -> {
				assertThat(permits(context, "permission.42", ALICE)).isTrue();
				assertThat(permits(context, "permission.43", ALICE)).isFalse();
			});
	}

	@Test
	void backplaneIsClosedWithTheContext() {
		AtomicInteger closed = new AtomicInteger();
		Backplane backplane = mock(Backplane.class, (invocation) -> {
			if (invocation.getMethod().getName().equals("close")) {
				closed.incrementAndGet();
			}
			return (invocation.getMethod().getReturnType() == CompletableFuture.class) ? new CompletableFuture<>()
					: null;
		});
		this.runner.withBean("own", Backplane.class, () -> backplane)
			.run((context) -> context.getSourceApplicationContext().close());
		assertThat(closed).hasPositiveValue();
	}

	@Test
	void defaultsOfProperties() {
		RealtimeProperties properties = bind(Map.of());
		assertThat(properties).isEqualTo(new RealtimeProperties(true, RealtimeProperties.Role.FULL, "/realtime", null,
				new RealtimeProperties.Ssl(null), null, List.of(), List.of(), false, Duration.ofSeconds(10), null,
				Duration.ofSeconds(25), RealtimeProperties.BackplaneType.AUTO, "realtime",
				new RealtimeProperties.Redis(new RealtimeProperties.Redis.Outbox(10_000)),
				new RealtimeProperties.Tenant(null, null),
				new RealtimeProperties.Token(null, List.of(), Duration.ofSeconds(60)),
				new RealtimeProperties.History(100, Duration.ofHours(1), 100_000),
				new RealtimeProperties.ServerSubscriptions(Duration.ofHours(24)),
				new RealtimeProperties.Limits(
						DataSize.ofKilobytes(16), DataSize.ofKilobytes(1), 8, 128, 0, 1000, 0, 1000, 0, 128, 0, 0, 50,
						64, 200, 0, 0, DataSize.ofMegabytes(1), DataSize.ofBytes(0), DataSize.ofBytes(0), 50, 64,
						DataSize.ofKilobytes(16), DataSize.ofKilobytes(64), DataSize.ofMegabytes(1),
						Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(60)),
				new RealtimeProperties.Shutdown(Duration.ofSeconds(10)),
				new RealtimeProperties.Presence(true, Duration.ofMillis(50), Duration.ofSeconds(1),
						Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ofSeconds(60), DataSize.ofKilobytes(2),
						10, 2500)));
	}

	@Test
	void everyPropertyIsBound() {
		RealtimeProperties properties = bind(Map.ofEntries(Map.entry("realtime.enabled", "false"),
				Map.entry("realtime.role", "relay"), Map.entry("realtime.public-url", "wss://live.example"),
				Map.entry("realtime.token.secret", "s"), Map.entry("realtime.token.previous-secrets", "t,u"),
				Map.entry("realtime.token.ttl", "12s"), Map.entry("realtime.path", "/live"),
				Map.entry("realtime.ws-port", "8090"), Map.entry("realtime.ssl.bundle", "server"),
				Map.entry("realtime.allowed-origins", "https://a,https://*.b"),
				Map.entry("realtime.trusted-proxies", "10.0.0.0/8"), Map.entry("realtime.allow-anonymous", "true"),
				Map.entry("realtime.recheck-interval", "12s"), Map.entry("realtime.expiry-grace", "13s"),
				Map.entry("realtime.heartbeat", "1s"), Map.entry("realtime.backplane", "memory"),
				Map.entry("realtime.key-prefix", "app"), Map.entry("realtime.redis.outbox.max-size", "11"),
				Map.entry("realtime.tenant.claim", "org"), Map.entry("realtime.tenant.required", "false"),
				Map.entry("realtime.history.size", "1"), Map.entry("realtime.history.ttl", "2m"),
				Map.entry("realtime.history.keys", "3"), Map.entry("realtime.server-subscriptions.ttl", "5m"),
				Map.entry("realtime.limits.payload-size", "4KB"), Map.entry("realtime.limits.filter-size", "5B"),
				Map.entry("realtime.limits.filter-keys", "6"), Map.entry("realtime.limits.filter-values", "12"),
				Map.entry("realtime.limits.connections", "13"), Map.entry("realtime.limits.connections-per-user", "14"),
				Map.entry("realtime.limits.connections-per-tenant", "15"),
				Map.entry("realtime.limits.unauthenticated-connections-per-address", "16"),
				Map.entry("realtime.limits.handshakes-per-second", "17"),
				Map.entry("realtime.limits.subscriptions-per-connection", "7"),
				Map.entry("realtime.limits.subscriptions-per-user", "18"),
				Map.entry("realtime.limits.subscriptions-per-tenant", "19"),
				Map.entry("realtime.limits.subscribes-per-second", "20"),
				Map.entry("realtime.limits.calls-per-connection", "29"),
				Map.entry("realtime.limits.frames-per-second", "21"),
				Map.entry("realtime.limits.frames-per-second-per-user", "22"),
				Map.entry("realtime.limits.frames-per-second-per-tenant", "23"),
				Map.entry("realtime.limits.bytes-per-second", "24B"),
				Map.entry("realtime.limits.bytes-per-second-per-user", "25B"),
				Map.entry("realtime.limits.bytes-per-second-per-tenant", "26B"),
				Map.entry("realtime.limits.client-events-per-second", "30"),
				Map.entry("realtime.limits.headers-per-frame", "27"), Map.entry("realtime.limits.header-size", "28B"),
				Map.entry("realtime.limits.frame-size", "8KB"), Map.entry("realtime.limits.pending-bytes", "9KB"),
				Map.entry("realtime.limits.connect-timeout", "10ms"), Map.entry("realtime.limits.rule-timeout", "14s"),
				Map.entry("realtime.limits.call-timeout", "15s"), Map.entry("realtime.shutdown.spread", "11s"),
				Map.entry("realtime.presence.enabled", "false"), Map.entry("realtime.presence.window", "31ms"),
				Map.entry("realtime.presence.count-window", "32ms"), Map.entry("realtime.presence.leave-grace", "33ms"),
				Map.entry("realtime.presence.lease", "34s"), Map.entry("realtime.presence.http-ttl", "35s"),
				Map.entry("realtime.presence.data-size", "36B"),
				Map.entry("realtime.presence.updates-per-second", "37"),
				Map.entry("realtime.presence.max-listed", "38")));
		assertThat(properties).isEqualTo(new RealtimeProperties(false, RealtimeProperties.Role.RELAY, "/live", 8090,
				new RealtimeProperties.Ssl("server"), "wss://live.example", List.of("https://a", "https://*.b"),
				List.of("10.0.0.0/8"), true, Duration.ofSeconds(1), Duration.ofSeconds(12), Duration.ofSeconds(13),
				RealtimeProperties.BackplaneType.MEMORY, "app",
				new RealtimeProperties.Redis(new RealtimeProperties.Redis.Outbox(11)),
				new RealtimeProperties.Tenant("org", false),
				new RealtimeProperties.Token("s", List.of("t", "u"), Duration.ofSeconds(12)),
				new RealtimeProperties.History(1, Duration.ofMinutes(2), 3),
				new RealtimeProperties.ServerSubscriptions(Duration.ofMinutes(5)),
				new RealtimeProperties.Limits(DataSize.ofKilobytes(4), DataSize.ofBytes(5), 6, 12, 13, 14, 15, 16, 17,
						7, 18, 19, 20, 29, 21, 22, 23, DataSize.ofBytes(24), DataSize.ofBytes(25), DataSize.ofBytes(26),
						30, 27, DataSize.ofBytes(28), DataSize.ofKilobytes(8), DataSize.ofKilobytes(9),
						Duration.ofMillis(10), Duration.ofSeconds(14), Duration.ofSeconds(15)),
				new RealtimeProperties.Shutdown(Duration.ofSeconds(11)),
				new RealtimeProperties.Presence(false, Duration.ofMillis(31), Duration.ofMillis(32),
						Duration.ofMillis(33), Duration.ofSeconds(34), Duration.ofSeconds(35), DataSize.ofBytes(36), 37,
						38)));
	}

	@Test
	void environmentVariablesAreBound() {
		this.runner
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment",
						Map.of("REALTIME_ENABLED", "false", "REALTIME_LIMITS_PAYLOADSIZE", "1KB"))))
			.withInitializer((context) -> ConfigurationPropertySources.attach(context.getEnvironment()))
			.run((context) -> {
				assertThat(context.getBean(Realtime.class).isEnabled()).isFalse();
				assertThat(context.getBean(RealtimeProperties.class).limits().payloadSize())
					.isEqualTo(DataSize.ofKilobytes(1));
			});
	}

	private static RealtimeProperties bind(Map<String, String> values) {
		return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("realtime",
				RealtimeProperties.class);
	}

	private static Topic news(ConfigurableApplicationContext context) {
		return context.getBean(Topics.class).find(NewsTopic.class);
	}

	private static boolean permits(ConfigurableApplicationContext context, String name, Authentication user) {
		Topic topic = context.getBean(Topics.class).find(name);
		return topic.permits(new SubscribeAttempt(user, new Tenant("acme"), topic.match(name), TopicFilter.none()));
	}

	private static List<String> published(ConfigurableApplicationContext context, String tenant, String name) {
		return context.getBean(Backplane.class)
			.past(new ChannelId(tenant, null, name), 10)
			.join()
			.publications()
			.stream()
			.map((publication) -> new String(publication.data()))
			.toList();
	}

	private static Authentication jwt(String claim, String value) {
		return new JwtAuthenticationToken(
				Jwt.withTokenValue("token").header("alg", "none").claim("sub", "jwt user").claim(claim, value).build(),
				List.of());
	}

	@RealtimeTopic(canSubscribe = "permitAll")
	static class NewsTopic {

	}

	@RealtimeTopic(name = "lounge", presence = Presence.COUNT, canSubscribe = "permitAll")
	static class LoungeTopic {

	}

	record Headline(String fullText) {

	}

	@RealtimeTopic
	static class TopicWithoutRule {

	}

	@Component
	static class PublishingService {

		PublishingService(Realtime realtime) {
			assertThat(realtime.isEnabled()).isTrue();
		}

		String tenantOf(Authentication user) {
			return "of " + user.getName();
		}

	}

	@Component
	record ServiceTenantResolver(PublishingService service) implements TenantResolver {

		@Override
		public String resolveTenant(Authentication authentication) {
			return this.service.tenantOf(authentication);
		}

	}

	@Component
	@RealtimeTopic
	static class ServiceTopic {

		private final PublishingService service;

		ServiceTopic(PublishingService service) {
			this.service = service;
		}

		@CanSubscribe
		boolean canSubscribe(Authentication user) {
			return this.service.tenantOf(user).equals("of alice");
		}

	}

	@Component("documents")
	public static class Documents {

		public boolean visible(String id) {
			return id.equals("42");
		}

	}

	@RealtimeTopic(name = "expression.{id}", canSubscribe = "@documents.visible(#id)")
	static class ExpressionTopic {

	}

	@RealtimeTopic(canSubscribe = "hasRole('USER')")
	static class UserRoleTopic {

	}

	@RealtimeTopic(name = "permission.{id}", canSubscribe = "hasPermission(#id, 'document', 'read')")
	static class PermissionTopic {

	}

}
