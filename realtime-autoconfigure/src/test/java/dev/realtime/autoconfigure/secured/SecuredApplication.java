package dev.realtime.autoconfigure.secured;

import dev.realtime.RealtimeTopic;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.Message;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.socket.EnableWebSocketSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.messaging.access.intercept.MessageMatcherDelegatingAuthorizationManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * An application with Spring Security's rules for messages.
 */
@SpringBootApplication
@EnableWebSocketSecurity
public class SecuredApplication {

	@Bean
	SecurityFilterChain security(HttpSecurity http) {
		return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
			.httpBasic(Customizer.withDefaults())
			.build();
	}

	@Bean
	UserDetailsService users() {
		return (name) -> User.withUsername(name).password("{noop}password").roles("USER").build();
	}

	@Bean
	AuthorizationManager<Message<?>> rules(MessageMatcherDelegatingAuthorizationManager.Builder messages) {
		return messages.nullDestMatcher()
			.authenticated()
			.simpSubscribeDestMatchers("/realtime/room.open", "/realtime/room.marker")
			.hasRole("USER")
			.anyMessage()
			.denyAll()
			.build();
	}

	@RealtimeTopic(name = "room.{room}", canSubscribe = "permitAll()")
	static class RoomTopic {

	}

	@RestController
	static class Tokens {

		@GetMapping("/csrf")
		String csrf(CsrfToken token) {
			return token.getHeaderName() + ":" + token.getToken();
		}

	}

}
