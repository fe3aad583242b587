package dev.realtime.stomp;

import dev.realtime.Decision;
import dev.realtime.Tenant;
import dev.realtime.topic.ChannelSettings;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.security.core.Authentication;

/**
 * The right to a topic where the user wants to be seen, too: once it is granted, it says
 * as what.
 */
final class PresenceRight implements SubscribeRight {

	private static final Logger logger = LoggerFactory.getLogger(PresenceRight.class);

	private final SubscribeRight right;

	private final PresenceTerms terms;

	private volatile boolean described;

	private volatile @Nullable String info;

	PresenceRight(SubscribeRight right, PresenceTerms terms) {
		this.right = right;
		this.terms = terms;
	}

	@Override
	public String topic() {
		return this.right.topic();
	}

	@Override
	public Decision check(Authentication user, Tenant tenant) {
		Decision decision = this.right.check(user, tenant);
		if (decision.isAllowed() && !this.described) {
			try {
				this.info = this.terms.info(user, tenant);
				this.described = true;
			}
			catch (Exception ex) {
				logger.warn("The @PresenceInfo method of '{}' failed, which denies the subscription", topic(), ex);
				return Decision.deny();
			}
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

}
