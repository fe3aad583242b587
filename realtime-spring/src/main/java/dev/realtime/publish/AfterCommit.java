package dev.realtime.publish;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
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
	 * @return the result; cancelled after rollback, also to a savepoint before the call
	 */
	static <T> CompletableFuture<T> run(boolean now, Supplier<CompletableFuture<T>> action) {
		if (now || !TransactionSynchronizationManager.isSynchronizationActive()
				|| !TransactionSynchronizationManager.isActualTransactionActive()) {
			return start(action);
		}
		Pending<T> pending = new Pending<>(action);
		TransactionSynchronizationManager.registerSynchronization(pending);
		return pending.result;
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

	/**
	 * An action that waits for its transaction.
	 */
	private static final class Pending<T> implements TransactionSynchronization {

		private final Supplier<CompletableFuture<T>> action;

		private final CompletableFuture<T> result = new CompletableFuture<>();

		private final Set<Object> laterSavepoints = Collections.newSetFromMap(new IdentityHashMap<>());

		Pending(Supplier<CompletableFuture<T>> action) {
			this.action = action;
		}

		@Override
		public void savepoint(Object savepoint) {
			this.laterSavepoints.add(savepoint);
		}

		@Override
		public void savepointRollback(Object savepoint) {
			if (!this.laterSavepoints.contains(savepoint)) {
				this.result.cancel(false);
			}
		}

		// Not afterCommit: a publication by another synchronization's afterCommit would
		// come too late for that, but not for this.
		@Override
		public void afterCompletion(int status) {
			if (status != STATUS_COMMITTED) {
				this.result.cancel(false);
			}
			else if (!this.result.isCancelled()) {
				start(this.action).whenComplete((value, ex) -> complete(this.result, value, ex));
			}
		}

	}

}
