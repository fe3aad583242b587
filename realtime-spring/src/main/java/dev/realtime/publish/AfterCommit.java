package dev.realtime.publish;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Holds an action back until the transaction of the thread has committed.
 */
final class AfterCommit {

	private AfterCommit() {
	}

	/**
	 * Runs an action after commit, or at once where there is no transaction. Never throws
	 * what the action throws: that fails the future.
	 * @param <T> the type of the result
	 * @param now whether not to wait for the commit
	 * @param action the action
	 * @return the result; cancelled after rollback
	 */
	static <T> CompletableFuture<T> run(boolean now, Supplier<CompletableFuture<T>> action) {
		if (now || !TransactionSynchronizationManager.isSynchronizationActive()
				|| !TransactionSynchronizationManager.isActualTransactionActive()) {
			return start(action);
		}
		CompletableFuture<T> result = new CompletableFuture<>();
		TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

			// Not afterCommit: a publication by another synchronization's afterCommit
			// would
			// come too late for that, but not for this.
			@Override
			public void afterCompletion(int status) {
				if (status == STATUS_COMMITTED) {
					start(action).whenComplete((value, ex) -> complete(result, value, ex));
				}
				else {
					result.cancel(false);
				}
			}

		});
		return result;
	}

	private static <T> void complete(CompletableFuture<T> result, T value, Throwable ex) {
		if (ex != null) {
			result.completeExceptionally(ex);
		}
		else {
			result.complete(value);
		}
	}

	private static <T> CompletableFuture<T> start(Supplier<CompletableFuture<T>> action) {
		try {
			return action.get();
		}
		catch (RuntimeException ex) {
			return CompletableFuture.failedFuture(ex);
		}
	}

}
