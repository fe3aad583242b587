package dev.realtime.sample.account;

import java.util.Collection;
import java.util.List;

import dev.realtime.TenantAware;

import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.UserDetails;

/**
 * A user of one tenant, and the principal of the session. Being {@link TenantAware} is
 * all that Realtime needs to keep tenants apart.
 *
 * @param username what the user logs in with
 * @param password the encoded password
 * @param displayName what others see
 * @param tenantId the tenant the user works for
 * @param admin whether the user has the role ADMIN
 * @since 0.1.0
 */
public record Account(String username, String password, String displayName, String tenantId,
		boolean admin) implements UserDetails, TenantAware {

	@Override
	public String getUsername() {
		return this.username;
	}

	@Override
	public String getPassword() {
		return this.password;
	}

	@Override
	public String getTenantId() {
		return this.tenantId;
	}

	@Override
	public Collection<? extends GrantedAuthority> getAuthorities() {
		List<String> roles = this.admin ? List.of("ROLE_USER", "ROLE_ADMIN") : List.of("ROLE_USER");
		return AuthorityUtils.createAuthorityList(roles);
	}

	@Override
	public String toString() {
		return "Account[%s@%s]".formatted(this.username, this.tenantId);
	}

}
