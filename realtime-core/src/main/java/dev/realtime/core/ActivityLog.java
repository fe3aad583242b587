package dev.realtime.core;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log what goes on: one line at an interval while there are connections, and
 * one line with a count when clients were closed that did not keep up. Compares what was
 * counted, so a thousand slow clients at once are one line.
 *
 * @since 0.1.0
 */
public final class ActivityLog implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ActivityLog.class);

	private final Supplier<EngineStatistics> statistics;

	private final Duration interval;

	private final ScheduledExecutorService timer;

	private EngineStatistics lastActivity;

	private long lastSlowConsumers;

	/**
	 * Starts to log.
	 * @param statistics what is counted
	 * @param interval the time between two lines while there are connections
	 * @param slowConsumerInterval the least time between two lines about slow consumers
	 */
	public ActivityLog(Supplier<EngineStatistics> statistics, Duration interval, Duration slowConsumerInterval) {
		this.statistics = statistics;
		this.interval = interval;
		this.lastActivity = statistics.get();
		this.lastSlowConsumers = this.lastActivity.slowConsumers();
		this.timer = Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, "realtime-activity");
			thread.setDaemon(true);
			return thread;
		});
		schedule(this::logActivity, interval);
		schedule(this::logSlowConsumers, slowConsumerInterval);
	}

	private void schedule(Runnable task, Duration interval) {
		this.timer.scheduleWithFixedDelay(task, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
	}

	private void logActivity() {
		EngineStatistics now = this.statistics.get();
		EngineStatistics last = this.lastActivity;
		this.lastActivity = now;
		if (now.connections() > 0) {
			logger.info(
					"Connections: {}, Subscriptions: {}, Channels: {}; "
							+ "in the last {} s Publications: {}, Deliveries: {}, Drops: {}, Closes: {}",
					now.connections(), now.subscriptions(), now.channels(), this.interval.toSeconds(),
					now.publications() - last.publications(), now.deliveries() - last.deliveries(),
					now.drops() - last.drops(), now.closes() - last.closes());
		}
	}

	private void logSlowConsumers() {
		long now = this.statistics.get().slowConsumers();
		long count = now - this.lastSlowConsumers;
		this.lastSlowConsumers = now;
		if (count > 0) {
			logger.info("Closed {} whose client did not read fast enough, see realtime.limits.pending-bytes",
					(count == 1) ? "a connection" : count + " connections");
		}
	}

	/**
	 * Stops.
	 */
	@Override
	public void close() {
		this.timer.shutdownNow();
	}

}
