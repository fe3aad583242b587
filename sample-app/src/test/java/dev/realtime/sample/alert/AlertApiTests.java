package dev.realtime.sample.alert;

import dev.realtime.sample.account.AccountService;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MockMvcTester.MockMvcRequestBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;

/**
 * Who may alert the admins.
 */
@SpringBootTest(properties = "sample.pipeline.interval=1h")
@AutoConfigureMockMvc
class AlertApiTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private AccountService accounts;

	@Test
	void adminSendsAlert() {
		assertThat(alert("alice", "Lunch")).hasStatus(HttpStatus.NO_CONTENT);
	}

	@Test
	void memberMayNot() {
		assertThat(alert("bob", "Lunch")).hasStatus(HttpStatus.FORBIDDEN);
	}

	@Test
	void alertWithoutTextIsRefused() {
		assertThat(alert("alice", " ")).hasStatus(HttpStatus.BAD_REQUEST)
			.bodyJson()
			.extractingPath("errors.text")
			.isEqualTo("Write a message");
	}

	private MockMvcRequestBuilder alert(String username, String text) {
		return this.mvc.post()
			.uri("/api/alerts")
			.with(user(this.accounts.loadUserByUsername(username)))
			.with(csrf())
			.contentType(MediaType.APPLICATION_JSON)
			.content("{\"text\": \"" + text + "\"}");
	}

}
