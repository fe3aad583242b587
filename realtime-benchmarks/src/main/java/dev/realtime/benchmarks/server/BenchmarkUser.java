package dev.realtime.benchmarks.server;

import dev.realtime.TenantAware;

import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;

/**
 * The user of all connections. Its password is not hashed, or the hash is what would be
 * measured.
 *
 * @since 0.1.0
 */
public final class BenchmarkUser extends User implements TenantAware {

	/**
	 * The tenant.
	 */
	public static final String TENANT = "acme";

	/**
	 * A user of another tenant.
	 */
	public static final String NOISY = "noisy";

	/**
	 * A user of this name.
	 * @param name the name
	 */
	public BenchmarkUser(String name) {
		super(name, "{noop}password", AuthorityUtils.createAuthorityList("ROLE_USER"));
	}

	/**
	 * The tenant of a user.
	 * @param name the name
	 * @return its tenant
	 */
	public static String tenantOf(String name) {
		return name.equals(NOISY) ? NOISY : TENANT;
	}

	@Override
	public String getTenantId() {
		return tenantOf(getUsername());
	}

}
