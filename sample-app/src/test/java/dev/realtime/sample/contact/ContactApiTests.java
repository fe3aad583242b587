package dev.realtime.sample.contact;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.realtime.sample.account.Account;
import dev.realtime.sample.account.AccountService;
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
 * What the users of two tenants may see and change. Everything is rolled back.
 */
@SpringBootTest(properties = "sample.pipeline.interval=1h")
@AutoConfigureMockMvc
@Transactional
class ContactApiTests {

	@Autowired
	private MockMvcTester mvc;

	@Autowired
	private AccountService accounts;

	@Autowired
	private ContactRepository contacts;

	@Autowired
	private JsonMapper json;

	private Account bob;

	private Account carol;

	private Contact ada;

	@BeforeEach
	void findAccounts() {
		this.bob = this.accounts.loadUserByUsername("bob");
		this.carol = this.accounts.loadUserByUsername("carol");
		this.ada = this.contacts.findAll("acme").get(0);
	}

	@Test
	void pageListsContactsOfTheTenantOnly() {
		assertThat(this.mvc.get().uri("/").with(user(this.bob))).hasStatusOk()
			.bodyText()
			.contains("Ada Lovelace", "Grace Hopper")
			.doesNotContain("Alan Turing", "carol");
	}

	@Test
	void apiListsContactsOfTheTenantOnly() {
		List<String> acme = names("acme");
		List<String> globex = names("globex");
		assertThat(acme).isNotEmpty().doesNotContainAnyElementsOf(globex);
		assertThat(request(HttpMethod.GET, "", this.bob)).bodyJson().extractingPath("$[*].name").isEqualTo(acme);
		assertThat(request(HttpMethod.GET, "", this.carol)).bodyJson().extractingPath("$[*].name").isEqualTo(globex);
	}

	@Test
	void contactOfAnotherTenantIsNotThere() {
		String path = "/" + this.ada.id();
		assertThat(request(HttpMethod.GET, path, this.carol)).hasStatus(HttpStatus.NOT_FOUND);
		assertThat(put(path, this.carol, form("Ada"))).hasStatus(HttpStatus.NOT_FOUND);
		assertThat(request(HttpMethod.DELETE, path, this.carol)).hasStatus(HttpStatus.NOT_FOUND);
		assertThat(this.contacts.findById("acme", this.ada.id())).contains(this.ada);
	}

	@Test
	void statementsOfAnotherTenantTouchNothing() {
		ContactForm form = new ContactForm("Ada", "Engines", "", "", Stage.WON, 1L, "", null);
		assertThat(this.contacts.findById("globex", this.ada.id())).isEmpty();
		assertThat(this.contacts.update("globex", this.ada.id(), this.ada.version(), form, "carol")).isFalse();
		assertThat(this.contacts.delete("globex", this.ada.id())).isFalse();
		assertThat(this.contacts.findById("acme", this.ada.id())).contains(this.ada);
	}

	@Test
	void updateAnswersTheContactWithItsNewVersion() {
		assertThat(put("/" + this.ada.id(), this.bob, form("Ada King"))).hasStatusOk()
			.bodyJson()
			.convertTo(Contact.class)
			.satisfies((contact) -> {
				assertThat(contact.name()).isEqualTo("Ada King");
				assertThat(contact.changedBy()).isEqualTo("bob");
				assertThat(contact.version()).isEqualTo(this.ada.version() + 1);
			});
	}

	@Test
	void outdatedVersionIsAConflict() {
		Map<String, Object> form = form("Ada King");
		form.put("version", this.ada.version() - 1);
		assertThat(put("/" + this.ada.id(), this.bob, form)).hasStatus(HttpStatus.CONFLICT)
			.bodyJson()
			.extractingPath("detail")
			.isEqualTo("alice changed this contact while you were editing it");
		assertThat(this.contacts.findById("acme", this.ada.id())).contains(this.ada);
	}

	@Test
	void invalidFormIsAnsweredWithAMessagePerField() {
		Map<String, Object> form = form(" ");
		form.put("email", "nobody");
		form.put("dealValue", -1);
		assertThat(put("/" + this.ada.id(), this.bob, form)).hasStatus(HttpStatus.BAD_REQUEST)
			.bodyJson()
			.extractingPath("errors")
			.isEqualTo(Map.of("name", "Enter a name", "email", "Enter an address such as name@example.com", "dealValue",
					"Must not be negative"));
	}

	@Test
	void contactIsCreatedForTheTenantOfTheUserAndDeleted() {
		assertThat(send(HttpMethod.POST, "", this.bob, form("Radia Perlman"))).hasStatus(HttpStatus.CREATED);
		Contact created = this.contacts.findAll("acme")
			.stream()
			.filter((contact) -> contact.name().equals("Radia Perlman"))
			.findFirst()
			.orElseThrow();
		assertThat(names("globex")).doesNotContain("Radia Perlman");
		assertThat(request(HttpMethod.DELETE, "/" + created.id(), this.bob)).hasStatus(HttpStatus.NO_CONTENT);
		assertThat(names("acme")).doesNotContain("Radia Perlman");
	}

	@Test
	void changeWithoutCsrfTokenIsForbidden() {
		assertThat(this.mvc.delete().uri("/api/contacts/" + this.ada.id()).with(user(this.bob)))
			.hasStatus(HttpStatus.FORBIDDEN);
	}

	private List<String> names(String tenantId) {
		return this.contacts.findAll(tenantId).stream().map(Contact::name).toList();
	}

	private Map<String, Object> form(String name) {
		return new HashMap<>(Map.of("name", name, "company", "Engines", "email", "ada@example.org", "phone", "+44 1",
				"stage", "WON", "dealValue", 5, "note", ""));
	}

	private MockMvcRequestBuilder put(String path, Account account, Map<String, Object> form) {
		return send(HttpMethod.PUT, path, account, form);
	}

	private MockMvcRequestBuilder send(HttpMethod method, String path, Account account, Map<String, Object> form) {
		return request(method, path, account).contentType(MediaType.APPLICATION_JSON)
			.content(this.json.writeValueAsString(form));
	}

	private MockMvcRequestBuilder request(HttpMethod method, String path, Account account) {
		return this.mvc.method(method).uri("/api/contacts" + path).with(user(account)).with(csrf());
	}

}
