package dev.realtime.sample.account;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.DelegatingAuthenticationEntryPoint;
import org.springframework.security.web.authentication.HttpStatusEntryPoint;
import org.springframework.security.web.authentication.LoginUrlAuthenticationEntryPoint;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;

/**
 * Form login with a session. The WebSocket handshake is a request like any other here: it
 * carries the session cookie, and whoever is not logged in is refused.
 */
@Configuration(proxyBeanMethods = false)
@EnableMethodSecurity
class SecurityConfiguration {

	@Bean
	SecurityFilterChain securityFilterChain(HttpSecurity http,
			@Value("${sample.remember-me.key}") String rememberMeKey) {
		return http
			.authorizeHttpRequests((requests) -> requests
				.requestMatchers("/login", "/css/**", "/js/login.js", "/favicon.svg", "/error", "/actuator/health/**")
				.permitAll()
				.anyRequest()
				.authenticated())
			.formLogin((login) -> login.loginPage("/login").defaultSuccessUrl("/", true))
			// Sessions are gone after a restart of this application, and users should not
			// notice.
			.rememberMe((rememberMe) -> rememberMe.alwaysRemember(true).key(rememberMeKey))
			.logout(Customizer.withDefaults())
			.exceptionHandling((exceptions) -> exceptions.authenticationEntryPoint(entryPoint()))
			.headers((headers) -> headers.contentSecurityPolicy((policy) -> policy
				.policyDirectives("default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'self'")))
			.build();
	}

	/**
	 * A script can not follow a redirect to a page, so it gets a status instead.
	 */
	private AuthenticationEntryPoint entryPoint() {
		HttpStatusEntryPoint unauthorized = new HttpStatusEntryPoint(HttpStatus.UNAUTHORIZED);
		PathPatternRequestMatcher.Builder paths = PathPatternRequestMatcher.withDefaults();
		return DelegatingAuthenticationEntryPoint.builder()
			.addEntryPointFor(unauthorized, paths.matcher("/api/**"))
			.addEntryPointFor(unauthorized, paths.matcher("/realtime/**"))
			.defaultEntryPoint(new LoginUrlAuthenticationEntryPoint("/login"))
			.build();
	}

}
