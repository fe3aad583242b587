package dev.realtime.publish;

import java.util.concurrent.CompletableFuture;

import dev.realtime.Access;

/**
 * Takes everything and does nothing.
 */
final class DisabledAccess implements Access {

	@Override
	public CompletableFuture<Void> revoke(String user) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<Void> revoke(String user, String topic) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<Void> revokeTopic(String topic) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<Void> recheck(String user) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<Void> recheckTopic(String topic) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<Void> recheckAll() {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<Void> disconnect(String user) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<Void> reconnect(String user) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<Void> disconnectSession(String sessionId) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<Void> disconnectTenant() {
		return CompletableFuture.completedFuture(null);
	}

}
