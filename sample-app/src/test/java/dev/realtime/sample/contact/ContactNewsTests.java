package dev.realtime.sample.contact;

import java.util.Map;

import dev.realtime.sample.account.Account;
import dev.realtime.sample.account.AccountService;
import org.assertj.core.api.AbstractObjectArrayAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MockMvcTester.MockMvcRequestBuilder;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.csrf;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;

/**
 * Who finds what under the bell. Everything is rolled back.
 */
@SpringBootTest(properties = { "sample.pipeline.interval=1h", "sample.reminder.delay=1h" })
@AutoConfigureMockMvc
@Transactional
class ContactNewsTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private AccountService accounts;

	@Autowired
	private ContactRepository contacts;

	@Autowired
	private ReminderJob reminders;

	@Autowired
	private JsonMapper json;

	private Account alice;

	private Account bob;

	private Contact ada;

	@BeforeEach
	void findAccounts() {
		this.alice = this.accounts.loadUserByUsername("alice");
		this.bob = this.accounts.loadUserByUsername("bob");
		this.ada = this.contacts.findAll("acme").get(0);
	}

	@Test
	void ownerHearsOfChangesOfOthers() {
		assertThat(change(this.bob, "")).hasStatusOk();
		assertThatTexts(this.alice).containsExactly("Bob Berger changed Ada Lovelace");
		assertThatTexts(this.bob).isEmpty();
	}

	@Test
	void ownerDoesNotHearOfOwnChanges() {
		assertThat(change(this.alice, "")).hasStatusOk();
		assertThatTexts(this.alice).isEmpty();
	}

	@Test
	void ownerHearsOfDeletion() {
		assertThat(request(HttpMethod.DELETE, "/api/contacts/" + this.ada.id(), this.bob))
			.hasStatus(HttpStatus.NO_CONTENT);
		assertThatTexts(this.alice).containsExactly("Bob Berger deleted Ada Lovelace");
	}

	@Test
	void whoIsMentionedHearsItOnce() {
		change(this.alice, "Ask @Bob, not bobby@example.org or @bobby.").exchange();
		change(this.alice, "Ask @bob tomorrow").exchange();
		assertThatTexts(this.bob).containsExactly("Alice Anders mentioned you at Ada Lovelace");
	}

	@Test
	void ownerWhoIsMentionedHearsOnlyThat() {
		change(this.bob, "For @alice").exchange();
		assertThatTexts(this.alice).containsExactly("Bob Berger mentioned you at Ada Lovelace");
	}

	@Test
	void usersOfOtherTenantsCanNotBeMentioned() {
		change(this.alice, "For @carol").exchange();
		assertThatTexts(this.accounts.loadUserByUsername("carol")).isEmpty();
	}

	@Test
	void jobRemindsOwnersOfOpenDealsInTheirTenants() {
		this.reminders.remind();
		assertThatTexts(this.alice).containsExactly("Annie Easley has been waiting for days");
		assertThatTexts(this.bob).isEmpty();
		assertThatTexts(this.accounts.loadUserByUsername("dave"))
			.containsExactly("Donald Knuth has been waiting for days");
	}

	@Test
	void whatWasReadStaysRead() {
		change(this.bob, "").exchange();
		String all = "/api/notifications/read?last=" + Integer.MAX_VALUE;
		assertThat(request(HttpMethod.POST, all, this.bob)).hasStatus(HttpStatus.NO_CONTENT);
		assertThatNotifications(this.alice, "unread").as("not that of others").containsExactly(true);
		assertThat(request(HttpMethod.POST, all, this.alice)).hasStatus(HttpStatus.NO_CONTENT);
		change(this.bob, "Again").exchange();
		assertThatNotifications(this.alice, "unread").as("newest first").containsExactly(true, false);
	}

	private MockMvcRequestBuilder change(Account account, String note) {
		Map<String, Object> form = Map.of("name", this.ada.name(), "company", "Engines", "email", "", "phone", "",
				"stage", "WON", "dealValue", 5, "note", note);
		return request(HttpMethod.PUT, "/api/contacts/" + this.ada.id(), account)
			.contentType(MediaType.APPLICATION_JSON)
			.content(this.json.writeValueAsString(form));
	}

	private AbstractObjectArrayAssert<?, Object> assertThatTexts(Account account) {
		return assertThatNotifications(account, "text");
	}

	private AbstractObjectArrayAssert<?, Object> assertThatNotifications(Account account, String attribute) {
		return assertThat(request(HttpMethod.GET, "/api/notifications", account)).hasStatusOk()
			.bodyJson()
			.extractingPath("$[*]." + attribute)
			.asArray();
	}

	private MockMvcRequestBuilder request(HttpMethod method, String path, Account account) {
		return this.mvc.method(method).uri(path).with(user(account)).with(csrf());
	}

}
