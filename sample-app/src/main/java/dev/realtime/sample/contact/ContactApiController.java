package dev.realtime.sample.contact;

import java.util.List;

import dev.realtime.sample.account.Account;
import jakarta.validation.Valid;

import org.springframework.http.HttpStatus;
import org.springframework.messaging.handler.annotation.DestinationVariable;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * What the scripts of the page call.
 */
@RestController
@RequestMapping("/api/contacts")
class ContactApiController {

	private final ContactService contacts;

	ContactApiController(ContactService contacts) {
		this.contacts = contacts;
	}

	@GetMapping
	List<Contact> list(@AuthenticationPrincipal Account account) {
		return this.contacts.findAll(account);
	}

	/**
	 * For HTTP, and for calls over the connection the page has anyway.
	 */
	@GetMapping("/{id}")
	@MessageMapping("contacts.get.{id}")
	Contact get(@AuthenticationPrincipal Account account, @PathVariable("id") @DestinationVariable("id") long id) {
		return this.contacts.find(account, id);
	}

	@PostMapping
	@ResponseStatus(HttpStatus.CREATED)
	Contact create(@AuthenticationPrincipal Account account, @Valid @RequestBody ContactForm form) {
		return this.contacts.create(account, form);
	}

	@PutMapping("/{id}")
	Contact update(@AuthenticationPrincipal Account account, @PathVariable("id") long id,
			@Valid @RequestBody ContactForm form) {
		return this.contacts.update(account, id, form);
	}

	@DeleteMapping("/{id}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void delete(@AuthenticationPrincipal Account account, @PathVariable("id") long id) {
		this.contacts.delete(account, id);
	}

}
