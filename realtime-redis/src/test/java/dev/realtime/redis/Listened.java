package dev.realtime.redis;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.realtime.StreamPosition;
import dev.realtime.core.Backplane;
import dev.realtime.core.BackplaneListener;
import dev.realtime.core.ChannelId;
import dev.realtime.core.ChannelPast;
import dev.realtime.core.Ephemeral;
import dev.realtime.core.Publication;
import dev.realtime.core.PublicationRequest;
import org.jspecify.annotations.Nullable;

/**
 * A backplane that counts what it tells its listener.
 */
final class Listened implements Backplane {

	final AtomicInteger publications = new AtomicInteger();

	final AtomicInteger interruptions = new AtomicInteger();

	private final Backplane backplane;

	Listened(Backplane backplane) {
		this.backplane = backplane;
	}

	@Override
	public void start(BackplaneListener listener) {
		this.backplane.start(new BackplaneListener() {

			@Override
			public void onPublication(ChannelId channel, Publication publication) {
				Listened.this.publications.incrementAndGet();
				listener.onPublication(channel, publication);
			}

			@Override
			public void onEphemeral(ChannelId channel, Ephemeral ephemeral) {
				listener.onEphemeral(channel, ephemeral);
			}

			@Override
			public void onInterruption() {
				Listened.this.interruptions.incrementAndGet();
				listener.onInterruption();
			}

		});
	}

	@Override
	public CompletableFuture<StreamPosition> append(ChannelId channel, PublicationRequest request) {
		return this.backplane.append(channel, request);
	}

	@Override
	public void broadcast(ChannelId channel, Ephemeral ephemeral) {
		this.backplane.broadcast(channel, ephemeral);
	}

	@Override
	public CompletableFuture<Void> subscribe(ChannelId channel) {
		return this.backplane.subscribe(channel);
	}

	@Override
	public void unsubscribe(ChannelId channel) {
		this.backplane.unsubscribe(channel);
	}

	@Override
	public CompletableFuture<ChannelPast> past(ChannelId channel, int limit) {
		return this.backplane.past(channel, limit);
	}

	@Override
	public CompletableFuture<List<Publication>> lastByKey(ChannelId channel, Collection<List<@Nullable Object>> keys) {
		return this.backplane.lastByKey(channel, keys);
	}

	@Override
	public void close() {
		this.backplane.close();
	}

}
