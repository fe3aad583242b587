package dev.realtime.stomp;

import java.util.Map;

import dev.realtime.Decision;
import dev.realtime.Presence;
import dev.realtime.PresenceMember;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.topic.ChannelSettings;
import dev.realtime.topic.SubscribeAttempt;
import dev.realtime.topic.Topic;
import org.jspecify.annotations.Nullable;

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
	public PresenceTerms presence() {
		return new ByRule();
	}

	@Override
	public Decision check(Authentication user, Tenant tenant) {
		return this.declared.decide(attempt(user, tenant));
	}

	private SubscribeAttempt attempt(Authentication user, Tenant tenant) {
		return new SubscribeAttempt(user, tenant, this.variables, this.filter);
	}

	/**
	 * What the topic says about presence.
	 */
	private final class ByRule implements PresenceTerms {

		@Override
		public Presence mode() {
			return RuleRight.this.declared.presence().mode();
		}

		@Override
		public boolean isUndecidable() {
			return false;
		}

		@Override
		public @Nullable String info(Authentication user, Tenant tenant) throws Exception {
			return RuleRight.this.declared.presence().info(attempt(user, tenant));
		}

		@Override
		public boolean isRestricted() {
			return RuleRight.this.declared.presence().hasVisibility();
		}

		@Override
		public boolean isVisible(PresenceMember member, Authentication user, Tenant tenant) {
			return RuleRight.this.declared.presence().isVisible(member, attempt(user, tenant));
		}

	}

}
