package dev.realtime;

import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;

/**
 * Tells the tenant of an authentication. A bean of this type replaces the default, which
 * looks for a claim or attribute ({@code realtime.tenant.claim}), then for a
 * {@link TenantAware} principal. Called once per connection and once per publication
 * without an explicit tenant, by any thread.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface TenantResolver {

	/**
	 * The tenant of this authentication.
	 * @param authentication who connects or publishes
	 * @return the id, or {@code null} for none: the connection, or the publication, is
	 * refused
	 */
	@Nullable String resolveTenant(Authentication authentication);

}
