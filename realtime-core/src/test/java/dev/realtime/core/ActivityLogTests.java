package dev.realtime.core;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is in the log.
 */
@Timeout(30)
class ActivityLogTests {

	private static final Duration SHORT = Duration.ofMillis(5);

	private static final Duration NEVER = Duration.ofDays(1);

	private final Logger logger = (Logger) LoggerFactory.getLogger(ActivityLog.class);

	private final QueueAppender appender = new QueueAppender();

	private volatile EngineStatistics statistics = statistics(0, 0, 0);

	@BeforeEach
	void listen() {
		this.appender.start();
		this.logger.addAppender(this.appender);
	}

	@AfterEach
	void stopListening() {
		this.logger.detachAppender(this.appender);
	}

	@Test
	void whenThereAreConnectionsThenTheyAreLoggedWithWhatHappenedSince() throws InterruptedException {
		try (ActivityLog log = new ActivityLog(() -> this.statistics, SHORT, NEVER)) {
			this.statistics = statistics(42, 1000, 0);
			assertThat(this.appender.next()).isEqualTo("Connections: 42, Subscriptions: 156, Channels: 12; "
					+ "in the last 0 s Publications: 1000, Deliveries: 5000, Drops: 3, Closes: 7");
			assertThat(this.appender.next()).isEqualTo("Connections: 42, Subscriptions: 156, Channels: 12; "
					+ "in the last 0 s Publications: 0, Deliveries: 0, Drops: 0, Closes: 0");
		}
	}

	@Test
	void whenThereAreNoConnectionsThenNothingIsLogged() throws InterruptedException {
		CountDownLatch looks = new CountDownLatch(5);
		try (ActivityLog log = new ActivityLog(() -> {
			looks.countDown();
			return this.statistics;
		}, SHORT, NEVER)) {
			assertThat(looks.await(10, TimeUnit.SECONDS)).isTrue();
			assertThat(this.appender.lines).isEmpty();
		}
	}

	@Test
	void whenAThousandSlowConsumersAreClosedThenTheyAreOneLine() throws InterruptedException {
		try (ActivityLog log = new ActivityLog(() -> this.statistics, NEVER, SHORT)) {
			this.statistics = statistics(1, 0, 1000);
			assertThat(this.appender.next()).isEqualTo("Closed 1000 connections whose client did not read fast enough, "
					+ "see realtime.limits.pending-bytes");
			this.statistics = statistics(1, 0, 1001);
			assertThat(this.appender.next()).startsWith("Closed a connection whose client did not read fast enough");
		}
	}

	private static EngineStatistics statistics(long connections, long publications, long slowConsumers) {
		boolean active = connections > 0;
		return new EngineStatistics(active ? 12 : 0, publications,
				List.of(transport("servlet", connections, publications * 2, slowConsumers, active),
						transport("netty", 0, publications * 3, 0, active)));
	}

	private static TransportStatistics transport(String name, long connections, long deliveries, long slowConsumers,
			boolean active) {
		return new TransportStatistics(name, connections, active ? 78 : 0, deliveries,
				Map.of(DropReason.CONFLATED, (connections > 1) ? 3L : 0),
				Map.of(CloseReason.SLOW_CONSUMER, slowConsumers, CloseReason.NORMAL, (connections > 1) ? 5L : 0),
				(connections > 1) ? 2 : 0, 0);
	}

	/**
	 * Lets a test wait for lines.
	 */
	private static final class QueueAppender extends AppenderBase<ILoggingEvent> {

		private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

		@Override
		protected void append(ILoggingEvent event) {
			if (event.getLevel() == Level.INFO) {
				this.lines.add(event.getFormattedMessage());
			}
		}

		String next() throws InterruptedException {
			String line = this.lines.poll(10, TimeUnit.SECONDS);
			assertThat(line).as("a line within 10 s").isNotNull();
			return line;
		}

	}

}
