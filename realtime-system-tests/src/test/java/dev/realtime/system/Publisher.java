package dev.realtime.system;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.awaitility.Awaitility;

/**
 * Lets nodes publish the numbers from zero on, at a constant rate, until it is stopped. A
 * node that does not answer is asked no more: the next one is, for the same number.
 */
final class Publisher implements AutoCloseable {

	private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

	private final CompletableFuture<Integer> failure = new CompletableFuture<>();

	private final String path;

	private final Supplier<Node> nodes;

	private volatile int published;

	Publisher(String tenant, String room, Supplier<Node> nodes, int perSecond) {
		this.path = "/" + tenant + "/rooms/" + room + "?number=";
		this.nodes = nodes;
		this.executor.scheduleAtFixedRate(this::publish, 0, TimeUnit.SECONDS.toNanos(1) / perSecond,
				TimeUnit.NANOSECONDS);
	}

	private void publish() {
		try {
			while (!isAccepted(this.nodes.get())) {
				Thread.onSpinWait();
			}
			this.published = this.published + 1;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (RuntimeException ex) {
			this.failure.completeExceptionally(ex);
			throw ex;
		}
	}

	private boolean isAccepted(Node node) throws InterruptedException {
		try {
			return node.post(this.path + this.published) == 200;
		}
		catch (IOException ex) {
			return false;
		}
	}

	int published() {
		return this.published;
	}

	void awaitPublished(int count) {
		Awaitility.await("published").atMost(Duration.ofSeconds(60)).until(() -> this.published >= count);
	}

	/**
	 * Stops when the publication under way is through.
	 * @return how many there were
	 */
	int stop() throws InterruptedException {
		this.executor.shutdown();
		if (!this.executor.awaitTermination(120, TimeUnit.SECONDS)) {
			throw new IllegalStateException("No node answers");
		}
		return this.failure.getNow(this.published);
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}
