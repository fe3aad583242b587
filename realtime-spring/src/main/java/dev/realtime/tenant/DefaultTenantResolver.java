package dev.realtime.tenant;

import dev.realtime.TenantAware;
import dev.realtime.TenantResolver;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.ClaimAccessor;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.util.ClassUtils;

/**
 * Takes the tenant from a claim or attribute of JWT, OpenID Connect and OAuth2
 * principals, or from a {@link TenantAware} principal.
 *
 * @since 0.1.0
 */
public final class DefaultTenantResolver implements TenantResolver {

	private static final boolean OAUTH2_PRESENT = ClassUtils.isPresent(
			"org.springframework.security.oauth2.core.ClaimAccessor", DefaultTenantResolver.class.getClassLoader());

	private final String claim;

	/**
	 * A resolver for this claim.
	 * @param claim the name of the claim or attribute
	 */
	public DefaultTenantResolver(String claim) {
		this.claim = claim;
	}

	@Override
	public @Nullable String resolveTenant(Authentication authentication) {
		Object principal = authentication.getPrincipal();
		Object tenant = OAUTH2_PRESENT ? OAuth2.attribute(principal, this.claim) : null;
		if (tenant == null && principal instanceof TenantAware aware) {
			tenant = aware.getTenantId();
		}
		return (tenant != null) ? tenant.toString() : null;
	}

	/**
	 * Keeps the optional classes away from applications that do not have them.
	 */
	private static final class OAuth2 {

		static @Nullable Object attribute(@Nullable Object principal, String name) {
			if (principal instanceof ClaimAccessor claims) {
				return claims.getClaim(name);
			}
			return (principal instanceof OAuth2AuthenticatedPrincipal attributes) ? attributes.getAttribute(name)
					: null;
		}

	}

}
