package dev.realtime.publish;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.realtime.BroadcastBuilder;
import dev.realtime.StreamPosition;

/**
 * Takes everything and does nothing.
 */
final class DisabledBroadcastBuilder implements BroadcastBuilder {

	@Override
	public BroadcastBuilder data(Object data) {
		return this;
	}

	@Override
	public BroadcastBuilder event(String name) {
		return this;
	}

	@Override
	public BroadcastBuilder except(String connectionId) {
		return this;
	}

	@Override
	public BroadcastBuilder toOthers() {
		return this;
	}

	@Override
	public BroadcastBuilder idempotencyKey(String key) {
		return this;
	}

	@Override
	public BroadcastBuilder now() {
		return this;
	}

	@Override
	public CompletableFuture<List<StreamPosition>> publish() {
		return CompletableFuture.completedFuture(List.of());
	}

}
