package dev.realtime.autoconfigure;

import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

import dev.realtime.autoconfigure.tokens.TokenApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.web.SecurityFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tokens in an application whose pages find the CSRF token in a cookie.
 */
@SpringBootTest(classes = { TokenApplication.class, CsrfCookieTests.SecurityConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", "realtime.token.secret=0123456789abcdef0123456789abcdef" })
@Timeout(60)
class CsrfCookieTests {

	private final CookieManager cookies = new CookieManager();

	private final HttpClient http = HttpClient.newBuilder().cookieHandler(this.cookies).build();

	@LocalServerPort
	private int port;

	@Test
	void whenHeaderRepeatsTheCookieThenThereIsAToken() throws Exception {
		this.http.send(request("/csrf").build(), BodyHandlers.discarding());
		// Spring Security asks for it before it looks who it is.
		assertThat(post(null)).isEqualTo(401);
		assertThat(post("wrong")).isEqualTo(401);
		String cookie = this.cookies.getCookieStore()
			.getCookies()
			.stream()
			.filter((stored) -> stored.getName().equals("XSRF-TOKEN"))
			.map(HttpCookie::getValue)
			.findFirst()
			.orElseThrow();
		assertThat(post(cookie)).isEqualTo(200);
	}

	private int post(String csrf) throws Exception {
		HttpRequest.Builder request = request("/realtime/tokens/connection").POST(BodyPublishers.noBody());
		if (csrf != null) {
			request.header("X-XSRF-TOKEN", csrf);
		}
		return this.http.send(request.build(), BodyHandlers.ofString()).statusCode();
	}

	private HttpRequest.Builder request(String path) {
		String login = Base64.getEncoder().encodeToString("alice:password".getBytes(StandardCharsets.US_ASCII));
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + path))
			.header("Authorization", "Basic " + login);
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class SecurityConfiguration {

		@Bean
		@Order(0)
		SecurityFilterChain spa(HttpSecurity http) {
			return http.securityMatcher("/csrf", "/realtime/**")
				.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.httpBasic(Customizer.withDefaults())
				.csrf(CsrfConfigurer::spa)
				.build();
		}

	}

}
