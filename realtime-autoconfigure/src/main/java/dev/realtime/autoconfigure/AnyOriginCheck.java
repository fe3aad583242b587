package dev.realtime.autoconfigure;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AbstractAuthenticationProcessingFilter;
import org.springframework.security.web.authentication.rememberme.RememberMeAuthenticationFilter;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;

/**
 * Pages of all origins together with a login that browsers remember: any page could
 * listen in the name of its visitors.
 */
final class AnyOriginCheck implements Supplier<@Nullable String> {

	private static final List<Class<?>> LOGINS = List.of(AbstractAuthenticationProcessingFilter.class,
			RememberMeAuthenticationFilter.class, BasicAuthenticationFilter.class);

	private final RealtimeProperties properties;

	private final Supplier<List<SecurityFilterChain>> chains;

	AnyOriginCheck(RealtimeProperties properties, Supplier<List<SecurityFilterChain>> chains) {
		this.properties = properties;
		this.chains = chains;
	}

	@Override
	public @Nullable String get() {
		if (this.properties.allowedOrigins().contains("*") && isLoginRemembered()) {
			throw new InvalidSettingsException(
					"realtime.allowed-origins is '*', and the application has a login that browsers remember: every page "
							+ "on the web could connect in the name of whoever visits it, and read their messages.",
					"Name the origins that may connect, as in "
							+ "realtime.allowed-origins=https://app.example,https://*.shop.example. Pages of the "
							+ "application itself need not be named.");
		}
		return null;
	}

	private boolean isLoginRemembered() {
		return this.chains.get()
			.stream()
			.map(SecurityFilterChain::getFilters)
			.flatMap(Collection::stream)
			.anyMatch((filter) -> LOGINS.stream().anyMatch((login) -> login.isInstance(filter)));
	}

}
