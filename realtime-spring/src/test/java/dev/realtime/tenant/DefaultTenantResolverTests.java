package dev.realtime.tenant;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import dev.realtime.TenantAware;
import dev.realtime.TenantResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.oauth2.core.DefaultOAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.core.oidc.OidcUserInfo;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DefaultTenantResolver}.
 */
@Timeout(30)
class DefaultTenantResolverTests {

	private final TenantResolver resolver = new DefaultTenantResolver("org");

	@Test
	void claimOfAJwt() {
		assertThat(this.resolver.resolveTenant(new JwtAuthenticationToken(jwt("org", "acme")))).isEqualTo("acme");
		assertThat(this.resolver.resolveTenant(new JwtAuthenticationToken(jwt("tenant_id", "acme")))).isNull();
	}

	@Test
	void claimThatIsANumber() {
		assertThat(this.resolver.resolveTenant(new JwtAuthenticationToken(jwt("org", 42)))).isEqualTo("42");
	}

	@Test
	void claimOfAnOidcUser() {
		OidcIdToken idToken = new OidcIdToken("token", Instant.now(), Instant.now().plusSeconds(60),
				Map.of("sub", "alice", "org", "acme"));
		assertThat(resolve(new DefaultOidcUser(AuthorityUtils.NO_AUTHORITIES, idToken))).isEqualTo("acme");
	}

	@Test
	void attributeOfAnOidcUserInfo() {
		OidcIdToken idToken = new OidcIdToken("token", Instant.now(), Instant.now().plusSeconds(60),
				Map.of("sub", "alice"));
		OidcUserInfo userInfo = new OidcUserInfo(Map.of("sub", "alice", "org", "acme"));
		assertThat(resolve(new DefaultOidcUser(AuthorityUtils.NO_AUTHORITIES, idToken, userInfo))).isEqualTo("acme");
	}

	@Test
	void attributeOfAnOpaqueToken() {
		assertThat(resolve(new DefaultOAuth2AuthenticatedPrincipal(Map.of("org", "acme"), null))).isEqualTo("acme");
		assertThat(resolve(new DefaultOAuth2AuthenticatedPrincipal(Map.of("x", "acme"), null))).isNull();
	}

	@Test
	void principalThatKnowsItsTenant() {
		assertThat(resolve(new Account("acme"))).isEqualTo("acme");
		assertThat(resolve(new Account(null))).isNull();
	}

	@Test
	void claimWinsOverThePrincipal() {
		assertThat(resolve(new AwarePrincipal(Map.of("org", "acme"), "globex"))).isEqualTo("acme");
		assertThat(resolve(new AwarePrincipal(Map.of("x", "acme"), "globex"))).isEqualTo("globex");
	}

	@Test
	void otherPrincipalsHaveNone() {
		assertThat(resolve("acme")).isNull();
		assertThat(this.resolver.resolveTenant(new TestingAuthenticationToken(null, null))).isNull();
	}

	private String resolve(Object principal) {
		return this.resolver.resolveTenant(new TestingAuthenticationToken(principal, "", "ROLE_USER"));
	}

	private static Jwt jwt(String claim, Object value) {
		return Jwt.withTokenValue("token").header("alg", "none").claim("sub", "alice").claim(claim, value).build();
	}

	record Account(String getTenantId) implements TenantAware {

	}

	record AwarePrincipal(Map<String, Object> getAttributes,
			String getTenantId) implements OAuth2AuthenticatedPrincipal, TenantAware {

		@Override
		public Collection<? extends GrantedAuthority> getAuthorities() {
			return List.of();
		}

		@Override
		public String getName() {
			return "alice";
		}

	}

}
