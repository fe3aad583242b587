package dev.realtime.autoconfigure;

import dev.realtime.event.EventOutbox;
import dev.realtime.event.EventPublisher;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.modulith.events.core.EventPublicationRegistry;

/**
 * Auto-configuration of Spring Modulith's event publication registry as the outbox of
 * events that are published to topics.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = RealtimeAutoConfiguration.class,
		afterName = "org.springframework.modulith.events.config.EventPublicationAutoConfiguration")
@ConditionalOnClass(EventPublicationRegistry.class)
@ConditionalOnBean({ EventPublisher.class, EventPublicationRegistry.class })
public final class RealtimeModulithAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	EventOutbox realtimeEventOutbox(EventPublicationRegistry registry) {
		return new ModulithOutbox(registry);
	}

}
