package dev.realtime.serverside;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.realtime.access.Member;
import dev.realtime.core.SubscribeOutcome;

/**
 * One connection and what the server subscribed it to. Thread-safe. Holds its monitor
 * while it begins and ends subscriptions, which does not block.
 *
 * @since 0.1.0
 */
public final class ServerSideConnection {

	private final ServerSubscriptionControl control;

	private final ServerSideClient client;

	/** What was ordered for this connection alone. */
	private final Map<String, ServerSubscription> own = new LinkedHashMap<>();

	/** What the client does not want. */
	private final Set<String> declined = new HashSet<>();

	private boolean begun;

	ServerSideConnection(ServerSubscriptionControl control, ServerSideClient client) {
		this.control = control;
		this.client = client;
	}

	ServerSideClient client() {
		return this.client;
	}

	/**
	 * Begins what is remembered for the client. Called once it knows that it is
	 * connected.
	 */
	public void begin() {
		synchronized (this) {
			this.begun = true;
		}
		this.control.warn(this, update(false));
	}

	/**
	 * The client ends a subscription itself: it stays away for as long as the connection
	 * lasts, or until server code subscribes it again.
	 * @param id the id of the subscription
	 * @return {@code false} if the server did not begin any such subscription
	 */
	public synchronized boolean decline(String id) {
		boolean known = this.client.subscribed().contains(id) || wanted().containsKey(id);
		if (known) {
			this.own.remove(id);
			this.declined.add(id);
		}
		return known;
	}

	/**
	 * The connection has ended.
	 */
	public void end() {
		this.control.remove(this);
	}

	boolean isOf(Target target) {
		return this.client.member().tenant().id().equals(target.tenant());
	}

	synchronized void add(ServerSubscription subscription) {
		this.own.put(subscription.id(), subscription);
	}

	synchronized void remove(String topic) {
		this.own.values().removeIf((subscription) -> subscription.topic().equals(topic));
	}

	/**
	 * Withdraws a right to what was ordered for this connection alone.
	 * @return whether there was such a thing
	 */
	synchronized boolean revoke(Revocation revocation) {
		String user = this.client.member().user().getName();
		return this.own.values().removeIf((subscription) -> revocation.matches(subscription, user));
	}

	/**
	 * Server code wants what the client may have declined before.
	 */
	synchronized void accept(String id) {
		this.declined.remove(id);
	}

	/**
	 * Begins and ends subscriptions, so that there are those that are wanted.
	 * @param revoked whether what is not wanted any more was withdrawn
	 * @return those for which there is no place
	 */
	synchronized List<ServerSubscription> update(boolean revoked) {
		if (!this.begun || this.client.isEnded()) {
			return List.of();
		}
		Map<String, ServerSubscription> wanted = wanted();
		Set<String> subscribed = new HashSet<>(this.client.subscribed());
		for (String id : subscribed) {
			if (!wanted.containsKey(id)) {
				this.client.unsubscribe(id, revoked);
			}
		}
		List<ServerSubscription> refused = new ArrayList<>();
		for (ServerSubscription subscription : wanted.values()) {
			if (!subscribed.contains(subscription.id()) && !subscribe(subscription)) {
				refused.add(subscription);
			}
		}
		return refused;
	}

	private Map<String, ServerSubscription> wanted() {
		Member member = this.client.member();
		Map<String, ServerSubscription> wanted = this.control.memory().of(member);
		this.own.forEach((id, subscription) -> {
			if (!this.control.memory().isRevokedAhead(subscription, member.user().getName())) {
				wanted.put(id, subscription);
			}
		});
		wanted.keySet().removeAll(this.declined);
		return wanted;
	}

	private boolean subscribe(ServerSubscription subscription) {
		SubscribeOutcome outcome = this.client.subscribe(subscription, () -> wanted().containsKey(subscription.id()),
				() -> this.control.retry(this));
		return outcome != SubscribeOutcome.TOO_MANY && outcome != SubscribeOutcome.QUOTA_EXCEEDED;
	}

	@Override
	public String toString() {
		return "Connection " + this.client.id();
	}

}
