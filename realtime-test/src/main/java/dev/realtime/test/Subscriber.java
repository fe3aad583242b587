package dev.realtime.test;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.realtime.StreamPosition;
import dev.realtime.core.CloseReason;
import dev.realtime.core.Connection;
import dev.realtime.core.DeliveryMode;
import dev.realtime.core.FrameEncoder;
import dev.realtime.core.FrameSink;
import dev.realtime.core.Lane;
import dev.realtime.core.Publication;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.Subscription;
import dev.realtime.core.SubscriptionRequest;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client with one subscription, and what it is told, in words.
 */
final class Subscriber implements FrameSink<String>, AutoCloseable {

	private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

	private final RealtimeEngine engine;

	private final Connection<String> connection;

	Subscriber(RealtimeEngine engine, Lane<String> lane, SubscriptionRequest request) {
		this.engine = engine;
		this.connection = engine.connect("c", lane, this);
		engine.subscribe(this.connection, request, (failure) -> this.told.add("failed: " + failure));
	}

	/**
	 * What it is told next.
	 */
	List<String> next(int count) throws InterruptedException {
		List<String> next = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			String words = this.told.poll(60, TimeUnit.SECONDS);
			assertThat(words).as("what follows %s", next).isNotNull();
			next.add(String.valueOf(words));
		}
		return next;
	}

	@Override
	public void write(String message, int frames) {
		this.told.add(message);
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
		this.told.add("closed: " + reason);
	}

	@Override
	public void tick(long nanoTime) {
	}

	@Override
	public void close() {
		this.engine.disconnect(this.connection);
	}

	/**
	 * Puts into words what the engine says.
	 */
	static final class Encoder implements FrameEncoder<String> {

		@Override
		public String message(Publication publication, Subscription<String> subscription, DeliveryMode mode) {
			return mode.name().toLowerCase(Locale.ROOT) + " " + publication.position().offset();
		}

		@Override
		public String live(Subscription<String> subscription, String receipt, StreamPosition position,
				@Nullable Boolean recovered) {
			return "live, recovered: " + recovered;
		}

		@Override
		public String gap(Subscription<String> subscription) {
			return "gap";
		}

	}

}
