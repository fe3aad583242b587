package dev.realtime.stomp;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ClosingThreads}.
 */
@Timeout(60)
class ClosingThreadsTests {

	@Test
	void whenManyClientsKeepTheirThreadsWaitingThenOthersWaitForThemAndAllAreClosed() throws Exception {
		int count = 3 * ClosingThreads.MAX_THREADS;
		Semaphore waiting = new Semaphore(0);
		CountDownLatch done = new CountDownLatch(count);
		try (ClosingThreads threads = new ClosingThreads()) {
			for (int i = 0; i < count; i++) {
				threads.execute(() -> {
					waiting.acquireUninterruptibly();
					done.countDown();
				});
			}
			await().until(() -> waiting.getQueueLength() == ClosingThreads.MAX_THREADS);
			long closing = Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> thread.getName().equals("realtime-close"))
				.count();
			assertThat(closing).isLessThanOrEqualTo(ClosingThreads.MAX_THREADS);
			waiting.release(count);
			done.await();
		}
	}

}
