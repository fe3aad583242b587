package dev.realtime.presence;

import dev.realtime.core.SubscriptionObserver;
import org.jspecify.annotations.Nullable;

/**
 * The part of one subscription in presence: hears of its life, and of its right.
 *
 * @since 0.1.0
 */
public interface PresenceSubscription extends SubscriptionObserver {

	/**
	 * The right of the subscription was asked again, and granted: what others see of the
	 * user, and whom the user may see, may be something else now. Thread-safe, does not
	 * block.
	 * @param info what others see of the user now, a JSON object
	 */
	void onGrantedAgain(@Nullable String info);

}
