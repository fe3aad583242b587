package dev.realtime.stomp;

import dev.realtime.Decision;
import dev.realtime.Tenant;
import dev.realtime.presence.PresenceSubscription;
import dev.realtime.topic.ChannelSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.security.core.Authentication;

/**
 * The right to a topic where the user wants to see who is there, and maybe to be seen:
 * whenever it is granted, it says as what.
 */
final class PresenceRight implements SubscribeRight {

	private static final Logger logger = LoggerFactory.getLogger(PresenceRight.class);

	private final SubscribeRight right;

	private final PresenceTerms terms;

	private final boolean joins;

	private volatile @Nullable String info;

	private volatile @Nullable PresenceSubscription subscription;

	/**
	 * A right that nobody asked yet.
	 * @param joins whether the user wants to be seen
	 */
	PresenceRight(SubscribeRight right, PresenceTerms terms, boolean joins) {
		this.right = right;
		this.terms = terms;
		this.joins = joins;
	}

	@Override
	public String topic() {
		return this.right.topic();
	}

	@Override
	public Decision check(Authentication user, Tenant tenant) {
		Decision decision = this.right.check(user, tenant);
		if (!decision.isAllowed()) {
			return decision;
		}
		PresenceSubscription subscription = this.subscription;
		try {
			this.info = this.joins ? this.terms.info(user, tenant) : null;
		}
		catch (Exception ex) {
			logger.warn("The @PresenceInfo method of '{}' failed, {}", topic(),
					(subscription != null) ? "so that others see what it said before" : "which denies the subscription",
					ex);
			return (subscription != null) ? decision : Decision.deny();
		}
		if (subscription != null) {
			subscription.onGrantedAgain(this.info);
		}
		return decision;
	}

	@Override
	public boolean isCheckable() {
		return this.right.isCheckable();
	}

	@Override
	public ChannelSettings settings() {
		return this.right.settings();
	}

	@Override
	public PresenceTerms presence() {
		return this.terms;
	}

	@Override
	public boolean publish() {
		return this.right.publish();
	}

	@Override
	public ControlCode refusal() {
		return this.right.refusal();
	}

	/**
	 * What others see of the user, once the right was granted.
	 */
	@Nullable String info() {
		return this.info;
	}

	/**
	 * The subscription it was granted for, which hears when it is asked again.
	 */
	void setSubscription(PresenceSubscription subscription) {
		this.subscription = subscription;
	}

}
