package dev.realtime.stomp;

import dev.realtime.Decision;
import dev.realtime.Tenant;
import dev.realtime.access.Right;

import org.springframework.security.core.Authentication;

/**
 * The right that server code gave, which is not asked again but may be withdrawn.
 *
 * @param topic the name of the channel
 */
record ServerRight(String topic) implements Right {

	@Override
	public Decision check(Authentication user, Tenant tenant) {
		return Decision.allow();
	}

	@Override
	public boolean isServerSide() {
		return true;
	}

}
