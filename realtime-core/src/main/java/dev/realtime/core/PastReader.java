package dev.realtime.core;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the past of channels for hubs that may have missed something. Few at a time, so
 * that all channels of a node do not ask at once when the backplane is back, and again
 * where it fails. Thread-safe.
 */
final class PastReader {

	/**
	 * Reads under way at the same time: enough to hide the way to the backplane and back.
	 */
	static final int MAX_READS = 16;

	private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

	private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

	private static final Logger logger = LoggerFactory.getLogger(PastReader.class);

	private final Backplane backplane;

	private final Scheduler scheduler;

	private final Duration timeout;

	private final Queue<ChannelHub> queue = new ArrayDeque<>();

	private int readers;

	private int failures;

	/**
	 * A reader that does nothing yet.
	 * @param backplane where to read
	 * @param scheduler runs the reads
	 * @param timeout after which an answer is not waited for any more
	 */
	PastReader(Backplane backplane, Scheduler scheduler, Duration timeout) {
		this.backplane = backplane;
		this.scheduler = scheduler;
		this.timeout = timeout;
	}

	/**
	 * Has the past of a channel read, by another thread.
	 */
	void read(ChannelHub hub) {
		if (enqueue(hub)) {
			this.scheduler.schedule(this::next, Duration.ZERO);
		}
	}

	/**
	 * Whether there has to be another reader.
	 */
	private synchronized boolean enqueue(ChannelHub hub) {
		this.queue.add(hub);
		if (this.readers == MAX_READS) {
			return false;
		}
		this.readers++;
		return true;
	}

	private void next() {
		ChannelHub hub = poll();
		while (hub != null && !hub.beginRead()) {
			hub = poll();
		}
		if (hub != null) {
			ChannelHub reading = hub;
			past(hub).orTimeout(this.timeout.toNanos(), TimeUnit.NANOSECONDS)
				.thenAccept(hub::onPast)
				.whenComplete((done, ex) -> proceed(reading, ex));
		}
	}

	private synchronized @Nullable ChannelHub poll() {
		ChannelHub hub = this.queue.poll();
		if (hub == null) {
			this.readers--;
		}
		return hub;
	}

	private CompletableFuture<ChannelPast> past(ChannelHub hub) {
		try {
			return this.backplane.past(hub.channel(), hub.historySize()).copy();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

	private void proceed(ChannelHub hub, @Nullable Throwable failure) {
		int failures = count(failure);
		if (failure != null) {
			if (failures == 1) {
				logger.warn("Could not read what was missed on {}, trying again: {}", hub.channel(),
						failure.toString());
			}
			hub.readFailed();
			requeue(hub);
		}
		this.scheduler.schedule(this::next, (failures > 0) ? pause(failures) : Duration.ZERO);
	}

	private synchronized int count(@Nullable Throwable failure) {
		this.failures = (failure != null) ? this.failures + 1 : 0;
		return this.failures;
	}

	private synchronized void requeue(ChannelHub hub) {
		this.queue.add(hub);
	}

	/**
	 * Every reader makes a pause: the more fail in a row, the longer.
	 */
	private static Duration pause(int failures) {
		Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(failures / MAX_READS, 6));
		return (pause.compareTo(LONGEST_PAUSE) < 0) ? pause : LONGEST_PAUSE;
	}

}
