package dev.realtime.benchmarks.server;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Publishes by something that answers later, and looks at the answers at the end.
 *
 * @since 0.1.0
 */
public final class FuturePublisher implements Publisher {

	private final Function<Payload, ? extends CompletionStage<?>> action;

	private final List<CompletableFuture<?>> pending = new ArrayList<>();

	/**
	 * A publisher.
	 * @param action publishes
	 */
	public FuturePublisher(Function<Payload, ? extends CompletionStage<?>> action) {
		this.action = action;
	}

	@Override
	public void publish(int id, Payload payload) {
		CompletableFuture<?> future = this.action.apply(payload).toCompletableFuture();
		if (!future.isDone() || future.isCompletedExceptionally()) {
			this.pending.add(future);
		}
	}

	@Override
	public void await() {
		CompletableFuture.allOf(this.pending.toArray(CompletableFuture[]::new)).join();
		this.pending.clear();
	}

}
