package dev.realtime.serverside;

import java.util.Objects;

import dev.realtime.topic.TopicName;
import org.jspecify.annotations.Nullable;

/**
 * A right that was withdrawn.
 *
 * @param id tells it from others
 * @param tenant whose
 * @param user who, or {@code null} for everybody of the tenant
 * @param topic which topic, as declared or with its variables filled in, or {@code null}
 * for all
 */
record Revocation(String id, String tenant, @Nullable String user, @Nullable String topic) {

	/**
	 * Whether it is about a subscription, of some user or other.
	 */
	boolean matches(ServerSubscription subscription) {
		return this.tenant.equals(subscription.target().tenant())
				&& (this.topic == null || TopicName.parse(this.topic).match(subscription.topic()) != null);
	}

	boolean matches(ServerSubscription subscription, String user) {
		return (this.user == null || this.user.equals(user)) && matches(subscription);
	}

	/**
	 * Whether nothing is left of the subscription, whoever it is that comes.
	 */
	boolean ends(ServerSubscription subscription) {
		boolean all = this.user == null || (subscription.target().kind() == Target.Kind.USER
				&& Objects.equals(this.user, subscription.target().id()));
		return all && matches(subscription);
	}

}
