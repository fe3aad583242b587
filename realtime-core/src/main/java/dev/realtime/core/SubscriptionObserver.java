package dev.realtime.core;

/**
 * Hears of the life of one subscription, on the lane of its connection. Does not block.
 *
 * @since 0.1.0
 */
public interface SubscriptionObserver {

	/**
	 * The subscription is live, and its receipt was written.
	 * @param subscription the subscription
	 */
	void onLive(Subscription<?> subscription);

	/**
	 * A subscription that was live has ended.
	 * @param subscription the subscription
	 * @param ending whether its client meant it
	 */
	void onEnd(Subscription<?> subscription, Ending ending);

}
