package dev.realtime.autoconfigure;

import dev.realtime.Realtime;
import dev.realtime.event.EventOutbox;
import dev.realtime.event.EventPublisher;
import dev.realtime.event.EventTopics;
import dev.realtime.tenant.Tenants;
import dev.realtime.topic.Topics;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.util.ClassUtils;

/**
 * Publishes application events that are annotated for it.
 */
@Configuration(proxyBeanMethods = false)
@Import(EventScan.class)
class EventConfiguration {

	@Bean
	static EventPublisher realtimeEventPublisher(ObjectProvider<Realtime> realtime, ObjectProvider<EventTopics> topics,
			ObjectProvider<EventOutbox> outbox) {
		return new EventPublisher(realtime::getObject, topics::getObject,
				() -> outbox.getIfAvailable(() -> EventOutbox.NONE));
	}

	@Bean
	EventTopics realtimeEventTopics(ApplicationContext context, EventTypes scanned, Topics topics, Tenants tenants,
			ObjectProvider<EventOutbox> outbox) {
		boolean tenantRequired = tenants.of(null) == null;
		EventTopics events = new EventTopics(topics, tenantRequired, outbox.getIfAvailable() != null);
		scanned.classNames()
			.forEach((name) -> events.check(ClassUtils.resolveClassName(name, context.getClassLoader())));
		return events;
	}

	@Bean
	static LazyInitializationExcludeFilter eagerRealtimeEventTopics() {
		return LazyInitializationExcludeFilter.forBeanTypes(EventTopics.class);
	}

}
