package dev.realtime.token;

import java.time.Instant;

import dev.realtime.Tenant;
import dev.realtime.TenantAware;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.AuthenticatedPrincipal;

/**
 * The principal of a connection that was made with a connection token: what the token
 * says. It has no authorities, since a token carries none.
 *
 * @param name the name of the user
 * @param tenant the user's tenant
 * @param session the {@link SessionReference} of the HTTP session in which the token was
 * issued, if there was one
 * @param expiresAt when the authentication ends in which the token was issued, if it does
 * @since 0.1.0
 */
public record ConnectionUser(String name, Tenant tenant, @Nullable String session,
		@Nullable Instant expiresAt) implements AuthenticatedPrincipal, TenantAware {

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public String getTenantId() {
		return this.tenant.id();
	}

}
