package dev.realtime.autoconfigure;

import java.util.Map;

import dev.realtime.http.PresenceEndpoint;
import dev.realtime.http.TrackPresenceInterceptor;
import dev.realtime.presence.PresenceHub;
import dev.realtime.tenant.Tenants;
import dev.realtime.topic.Topics;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/**
 * Auto-configuration of presence over HTTP: who is there, and
 * {@link dev.realtime.TrackPresence}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = RealtimeAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(DispatcherServlet.class)
@ConditionalOnBooleanProperty(name = "realtime.enabled", matchIfMissing = true)
@Conditional(OnApplication.class)
public final class RealtimePresenceAutoConfiguration {

	@Bean
	HandlerMapping realtimePresenceMapping(PresenceHub presence, Topics topics, Tenants tenants,
			RealtimeProperties properties) {
		return new SimpleUrlHandlerMapping(Map.of(properties.path() + "/presence/*",
				new PresenceEndpoint(presence, topics, tenants, properties.allowAnonymous())), 1);
	}

	@Bean
	WebMvcConfigurer realtimePresenceConfigurer(ObjectProvider<PresenceHub> presence, ObjectProvider<Topics> topics,
			ObjectProvider<Tenants> tenants) {
		return new WebMvcConfigurer() {

			@Override
			public void addInterceptors(InterceptorRegistry registry) {
				registry.addInterceptor(
						new TrackPresenceInterceptor(presence.getObject(), topics.getObject(), tenants.getObject()));
			}

		};
	}

}
