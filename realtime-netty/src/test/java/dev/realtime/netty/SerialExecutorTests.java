package dev.realtime.netty;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SerialExecutor}.
 */
@Timeout(30)
class SerialExecutorTests {

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final List<String> ran = new ArrayList<>();

	private final List<Runnable> threads = new ArrayList<>();

	private boolean full;

	private final SerialExecutor executor = new SerialExecutor(this::execute, this.channel.eventLoop());

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void whenNoThreadIsFreeThenTasksWaitInOrderAndRunLater() {
		this.full = true;
		this.executor.execute(() -> this.ran.add("first"));
		this.executor.execute(() -> this.ran.add("second"));
		pass();
		assertThat(this.ran).isEmpty();
		assertThat(this.executor.size()).isEqualTo(2);
		this.full = false;
		pass();
		assertThat(this.ran).containsExactly("first", "second");
		this.executor.execute(() -> this.ran.add("third"));
		pass();
		assertThat(this.ran).containsExactly("first", "second", "third");
	}

	@Test
	void whenManyTasksWaitAndNoThreadIsFreeInBetweenThenNoneIsLost() {
		for (int i = 0; i < 100; i++) {
			this.executor.execute(() -> {
				this.full = true;
				this.ran.add("task");
			});
		}
		while (this.ran.size() < 100) {
			pass();
			this.full = false;
		}
		assertThat(this.executor.size()).isZero();
	}

	@Test
	void whenATaskFailsInAnyWayThenTheNextRuns() {
		this.executor.execute(() -> {
			throw new LinkageError("Expected by a test");
		});
		this.executor.execute(() -> {
			throw new IllegalStateException("Expected by a test");
		});
		this.executor.execute(() -> this.ran.add("next"));
		pass();
		assertThat(this.ran).containsExactly("next");
	}

	private void execute(Runnable task) {
		if (this.full) {
			throw new RejectedExecutionException("Full");
		}
		this.threads.add(task);
	}

	/**
	 * Lets the threads work, and a second pass.
	 */
	private void pass() {
		runAll();
		this.channel.advanceTimeBy(1, TimeUnit.SECONDS);
		this.channel.runScheduledPendingTasks();
		runAll();
	}

	private void runAll() {
		while (!this.threads.isEmpty()) {
			try {
				this.threads.remove(0).run();
			}
			catch (LinkageError ex) {
				// As the thread of a pool would.
				assertThat(ex).hasMessage("Expected by a test");
			}
		}
	}

}
