package dev.realtime.access;

import java.time.Instant;

import dev.realtime.Tenant;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;

/**
 * Who is connected.
 *
 * @param user the user
 * @param tenant the user's tenant
 * @param session the hashed id of the HTTP session behind the connection, if there is one
 * @param expiresAt when the authentication ends by itself, if it does
 * @since 0.1.0
 */
public record Member(Authentication user, Tenant tenant, @Nullable String session, @Nullable Instant expiresAt) {

	/**
	 * Whether another authentication is of the same user.
	 * @param other the other
	 * @return whether name and tenant are equal
	 */
	public boolean isSameUser(Member other) {
		return this.user.getName().equals(other.user.getName()) && this.tenant.equals(other.tenant);
	}

	Member withSession(@Nullable String session) {
		return new Member(this.user, this.tenant, session, this.expiresAt);
	}

}
