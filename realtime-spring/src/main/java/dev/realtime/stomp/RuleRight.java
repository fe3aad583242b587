package dev.realtime.stomp;

import java.util.Map;

import dev.realtime.Decision;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.topic.ChannelSettings;
import dev.realtime.topic.SubscribeAttempt;
import dev.realtime.topic.Topic;

import org.springframework.security.core.Authentication;

/**
 * The right to a topic whose rule this node can ask.
 *
 * @param declared the topic
 * @param topic the name of the channel
 * @param variables the variables of the topic's name
 * @param filter the choice of messages
 */
record RuleRight(Topic declared, String topic, Map<String, String> variables,
		TopicFilter filter) implements SubscribeRight {

	@Override
	public ChannelSettings settings() {
		return this.declared.settings();
	}

	@Override
	public Decision check(Authentication user, Tenant tenant) {
		return this.declared.decide(new SubscribeAttempt(user, tenant, this.variables, this.filter));
	}

}
