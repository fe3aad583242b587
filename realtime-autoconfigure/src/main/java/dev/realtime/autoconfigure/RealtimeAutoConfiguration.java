package dev.realtime.autoconfigure;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

import dev.realtime.Realtime;
import dev.realtime.TenantResolver;
import dev.realtime.access.AccessControl;
import dev.realtime.access.AccessOptions;
import dev.realtime.core.ActivityLog;
import dev.realtime.core.Backplane;
import dev.realtime.core.InMemoryBackplane;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.json.JsonPayloads;
import dev.realtime.presence.PresenceHub;
import dev.realtime.publish.DefaultRealtime;
import dev.realtime.publish.DisabledRealtime;
import dev.realtime.serverside.ServerSubscriptionControl;
import dev.realtime.tenant.DefaultTenantResolver;
import dev.realtime.tenant.Tenants;
import dev.realtime.token.ConnectionUser;
import dev.realtime.token.UserTokens;
import dev.realtime.topic.EventBodies;
import dev.realtime.topic.InfoWriter;
import dev.realtime.topic.SubscribeAttempt;
import dev.realtime.topic.TopicFactory;
import dev.realtime.topic.Topics;
import dev.realtime.topic.UserChannel;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.messaging.Message;
import org.springframework.security.access.PermissionEvaluator;
import org.springframework.security.access.hierarchicalroles.RoleHierarchy;
import org.springframework.security.authorization.DefaultAuthorizationManagerFactory;
import org.springframework.security.config.core.GrantedAuthorityDefaults;
import org.springframework.security.messaging.access.expression.DefaultMessageSecurityExpressionHandler;
import org.springframework.validation.Validator;

/**
 * Auto-configuration of topics and publishing: the {@link Realtime} bean and the engine
 * behind it.
 *
 * @since 0.1.0
 */
