package dev.realtime.publish;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import dev.realtime.StreamPosition;
import dev.realtime.core.Backplane;
import dev.realtime.core.BackplaneListener;
import dev.realtime.core.ChannelId;
import dev.realtime.core.ChannelPast;
import dev.realtime.core.Ephemeral;
import dev.realtime.core.Publication;
import dev.realtime.core.PublicationRequest;

/**
 * Remembers what is published, and answers what it is told to.
 */
class RecordingBackplane implements Backplane {

	final List<String> published = new ArrayList<>();

	Supplier<CompletableFuture<StreamPosition>> answer = () -> CompletableFuture
		.completedFuture(new StreamPosition("e", this.published.size()));

	@Override
	public void start(BackplaneListener listener) {
	}

	@Override
	public CompletableFuture<StreamPosition> append(ChannelId channel, PublicationRequest request) {
		this.published.add(channel.name() + " " + new String(request.data()));
		return this.answer.get();
	}

	@Override
	public void broadcast(ChannelId channel, Ephemeral ephemeral) {
		throw new UnsupportedOperationException();
	}

	@Override
	public CompletableFuture<Void> subscribe(ChannelId channel) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void unsubscribe(ChannelId channel) {
		throw new UnsupportedOperationException();
	}

	@Override
	public CompletableFuture<ChannelPast> past(ChannelId channel, int limit) {
		throw new UnsupportedOperationException();
	}

	@Override
	public CompletableFuture<List<Publication>> lastByKey(ChannelId channel, Collection<List<Object>> keys) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void close() {
	}

}
