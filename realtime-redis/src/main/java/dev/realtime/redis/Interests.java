package dev.realtime.redis;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import dev.realtime.StreamPosition;
import dev.realtime.core.BackplaneListener;
import dev.realtime.core.ChannelId;
import dev.realtime.core.Ephemeral;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels this node wants to hear of, over all lives of the pub/sub connection.
 * Thread-safe.
 */
final class Interests {

	private static final Logger logger = LoggerFactory.getLogger(Interests.class);

	private final Map<String, Interest> interests = new ConcurrentHashMap<>();

	private final String keyPrefix;

	private final Signatures signatures;

	private final BackplaneListener listener;

	private final Consumer<Interest> onRegression;

	private final Consumer<PubSubWire> onRefusal;

	private final OnceAMinute unreadable = new OnceAMinute();

	private @Nullable PubSubWire wire;

	/**
	 * No interests yet.
	 * @param onRegression told of channels that went back in time
	 * @param onRefusal told of wires on which a subscription failed: none of the others
	 * can be relied on. Must neither block nor call back
	 */
	Interests(String keyPrefix, Signatures signatures, BackplaneListener listener, Consumer<Interest> onRegression,
			Consumer<PubSubWire> onRefusal) {
		this.keyPrefix = keyPrefix;
		this.signatures = signatures;
		this.listener = listener;
		this.onRegression = onRegression;
		this.onRefusal = onRefusal;
	}

	Collection<Interest> all() {
		return List.copyOf(this.interests.values());
	}

	@Nullable Interest get(RedisChannel channel) {
		return this.interests.get(channel.name());
	}

	synchronized CompletableFuture<Void> subscribe(ChannelId id) {
		RedisChannel channel = RedisChannel.of(this.keyPrefix, id);
		Interest existing = this.interests.get(channel.name());
		if (existing != null) {
			return existing.confirmed;
		}
		Interest interest = new Interest(channel);
		this.interests.put(channel.name(), interest);
		PubSubWire wire = this.wire;
		if (wire != null) {
			subscribe(wire, interest);
		}
		return interest.confirmed;
	}

	synchronized void unsubscribe(ChannelId id) {
		RedisChannel channel = RedisChannel.of(this.keyPrefix, id);
		Interest interest = this.interests.remove(channel.name());
		if (interest == null) {
			return;
		}
		interest.confirmed.completeExceptionally(new CancellationException("Unsubscribed from " + id));
		PubSubWire wire = this.wire;
		if (wire != null) {
			wire.unsubscribe(channel.name());
		}
	}

	/**
	 * Subscribes to everything on a new wire.
	 * @return completed once Redis has answered all, with whether it confirmed all
	 */
	synchronized CompletableFuture<Boolean> moveTo(PubSubWire wire) {
		this.wire = wire;
		List<CompletableFuture<Boolean>> answers = this.interests.values()
			.stream()
			.map((interest) -> subscribe(wire, interest))
			.toList();
		return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
			.thenApply((answered) -> answers.stream().allMatch(CompletableFuture::join));
	}

	synchronized void leave() {
		this.wire = null;
	}

	/**
	 * Subscribes on a wire. What fails for now, because the wire was lost, the slot has
	 * moved or the server is busy, is done again on the next wire.
	 * @return completed with {@code false} then
	 */
	private CompletableFuture<Boolean> subscribe(PubSubWire wire, Interest interest) {
		return wire.subscribe(interest.channel.name()).toCompletableFuture().handle((confirmed, failure) -> {
			if (failure == null || this.interests.get(interest.channel.name()) != interest) {
				interest.confirmed.complete(null);
				return true;
			}
			if (Failures.isFinal(failure) && interest.confirmed.completeExceptionally(failure)) {
				this.interests.remove(interest.channel.name(), interest);
				return true;
			}
			this.onRefusal.accept(wire);
			return false;
		});
	}

	/**
	 * Takes what the wire delivers, in order.
	 */
	void onMessage(String name, byte[] bytes) {
		Interest interest = this.interests.get(name);
		if (interest == null) {
			return;
		}
		Message message;
		try {
			message = Message.parseDelivered(bytes, interest.channel, this.signatures);
		}
		catch (IllegalArgumentException ex) {
			if (this.unreadable.isDue()) {
				logger.warn("Ignored what somebody published on {}: {}", name, ex.getMessage());
			}
			return;
		}
		if (message.ephemeral()) {
			deliver(interest.channel.id(), new Ephemeral(message.publication(), message.toUser()));
			return;
		}
		if (!interest.saw(message.publication().position(), message.origin())) {
			this.onRegression.accept(interest);
			return;
		}
		try {
			this.listener.onPublication(interest.channel.id(), message.publication());
		}
		catch (RuntimeException ex) {
			logger.error("A publication could not be handed on", ex);
		}
	}

	private void deliver(ChannelId channel, Ephemeral ephemeral) {
		try {
			this.listener.onEphemeral(channel, ephemeral);
		}
		catch (RuntimeException ex) {
			logger.error("Something ephemeral could not be handed on", ex);
		}
	}

	/**
	 * Tells that something may be missing.
	 */
	void onInterruption() {
		try {
			this.listener.onInterruption();
		}
		catch (RuntimeException ex) {
			logger.error("An interruption could not be handed on", ex);
		}
	}

	void close() {
		List.copyOf(this.interests.values())
			.forEach((interest) -> interest.confirmed
				.completeExceptionally(new CancellationException("The backplane was closed")));
		this.interests.clear();
	}

	/**
	 * One channel.
	 */
	static final class Interest {

		private final RedisChannel channel;

		private final CompletableFuture<Void> confirmed = new CompletableFuture<>();

		private @Nullable Sighting delivered;

		private @Nullable Sighting read;

		Interest(RedisChannel channel) {
			this.channel = channel;
		}

		RedisChannel channel() {
			return this.channel;
		}

		/**
		 * The newest this node knows of.
		 */
		synchronized @Nullable Sighting newest() {
			Sighting delivered = this.delivered;
			Sighting read = this.read;
			return (delivered != null && read != null && delivered.isNotBefore(read.position())) ? delivered
					: (read != null) ? read : delivered;
		}

		synchronized @Nullable Sighting delivered() {
			return this.delivered;
		}

		/**
		 * Takes note of what was delivered.
		 * @return {@code false} if Redis went back in time: a replica took over, or the
		 * server restarted, without the latest
		 */
		private synchronized boolean saw(StreamPosition position, String origin) {
			if (this.delivered != null && this.delivered.isNotBefore(position)) {
				return false;
			}
			this.delivered = new Sighting(position, origin);
			return true;
		}

		/**
		 * Takes note of what was read, which may be about to be delivered.
		 */
		synchronized void read(Sighting newest) {
			this.read = newest;
		}

	}

	/**
	 * What this node knows that a channel had.
	 *
	 * @param position a position
	 * @param origin where the publication there came from, if that was seen
	 */
	record Sighting(StreamPosition position, @Nullable String origin) {

		private boolean isNotBefore(StreamPosition other) {
			return other.epoch().equals(this.position.epoch()) && other.offset() <= this.position.offset();
		}

	}

}
