package dev.realtime.tenant;

import dev.realtime.Tenant;
import dev.realtime.TenantAware;
import dev.realtime.TenantResolver;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;

/**
 * Who belongs to which tenant, and what holds for those who belong to none.
 *
 * @since 0.1.0
 */
public final class Tenants {

	private static final Tenant DEFAULT = new Tenant(Tenant.DEFAULT_ID);

	private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

	private final TenantResolver resolver;

	private final boolean required;

	/**
	 * Tenants by this resolver.
	 * @param resolver tells the tenant of an authentication
	 * @param required whether those without a tenant are refused; otherwise they share
	 * one
	 */
	public Tenants(TenantResolver resolver, boolean required) {
		this.resolver = resolver;
		this.required = required;
	}

	/**
	 * The tenant of somebody.
	 * @param user who, or {@code null} if nobody is logged in
	 * @return the tenant, or {@code null} if there is none and one is required
	 * @throws IllegalArgumentException if the resolver answers what is no tenant id
	 */
	public @Nullable Tenant of(@Nullable Authentication user) {
		String id = this.trust.isAuthenticated(user) ? this.resolver.resolveTenant(user) : null;
		if (id != null) {
			return new Tenant(id);
		}
		boolean refused = this.required || (user != null && user.getPrincipal() instanceof TenantAware);
		return refused ? null : DEFAULT;
	}

}
