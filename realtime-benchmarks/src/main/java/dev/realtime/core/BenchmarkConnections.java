package dev.realtime.core;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * Connections that go nowhere, for benchmarks of what comes before the transport.
 */
final class BenchmarkConnections {

	private BenchmarkConnections() {
	}

	static Connection<String> create(String id) {
		return new Connection<>(id, lane(), new NoSink());
	}

	static Connection<String> create(RealtimeEngine engine, Lane<String> lane, String id) {
		return engine.connect(id, lane, new NoSink());
	}

	/**
	 * A lane that does everything at once on the calling thread.
	 */
	static Lane<String> lane() {
		return new Lane<>(new NoEncoder(), Runnable::run);
	}

	/**
	 * Writes nothing.
	 */
	private static final class NoEncoder implements FrameEncoder<String> {

		@Override
		public String message(Publication publication, Subscription<String> subscription, DeliveryMode mode) {
			return "";
		}

		@Override
		public String live(Subscription<String> subscription, String receipt, StreamPosition position,
				@Nullable Boolean recovered) {
			return "";
		}

		@Override
		public String gap(Subscription<String> subscription) {
			return "";
		}

	}

	/**
	 * Drops everything.
	 */
	private static final class NoSink implements FrameSink<String> {

		@Override
		public void write(String frame, int frames) {
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
