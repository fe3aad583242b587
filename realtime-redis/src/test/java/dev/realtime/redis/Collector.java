package dev.realtime.redis;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.realtime.StreamPosition;
import dev.realtime.core.ChannelId;
import dev.realtime.core.CloseReason;
import dev.realtime.core.Connection;
import dev.realtime.core.DeliveryMode;
import dev.realtime.core.FrameEncoder;
import dev.realtime.core.FrameSink;
import dev.realtime.core.Lanes;
import dev.realtime.core.MessageFilter;
import dev.realtime.core.Publication;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.Start;
import dev.realtime.core.Subscription;
import dev.realtime.core.SubscriptionRequest;
import org.jspecify.annotations.Nullable;

/**
 * A client on a channel of a node: what it is told, by the engine that clients have.
 */
final class Collector implements AutoCloseable {

	private final Lanes<String> lanes = new Lanes<>(1, "collector", new DataEncoder(), Duration.ofHours(1));

	private final Listened listened;

	private final RealtimeEngine engine;

	private final List<String> received = new ArrayList<>();

	private final AtomicInteger gaps = new AtomicInteger();

	private final CompletableFuture<Void> live = new CompletableFuture<>();

	/**
	 * A client that is not subscribed yet.
	 */
	Collector(RedisBackplane backplane) {
		this.listened = new Listened(backplane);
		this.engine = new RealtimeEngine(this.listened, InstantSource.system(), 1);
	}

	/**
	 * Subscribes, and waits until the subscription is live.
	 */
	void subscribe(ChannelId channel) throws Exception {
		Connection<String> connection = this.engine.connect("c", this.lanes.next(), new Receiver());
		this.engine.subscribe(connection,
				new SubscriptionRequest("s", channel, MessageFilter.all(), new Start.Live(), "receipt", Nodes.HISTORY),
				this.live::completeExceptionally);
		this.live.get(60, TimeUnit.SECONDS);
	}

	List<String> received() {
		synchronized (this.received) {
			return List.copyOf(this.received);
		}
	}

	int count() {
		synchronized (this.received) {
			return this.received.size();
		}
	}

	/**
	 * What the backplane delivered, without what was read.
	 */
	int live() {
		return this.listened.publications.get();
	}

	int interruptions() {
		return this.listened.interruptions.get();
	}

	int gaps() {
		return this.gaps.get();
	}

	@Override
	public void close() {
		this.lanes.close();
	}

	/**
	 * Makes frames of the data alone.
	 */
	private static final class DataEncoder implements FrameEncoder<String> {

		@Override
		public String message(Publication publication, Subscription<String> subscription, DeliveryMode mode) {
			return new String(publication.data(), StandardCharsets.UTF_8);
		}

		@Override
		public String live(Subscription<String> subscription, String receipt, StreamPosition position,
				@Nullable Boolean recovered) {
			return "live";
		}

		@Override
		public String gap(Subscription<String> subscription) {
			return "gap";
		}

	}

	/**
	 * Takes the frames.
	 */
	private final class Receiver implements FrameSink<String> {

		@Override
		public void write(String message, int frames) {
			switch (message) {
				case "live" -> Collector.this.live.complete(null);
				case "gap" -> Collector.this.gaps.incrementAndGet();
				default -> {
					synchronized (Collector.this.received) {
						Collector.this.received.add(message);
					}
				}
			}
		}

		@Override
		public boolean isWritable() {
			return true;
		}

		@Override
		public void flush() {
		}

		@Override
		public void close(CloseReason reason) {
		}

		@Override
		public void tick(long nanoTime) {
		}

	}

}
