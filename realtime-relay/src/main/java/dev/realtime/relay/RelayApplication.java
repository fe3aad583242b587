package dev.realtime.relay;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;

/**
 * Keeps the connections of clients. It knows no topics, no users and no database: tokens
 * say who may have what, and publications come from Redis.
 *
 * @since 0.1.0
 */
@SpringBootApplication(exclude = UserDetailsServiceAutoConfiguration.class)
public class RelayApplication {

	/**
	 * Starts the relay.
	 * @param args settings, such as {@code --realtime.ws-port=8090}
	 */
	public static void main(String[] args) {
		SpringApplication.run(RelayApplication.class, args);
	}

	@Bean
	SecurityFilterChain security(HttpSecurity http) {
		return http
			.authorizeHttpRequests(
					(requests) -> requests.requestMatchers("/actuator/health/**").permitAll().anyRequest().denyAll())
			.sessionManagement((sessions) -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
			.build();
	}

}
