package dev.realtime.publish;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.realtime.ServerSubscriptions;

/**
 * Takes everything and does nothing.
 */
final class DisabledServerSubscriptions implements ServerSubscriptions {

	@Override
	public CompletableFuture<Void> subscribe(String topic) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<Void> subscribe(String topic, Map<String, ?> filter) {
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<Void> unsubscribe(String topic) {
		return CompletableFuture.completedFuture(null);
	}

}
