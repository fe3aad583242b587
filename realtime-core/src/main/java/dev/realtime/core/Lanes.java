package dev.realtime.core;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * The lanes of one transport, with a thread each. Connections are spread over them in
 * turn. Thread-safe.
 *
 * @param <F> the frame type of the transport
 * @since 0.1.0
 */
public final class Lanes<F> implements AutoCloseable {

	private final List<ExecutorService> executors;

	private final List<Lane<F>> lanes;

	private final ScheduledExecutorService timer;

	private final AtomicInteger next = new AtomicInteger();

	/**
	 * Starts the lanes.
	 * @param transport where to count
	 * @param count the number of lanes, usually that of the cores
	 * @param name what the threads are called
	 * @param encoder writes the frames
	 * @param tick the time between two calls of {@link FrameSink#tick}
	 */
	public Lanes(Transport transport, int count, String name, FrameEncoder<F> encoder, Duration tick) {
		AtomicInteger number = new AtomicInteger();
		this.executors = IntStream.range(0, count)
			.mapToObj((i) -> Executors.newSingleThreadExecutor(daemons(name + "-" + number.incrementAndGet())))
			.toList();
		this.lanes = this.executors.stream().map((executor) -> new Lane<>(transport, encoder, executor)).toList();
		this.timer = Executors.newSingleThreadScheduledExecutor(daemons(name + "-timer"));
		this.timer.scheduleWithFixedDelay(this::tick, tick.toNanos(), tick.toNanos(), TimeUnit.NANOSECONDS);
	}

	/**
	 * Starts lanes which are not part of the statistics of an engine.
	 * @param count the number of lanes, usually that of the cores
	 * @param name what the threads are called
	 * @param encoder writes the frames
	 * @param tick the time between two calls of {@link FrameSink#tick}
	 */
	public Lanes(int count, String name, FrameEncoder<F> encoder, Duration tick) {
		this(new Transport("other"), count, name, encoder, tick);
	}

	private static ThreadFactory daemons(String name) {
		return (task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		};
	}

	/**
	 * The lane for a new connection.
	 * @return the next in turn
	 */
	public Lane<F> next() {
		return this.lanes.get(Math.floorMod(this.next.getAndIncrement(), this.lanes.size()));
	}

	private void tick() {
		this.lanes.forEach((lane) -> lane.execute(() -> lane.tick(System.nanoTime())));
	}

	/**
	 * Stops the threads after what is queued. Later frames are dropped.
	 */
	@Override
	public void close() {
		this.timer.shutdownNow();
		this.executors.forEach(ExecutorService::shutdown);
	}

}
