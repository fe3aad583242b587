package dev.realtime.stomp;

import dev.realtime.Presence;
import dev.realtime.PresenceMember;
import dev.realtime.Tenant;
import dev.realtime.token.PresenceGrant;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;

/**
 * What somebody who may subscribe has of the presence of the topic.
 */
interface PresenceTerms {

	/**
	 * What subscribers can see.
	 */
	Presence mode();

	/**
	 * Whether nobody here can tell who may see whom, so that counts have to do.
	 */
	boolean isUndecidable();

	/**
	 * What others see of the user: a JSON object. May block.
	 * @return {@code null} for nothing but the name
	 */
	@Nullable String info(Authentication user, Tenant tenant) throws Exception;

	/**
	 * Whether not everybody may see everybody.
	 */
	boolean isRestricted();

	/**
	 * Whether a user may see a member. May block.
	 */
	boolean isVisible(PresenceMember member, Authentication user, Tenant tenant);

	/**
	 * What a token says.
	 */
	record ByToken(PresenceGrant grant) implements PresenceTerms {

		@Override
		public Presence mode() {
			return this.grant.mode();
		}

		@Override
		public boolean isUndecidable() {
			return this.grant.restricted();
		}

		@Override
		public @Nullable String info(Authentication user, Tenant tenant) {
			return this.grant.info();
		}

		@Override
		public boolean isRestricted() {
			return false;
		}

		@Override
		public boolean isVisible(PresenceMember member, Authentication user, Tenant tenant) {
			return true;
		}

	}

}
