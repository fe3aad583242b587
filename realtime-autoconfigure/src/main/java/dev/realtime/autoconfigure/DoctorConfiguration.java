package dev.realtime.autoconfigure;

import java.util.List;

import dev.realtime.core.Backplane;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.annotation.support.SimpAnnotationMethodMessageHandler;
import org.springframework.messaging.simp.broker.AbstractBrokerMessageHandler;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.web.SecurityFilterChain;

/**
 * What is checked at the start of an application with an endpoint.
 */
@Configuration(proxyBeanMethods = false)
class DoctorConfiguration {

	@Bean
	Doctor realtimeDoctor(RealtimeProperties properties, Backplane backplane,
			ObjectProvider<SecurityFilterChain> filters, ObjectProvider<AbstractBrokerMessageHandler> brokers,
			ObjectProvider<SimpAnnotationMethodMessageHandler> mappings,
			ObjectProvider<AuthorizationManager<Message<?>>> rules) {
		return new Doctor(
				List.of(new AnyOriginCheck(properties, () -> filters.orderedStream().toList()),
						new HeartbeatCheck(properties), new SingleNodeCheck(properties, backplane),
						new SendExposureCheck(() -> brokers.orderedStream().toList(),
								() -> mappings.orderedStream().toList(), () -> rules.orderedStream().toList()),
						VersionCheck.ofSpring(), VersionCheck.ofTomcat()));
	}

	@Bean
	static LazyInitializationExcludeFilter eagerRealtimeDoctor() {
		return LazyInitializationExcludeFilter.forBeanTypes(Doctor.class);
	}

}
