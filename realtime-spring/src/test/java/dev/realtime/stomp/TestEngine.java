package dev.realtime.stomp;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

import dev.realtime.StreamPosition;
import dev.realtime.core.ChannelId;
import dev.realtime.core.CloseReason;
import dev.realtime.core.Connection;
import dev.realtime.core.DeliveryMode;
import dev.realtime.core.FrameEncoder;
import dev.realtime.core.FrameSink;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.InMemoryBackplane;
import dev.realtime.core.Lane;
import dev.realtime.core.MessageFilter;
import dev.realtime.core.Publication;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.Start;
import dev.realtime.core.Subscription;
import dev.realtime.core.SubscriptionRequest;

import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Makes what only the engine can make.
 */
final class TestEngine {

	private final RealtimeEngine engine = new RealtimeEngine(
			new InMemoryBackplane(InstantSource.system(), new Random(1)), InstantSource.system(), 100);

	Subscription<WebSocketMessage<?>> subscription(String id, String channel) {
		AtomicReference<Subscription<WebSocketMessage<?>>> subscription = new AtomicReference<>();
		Lane<WebSocketMessage<?>> lane = new Lane<>(new CapturingEncoder(subscription), Runnable::run);
		Connection<WebSocketMessage<?>> connection = this.engine.connect("c-1", lane, new NoSink());
		this.engine.subscribe(connection, new SubscriptionRequest(id, new ChannelId("acme", null, channel),
				MessageFilter.all(), new Start.Live(), "receipt", new HistoryOptions(0, Duration.ofSeconds(1), 0)),
				(ex) -> {
				});
		return subscription.get();
	}

	private record CapturingEncoder(AtomicReference<Subscription<WebSocketMessage<?>>> subscription)
			implements
				FrameEncoder<WebSocketMessage<?>> {

		@Override
		public WebSocketMessage<?> message(Publication publication, Subscription<WebSocketMessage<?>> subscription,
				DeliveryMode mode) {
			throw new UnsupportedOperationException();
		}

		@Override
		public WebSocketMessage<?> live(Subscription<WebSocketMessage<?>> subscription, String receipt,
				StreamPosition position, Boolean recovered) {
			this.subscription.set(subscription);
			return new TextMessage("");
		}

		@Override
		public WebSocketMessage<?> gap(Subscription<WebSocketMessage<?>> subscription) {
			throw new UnsupportedOperationException();
		}

	}

	private static final class NoSink implements FrameSink<WebSocketMessage<?>> {

		@Override
		public void write(WebSocketMessage<?> frame, int frames) {
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
