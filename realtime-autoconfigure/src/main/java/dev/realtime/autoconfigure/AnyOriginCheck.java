package dev.realtime.autoconfigure;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AbstractAuthenticationProcessingFilter;
import org.springframework.security.web.authentication.preauth.AbstractPreAuthenticatedProcessingFilter;
import org.springframework.security.web.authentication.rememberme.RememberMeAuthenticationFilter;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.security.web.authentication.www.DigestAuthenticationFilter;

/**
 * Pages of all origins together with a login that browsers remember: any page could
 * listen in the name of its visitors.
 */
final class AnyOriginCheck implements Supplier<@Nullable String> {

	/**
	 * Form, OAuth 2, SAML, passkeys and so on; X.509, or a gateway that logs users in.
	 */
	private static final List<Class<?>> LOGINS = List.of(AbstractAuthenticationProcessingFilter.class,
			RememberMeAuthenticationFilter.class, BasicAuthenticationFilter.class, DigestAuthenticationFilter.class,
			AbstractPreAuthenticatedProcessingFilter.class);

	private final RealtimeProperties properties;

	private final Supplier<List<SecurityFilterChain>> chains;

	AnyOriginCheck(RealtimeProperties properties, Supplier<List<SecurityFilterChain>> chains) {
		this.properties = properties;
		this.chains = chains;
	}

	@Override
	public @Nullable String get() {
		List<String> origins = this.properties.allowedOrigins();
		if (!OriginPatterns.admitStrangers(origins)) {
			return null;
		}
		String those = "realtime.allowed-origins is '" + String.join(",", origins) + "', which admits pages of anybody";
		if (isLoginRemembered()) {
			throw new InvalidSettingsException(
					those + ", and the application has a login that browsers remember: every page on the web could "
							+ "connect in the name of whoever visits it, and read their messages.",
					"Name the origins that may connect, as in "
							+ "realtime.allowed-origins=https://app.example,https://*.shop.example. Pages of the "
							+ "application itself need not be named.");
		}
		return this.chains.get().isEmpty() ? null
				: those + ". That is fine where users show a token, and a hole where browsers log them in by "
						+ "themselves, for instance by the cookie of a session that a controller of the application "
						+ "opened: then name the origins that may connect.";
	}

	private boolean isLoginRemembered() {
		return this.chains.get()
			.stream()
			.map(SecurityFilterChain::getFilters)
			.flatMap(Collection::stream)
			.anyMatch((filter) -> LOGINS.stream().anyMatch((login) -> login.isInstance(filter)));
	}

}
