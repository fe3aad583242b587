package dev.realtime.test;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

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
 * The backplane of a fixture, whichever that is, for somebody who would start it.
 */
final class StartedBackplane implements Backplane {

	private final BackplaneFixture fixture;

	StartedBackplane(BackplaneFixture fixture) {
		this.fixture = fixture;
	}

	@Override
	public void start(BackplaneListener listener) {
		this.fixture.listen(listener);
	}

	@Override
	public CompletableFuture<StreamPosition> append(ChannelId channel, PublicationRequest request) {
		return this.fixture.backplane().append(channel, request);
	}

	@Override
	public void broadcast(ChannelId channel, Ephemeral ephemeral) {
		this.fixture.backplane().broadcast(channel, ephemeral);
	}

	@Override
	public CompletableFuture<Void> subscribe(ChannelId channel) {
		return this.fixture.backplane().subscribe(channel);
	}

	@Override
	public void unsubscribe(ChannelId channel) {
		this.fixture.backplane().unsubscribe(channel);
	}

	@Override
	public CompletableFuture<ChannelPast> past(ChannelId channel, int limit) {
		return this.fixture.backplane().past(channel, limit);
	}

	@Override
	public CompletableFuture<List<Publication>> lastByKey(ChannelId channel, Collection<List<@Nullable Object>> keys) {
		return this.fixture.backplane().lastByKey(channel, keys);
	}

	@Override
	public void close() {
		// That is up to the fixture.
	}

}
