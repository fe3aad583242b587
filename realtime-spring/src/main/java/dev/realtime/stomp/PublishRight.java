package dev.realtime.stomp;

import java.util.Map;

import dev.realtime.Decision;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.access.Right;
import dev.realtime.topic.SubscribeAttempt;
import dev.realtime.topic.Topic;

import org.springframework.security.core.Authentication;

/**
 * The right to send events to a topic.
 *
 * @param declared the topic
 * @param topic the name of the channel
 * @param variables the variables of the topic's name
 */
record PublishRight(Topic declared, String topic, Map<String, String> variables) implements Right {

	@Override
	public Decision check(Authentication user, Tenant tenant) {
		return this.declared.decideOnPublishing(attempt(user, tenant));
	}

	SubscribeAttempt attempt(Authentication user, Tenant tenant) {
		return new SubscribeAttempt(user, tenant, this.variables, TopicFilter.none());
	}

}