@AutoConfiguration(afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@EnableConfigurationProperties(RealtimeProperties.class)
@Import(TopicScan.class)
public final class RealtimeAutoConfiguration {

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "realtime.enabled", havingValue = false)
	static class DisabledConfiguration {

		@Bean
		@ConditionalOnMissingBean
		Realtime realtime() {
			return new DisabledRealtime();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = "realtime.enabled", matchIfMissing = true)
	@Import({ TokenConfiguration.class, EventConfiguration.class })
	static class EnabledConfiguration {

		private static final Duration ACTIVITY_INTERVAL = Duration.ofMinutes(1);

		private static final Duration SLOW_CONSUMER_INTERVAL = Duration.ofSeconds(1);

		@Bean
		@ConditionalOnMissingBean
		Realtime realtime(RealtimeEngine engine, Topics topics, Tenants tenants, JsonPayloads payloads,
				UserTokens tokens, AccessControl access, UserChannel userChannel, PresenceHub presence,
				ServerSubscriptionControl subscriptions) {
			return new DefaultRealtime(engine, topics, tenants, payloads, tokens, access, userChannel, presence,
					subscriptions);
		}

		@Bean
		ServerSubscriptionControl realtimeServerSubscriptionControl(RealtimeEngine engine, AccessControl access,
				RealtimeProperties properties) {
			return new ServerSubscriptionControl(engine, access, properties.serverSubscriptions().ttl());
		}

		@Bean
		JsonPayloads realtimeJsonPayloads(ObjectProvider<JsonMapper> mapper, RealtimeProperties properties) {
			int payloadSize = (int) properties.limits().payloadSize().toBytes();
			return new JsonPayloads(mapper.getIfAvailable(JsonMapper::new), payloadSize);
		}

		@Bean
		UserChannel realtimeUserChannel(RealtimeProperties properties) {
			return UserChannel.of(properties.history().toOptions());
		}

		@Bean
		PresenceHub realtimePresenceHub(RealtimeEngine engine, RealtimeProperties properties,
				ApplicationEventPublisher events) {
			return new PresenceHub(engine, properties.presence().toOptions(), events::publishEvent);
		}

		@Bean
		PresenceLifecycle realtimePresenceLifecycle(PresenceHub hub) {
			return new PresenceLifecycle(hub);
		}

		@Bean
		static LazyInitializationExcludeFilter eagerRealtimePresenceLifecycle() {
			return LazyInitializationExcludeFilter.forBeanTypes(PresenceLifecycle.class);
		}

		@Bean
		AccessControl realtimeAccessControl(RealtimeEngine engine, RealtimeProperties properties) {
			return new AccessControl(engine, new AccessOptions(properties.recheckInterval(), properties.expiryGrace(),
					properties.limits().ruleTimeout()));
		}

		@Bean
		RealtimeEngine realtimeEngine(Backplane backplane, RealtimeProperties properties) {
			return new RealtimeEngine(backplane, InstantSource.system(),
					properties.limits().subscriptionsPerConnection());
		}

		@Bean
		ActivityLog realtimeActivityLog(RealtimeEngine engine) {
			return new ActivityLog(engine::statistics, ACTIVITY_INTERVAL, SLOW_CONSUMER_INTERVAL);
		}

		@Bean
		static LazyInitializationExcludeFilter eagerRealtimeActivityLog() {
			return LazyInitializationExcludeFilter.forBeanTypes(ActivityLog.class);
		}

		@Bean
		@ConditionalOnMissingBean
		Backplane realtimeBackplane(RealtimeProperties properties) {
			if (properties.backplane() == RealtimeProperties.BackplaneType.REDIS) {
				throw new UnusableBackplaneException("realtime.backplane is redis, but what that takes is not there.",
						"Add the dependencies dev.realtime:realtime-redis and "
								+ "org.springframework.boot:spring-boot-starter-data-redis.");
			}
			return new InMemoryBackplane(InstantSource.system(), new SecureRandom());
		}

		@Bean
		Tenants realtimeTenants(ListableBeanFactory beanFactory, RealtimeProperties properties) {
			boolean custom = beanFactory.getBeanNamesForType(TenantResolver.class).length > 0;
			// Looked up with the first user: it may lead to services that publish.
			TenantResolver resolver = custom ? (user) -> beanFactory.getBean(TenantResolver.class).resolveTenant(user)
					: new DefaultTenantResolver(properties.tenant().claimOrDefault());
			return new Tenants((user) -> (user.getPrincipal() instanceof ConnectionUser connection)
					? connection.getTenantId() : resolver.resolveTenant(user), properties.tenant().isRequired(custom));
		}

		@Bean
		Topics realtimeTopics(ApplicationContext context, TopicTypes scanned, RealtimeProperties properties,
				ObjectProvider<RoleHierarchy> roleHierarchy, ObjectProvider<GrantedAuthorityDefaults> authorityDefaults,
				ObjectProvider<PermissionEvaluator> permissionEvaluator, JsonPayloads payloads,
				ObjectProvider<Validator> validator, ObjectProvider<JsonMapper> mapper) {
			DefaultAuthorizationManagerFactory<Message<SubscribeAttempt>> managers = new DefaultAuthorizationManagerFactory<>();
			roleHierarchy.ifAvailable(managers::setRoleHierarchy);
			authorityDefaults.ifAvailable((defaults) -> managers.setRolePrefix(defaults.getRolePrefix()));
			DefaultMessageSecurityExpressionHandler<SubscribeAttempt> expressions = new DefaultMessageSecurityExpressionHandler<>();
			expressions.setAuthorizationManagerFactory(managers);
			expressions.setApplicationContext(context);
			permissionEvaluator.ifAvailable(expressions::setPermissionEvaluator);
			TopicFactory topicFactory = new TopicFactory(properties.history().toOptions(),
					ApplicationConversionService.getSharedInstance(), expressions,
					new InfoWriter(mapper.getIfAvailable(JsonMapper::new),
							(int) properties.presence().dataSize().toBytes()),
					new EventBodies(payloads, validator::getIfUnique));
			return new TopicsFactory(context, topicFactory, properties.presence().enabled()).create(scanned,
					context.getClassLoader());
		}

	}

}
