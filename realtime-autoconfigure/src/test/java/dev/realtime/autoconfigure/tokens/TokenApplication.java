package dev.realtime.autoconfigure.tokens;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

import dev.realtime.CanPublish;
import dev.realtime.CanSubscribe;
import dev.realtime.Decision;
import dev.realtime.Presence;
import dev.realtime.RealtimeTopic;
import dev.realtime.Scope;
import dev.realtime.TenantAware;
import dev.realtime.http.ClientUrl;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application with a login form, Spring Security's CSRF protection as it is by
 * default, and bearer tokens for other clients. The bearer token is the name of the user,
 * who belongs to globex; those with a session belong to acme.
 */
@SpringBootApplication
public class TokenApplication {

	@Bean
	SecurityFilterChain security(HttpSecurity http) {
		return http.authorizeHttpRequests(
				(requests) -> requests.requestMatchers("/csrf", "/realtime").permitAll().anyRequest().authenticated())
			.formLogin(Customizer.withDefaults())
			.oauth2ResourceServer((server) -> server.jwt(Customizer.withDefaults()))
			.build();
	}

	@Bean
	UserDetailsService users() {
		return (name) -> new Account(name);
	}

	@Bean
	JwtDecoder jwtDecoder() {
		return (token) -> {
			if (!token.matches("[a-z]+")) {
				throw new BadJwtException("forged");
			}
			return Jwt.withTokenValue(token)
				.header("alg", "none")
				.subject(token)
				.claim("tenant_id", "globex")
				.expiresAt(Instant.now().plusSeconds(40))
				.build();
		};
	}

	public static final class Account extends User implements TenantAware {

		Account(String name) {
			super(name, "{noop}password",
					AuthorityUtils.createAuthorityList(name.equals("alice") ? "ROLE_ADMIN" : "ROLE_USER"));
		}

		@Override
		public String getTenantId() {
			return "acme";
		}

	}

	@RealtimeTopic(name = "room.{room}", canSubscribe = "isAuthenticated()")
	static class RoomTopic {

	}

	@RealtimeTopic(name = "mail", scope = Scope.USER, canSubscribe = "isAuthenticated()")
	static class MailTopic {

	}

	@RealtimeTopic(name = "admin.alert", canSubscribe = "hasRole('ADMIN')")
	static class AdminAlertTopic {

	}

	/** A user without authorities would be let in. */
	@RealtimeTopic(name = "not.for.admins", canSubscribe = "!hasRole('ADMIN')")
	static class NotForAdminsTopic {

	}

	@RealtimeTopic(name = "stage.{room}", presence = Presence.MEMBERS, canSubscribe = "isAuthenticated()")
	static class StageTopic {

		@CanPublish
		static boolean canPublish(Authentication user) {
			return AuthorityUtils.authorityListToSet(user.getAuthorities()).contains("ROLE_ADMIN");
		}

	}

	@RealtimeTopic("counted.{room}")
	public static class CountedTopic {

		private final AtomicInteger questions = new AtomicInteger();

		@CanSubscribe
		boolean canSubscribe(Authentication user) {
			this.questions.incrementAndGet();
			return user.isAuthenticated();
		}

		public int questions() {
			return this.questions.get();
		}

	}

	@RealtimeTopic("shift.{minutes}")
	static class ShiftTopic {

		@CanSubscribe
		static Decision canSubscribe() {
			return Decision.allow().recheckAfter(Duration.ofSeconds(2));
		}

	}

	@RestController
	static class Pages {

		private final ClientUrl url;

		Pages(ClientUrl url) {
			this.url = url;
		}

		@GetMapping("/csrf")
		String csrf(CsrfToken token) {
			return token.getHeaderName() + ":" + token.getToken();
		}

		@GetMapping("/csp")
		String csp(HttpServletRequest request) {
			return this.url.connectSrc(request);
		}

	}

}
