package dev.realtime.publish;

import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.realtime.PublicationBuilder;
import dev.realtime.StreamPosition;
import dev.realtime.core.Append;

/**
 * A publication with options, on its way to the engine.
 */
final class DefaultPublicationBuilder implements PublicationBuilder {

	private final DefaultRealtime realtime;

	private final Draft draft = new Draft();

	private Destination destination;

	DefaultPublicationBuilder(DefaultRealtime realtime, Destination destination) {
		this.realtime = realtime;
		this.destination = destination;
	}

	@Override
	public PublicationBuilder data(Object data) {
		this.draft.data(data);
		return this;
	}

	@Override
	public PublicationBuilder event(String name) {
		this.draft.event(name);
		return this;
	}

	@Override
	public PublicationBuilder user(String name) {
		this.destination = this.destination.forUser(name);
		return this;
	}

	@Override
	public PublicationBuilder except(String connectionId) {
		this.draft.except(connectionId);
		return this;
	}

	@Override
	public PublicationBuilder toOthers() {
		this.draft.toOthers();
		return this;
	}

	@Override
	public PublicationBuilder idempotencyKey(String key) {
		this.draft.idempotencyKey(key);
		return this;
	}

	@Override
	public PublicationBuilder now() {
		this.draft.now();
		return this;
	}

	@Override
	public CompletableFuture<StreamPosition> publish() {
		Append append = append();
		return AfterCommit.run(isNow(), () -> this.realtime.engine().publish(append.channel(), append.request()));
	}

	boolean isNow() {
		return this.draft.isNow();
	}

	Append append() {
		return this.draft.appends(this.realtime, List.of(this.destination)).get(0);
	}

}
