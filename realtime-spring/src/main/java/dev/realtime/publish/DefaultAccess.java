package dev.realtime.publish;

import java.util.concurrent.CompletableFuture;

import dev.realtime.Access;
import dev.realtime.Tenant;
import dev.realtime.access.AccessControl;
import dev.realtime.serverside.ServerSubscriptionControl;
import dev.realtime.token.SessionReference;
import org.jspecify.annotations.Nullable;

/**
 * Gives orders to all nodes, after commit.
 */
final class DefaultAccess implements Access {

	private final DefaultRealtime realtime;

	private final AccessControl control;

	private final ServerSubscriptionControl subscriptions;

	DefaultAccess(DefaultRealtime realtime, AccessControl control, ServerSubscriptionControl subscriptions) {
		this.realtime = realtime;
		this.control = control;
		this.subscriptions = subscriptions;
	}

	@Override
	public CompletableFuture<Void> revoke(String user) {
		return revokeNow(this.realtime.requireTenant(), user, null);
	}

	@Override
	public CompletableFuture<Void> revoke(String user, String topic) {
		return revoke(this.realtime.requireTenant(), user, topic);
	}

	@Override
	public CompletableFuture<Void> revokeTopic(String topic) {
		return revoke(this.realtime.requireTenant(), null, topic);
	}

	private CompletableFuture<Void> revoke(Tenant tenant, @Nullable String user, String topic) {
		this.realtime.requireTopic(topic);
		return revokeNow(tenant, user, topic);
	}

	private CompletableFuture<Void> revokeNow(Tenant tenant, @Nullable String user, @Nullable String topic) {
		return AfterCommit.run(false, () -> CompletableFuture.allOf(this.subscriptions.revoke(tenant, user, topic),
				this.control.revoke(tenant, user, topic)));
	}

	@Override
	public CompletableFuture<Void> recheck(String user) {
		Tenant tenant = this.realtime.requireTenant();
		return AfterCommit.run(false, () -> this.control.recheck(tenant, user, null));
	}

	@Override
	public CompletableFuture<Void> recheckTopic(String topic) {
		Tenant tenant = this.realtime.requireTenant();
		this.realtime.requireTopic(topic);
		return AfterCommit.run(false, () -> this.control.recheck(tenant, null, topic));
	}

	@Override
	public CompletableFuture<Void> recheckAll() {
		Tenant tenant = this.realtime.requireTenant();
		return AfterCommit.run(false, () -> this.control.recheck(tenant, null, null));
	}

	@Override
	public CompletableFuture<Void> disconnect(String user) {
		Tenant tenant = this.realtime.requireTenant();
		return AfterCommit.run(false, () -> this.control.disconnect(tenant, user));
	}

	@Override
	public CompletableFuture<Void> reconnect(String user) {
		Tenant tenant = this.realtime.requireTenant();
		return AfterCommit.run(false, () -> this.control.reconnect(tenant, user));
	}

	@Override
	public CompletableFuture<Void> disconnectSession(String sessionId) {
		String session = SessionReference.of(sessionId);
		return AfterCommit.run(false, () -> this.control.endSession(session));
	}

	@Override
	public CompletableFuture<Void> disconnectTenant() {
		Tenant tenant = this.realtime.requireTenant();
		return AfterCommit.run(false, () -> this.control.disconnect(tenant, null));
	}

}
