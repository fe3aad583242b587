package dev.realtime.sample;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;

/**
 * What everybody may see.
 */
@SpringBootTest(properties = "sample.pipeline.interval=1h")
@AutoConfigureMockMvc
class SampleApplicationTests {

	@Autowired
	private MockMvcTester mvc;

	@Test
	void healthIsUpWithoutRedis() {
		assertThat(this.mvc.get().uri("/actuator/health")).hasStatusOk()
			.bodyJson()
			.extractingPath("status")
			.isEqualTo("UP");
	}

	@Test
	void pageLeadsToLogin() {
		assertThat(this.mvc.get().uri("/").accept(MediaType.TEXT_HTML)).hasStatus(HttpStatus.FOUND)
			.hasHeader(HttpHeaders.LOCATION, "/login");
	}

	@Test
	void apiIsUnauthorizedWithoutLogin() {
		assertThat(this.mvc.get().uri("/api/contacts")).hasStatus(HttpStatus.UNAUTHORIZED);
	}

	@Test
	void loginPageOffersDemoUsersOfBothTenants() {
		assertThat(this.mvc.get().uri("/login")).hasStatusOk().bodyText().contains("alice", "bob", "carol", "dave");
	}

	@Test
	void demoUserLogsIn() {
		assertThat(login("alice", "password")).hasRedirectedUrl("/");
	}

	@Test
	void wrongPasswordIsRefused() {
		assertThat(login("alice", "passw0rd")).hasRedirectedUrl("/login?error");
	}

	@Test
	void scriptsAndStylesAreServedByTheApplication() {
		assertThat(this.mvc.get().uri("/css/app.css")).hasStatusOk();
		assertThat(this.mvc.get().uri("/favicon.svg")).hasStatusOk();
	}

	private MockMvcTester.MockMvcRequestBuilder login(String username, String password) {
		return this.mvc.post()
			.uri("/login")
			.with(csrf())
			.formField("username", username)
			.formField("password", password);
	}

}
