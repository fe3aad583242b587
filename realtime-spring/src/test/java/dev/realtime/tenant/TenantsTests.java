package dev.realtime.tenant;

import dev.realtime.Tenant;
import dev.realtime.TenantAware;
import dev.realtime.TenantResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Tenants}.
 */
@Timeout(30)
class TenantsTests {

	private static final Tenant DEFAULT = new Tenant("default");

	private static final TenantResolver NONE = (user) -> null;

	private final Authentication alice = new TestingAuthenticationToken("alice", "", "ROLE_USER");

	@Test
	void tenantIsWhatTheResolverSays() {
		Tenants tenants = new Tenants((user) -> user.getName() + "'s", true);
		assertThat(tenants.of(this.alice)).isEqualTo(new Tenant("alice's"));
	}

	@Test
	void whenTenantIsRequiredThenThoseWithoutAreRefused() {
		Tenants tenants = new Tenants(NONE, true);
		assertThat(tenants.of(this.alice)).isNull();
		assertThat(tenants.of(null)).isNull();
	}

	@Test
	void whenTenantIsNotRequiredThenThoseWithoutShareOne() {
		Tenants tenants = new Tenants(NONE, false);
		assertThat(tenants.of(this.alice)).isEqualTo(DEFAULT);
		assertThat(tenants.of(null)).isEqualTo(DEFAULT);
	}

	@Test
	void whenPrincipalKnowsThatItHasNoTenantThenItIsRefused() {
		Tenants tenants = new Tenants(new DefaultTenantResolver("tenant_id"), false);
		TenantAware nobody = () -> null;
		assertThat(tenants.of(new TestingAuthenticationToken(nobody, "", "ROLE_USER"))).isNull();
	}

	@Test
	void resolverIsNotAskedAboutThoseWhoAreNotAuthenticated() {
		Tenants tenants = new Tenants((user) -> "acme", true);
		assertThat(tenants.of(UsernamePasswordAuthenticationToken.unauthenticated("alice", ""))).isNull();
		assertThat(tenants.of(new AnonymousAuthenticationToken("key", "anonymous",
				AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"))))
			.isNull();
		assertThat(tenants.of(null)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "a\0", "a\nb", "a\u007f" })
	void whenResolverAnswersNoTenantIdThenNobodyIsLetIn(String id) {
		Tenants tenants = new Tenants((user) -> id, false);
		assertThatIllegalArgumentException().isThrownBy(() -> tenants.of(this.alice))
			.withMessage("A tenant id is 1 to 255 characters, not blank and without control characters");
	}

	@Test
	void tenantsAreToldApartExactly() {
		Tenants tenants = new Tenants(Authentication::getName, true);
		assertThat(tenants.of(named("acme"))).isNotEqualTo(tenants.of(named("Acme")))
			.isNotEqualTo(tenants.of(named("acme ")))
			.isNotEqualTo(tenants.of(named("\uff41cme")))
			.isNotEqualTo(tenants.of(named("\u0430cme")));
	}

	private static Authentication named(String name) {
		return new TestingAuthenticationToken(name, "", "ROLE_USER");
	}

}
