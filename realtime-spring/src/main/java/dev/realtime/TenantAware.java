package dev.realtime;

import org.jspecify.annotations.Nullable;

/**
 * A principal that knows its tenant. The simplest way to tell tenants apart in
 * applications with a {@code UserDetails} class of their own.
 *
 * @since 0.1.0
 */
public interface TenantAware {

	/**
	 * The tenant of this principal.
	 * @return the id, or {@code null} if the principal has none: then it may neither
	 * connect nor publish without naming a tenant
	 */
	@Nullable String getTenantId();

}
