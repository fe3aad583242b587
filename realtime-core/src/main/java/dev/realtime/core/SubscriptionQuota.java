package dev.realtime.core;

/**
 * How many subscriptions several connections may have together. Thread-safe; called while
 * a connection is locked, so it does not block.
 *
 * @since 0.1.0
 */
public interface SubscriptionQuota {

	/**
	 * No limit.
	 */
	SubscriptionQuota UNLIMITED = new SubscriptionQuota() {

		@Override
		public boolean tryAcquire() {
			return true;
		}

		@Override
		public void release() {
		}

	};

	/**
	 * Counts one more.
	 * @return {@code false} if there are as many as there may be
	 */
	boolean tryAcquire();

	/**
	 * Counts one less, which was counted before.
	 */
	void release();

}
