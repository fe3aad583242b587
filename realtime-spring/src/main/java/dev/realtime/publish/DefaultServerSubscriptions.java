package dev.realtime.publish;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.realtime.ServerSubscriptions;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.serverside.ServerSubscription;
import dev.realtime.serverside.ServerSubscriptionControl;
import dev.realtime.serverside.Target;
import dev.realtime.token.SessionReference;
import dev.realtime.topic.Topic;

/**
 * Subscribes somebody, after commit.
 */
final class DefaultServerSubscriptions implements ServerSubscriptions {

	private final DefaultRealtime realtime;

	private final ServerSubscriptionControl control;

	private final Target.Kind kind;

	private final String id;

	DefaultServerSubscriptions(DefaultRealtime realtime, ServerSubscriptionControl control, Target.Kind kind,
			String id) {
		if (id.isEmpty()) {
			throw new IllegalArgumentException("The id is empty: whose subscriptions?");
		}
		this.realtime = realtime;
		this.control = control;
		this.kind = kind;
		this.id = (kind == Target.Kind.SESSION) ? SessionReference.of(id) : id;
	}

	@Override
	public CompletableFuture<Void> subscribe(String topic) {
		return subscribe(topic, Map.of());
	}

	@Override
	public CompletableFuture<Void> subscribe(String topic, Map<String, ?> filter) {
		Topic found = this.realtime.requireTopic(topic);
		ServerSubscription subscription = new ServerSubscription(target(), DefaultRealtime.requireName(found, topic),
				ServerSubscription.canonical(TopicFilter.ofMap(filter)), found.settings());
		if (this.kind == Target.Kind.SESSION) {
			// The end of a session is of interest from now on, also if nobody connects.
			SessionReference.ofCurrentRequest();
		}
		return AfterCommit.run(false, () -> this.control.subscribe(subscription));
	}

	@Override
	public CompletableFuture<Void> unsubscribe(String topic) {
		String name = DefaultRealtime.requireName(this.realtime.requireTopic(topic), topic);
		Target target = target();
		return AfterCommit.run(false, () -> this.control.unsubscribe(target, name));
	}

	private Target target() {
		Tenant tenant = this.realtime.requireTenant();
		return new Target(this.kind, tenant.id(), this.id);
	}

}
