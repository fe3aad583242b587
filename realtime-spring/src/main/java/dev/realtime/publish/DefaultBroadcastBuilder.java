package dev.realtime.publish;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.realtime.BroadcastBuilder;
import dev.realtime.StreamPosition;
import dev.realtime.core.Append;

/**
 * One publication to several channels, on its way to the engine.
 */
final class DefaultBroadcastBuilder implements BroadcastBuilder {

	private final DefaultRealtime realtime;

	private final List<Destination> destinations;

	private final Draft draft = new Draft();

	DefaultBroadcastBuilder(DefaultRealtime realtime, List<Destination> destinations) {
		this.realtime = realtime;
		this.destinations = destinations;
	}

	@Override
	public BroadcastBuilder data(Object data) {
		this.draft.data(data);
		return this;
	}

	@Override
	public BroadcastBuilder event(String name) {
		this.draft.event(name);
		return this;
	}

	@Override
	public BroadcastBuilder except(String connectionId) {
		this.draft.except(connectionId);
		return this;
	}

	@Override
	public BroadcastBuilder toOthers() {
		this.draft.toOthers();
		return this;
	}

	@Override
	public BroadcastBuilder idempotencyKey(String key) {
		this.draft.idempotencyKey(key);
		return this;
	}

	@Override
	public BroadcastBuilder now() {
		this.draft.now();
		return this;
	}

	@Override
	public CompletableFuture<List<StreamPosition>> publish() {
		List<Append> appends = this.draft.appends(this.realtime, this.destinations);
		return AfterCommit.run(this.draft.isNow(), () -> this.realtime.engine().publishAll(appends));
	}

}
