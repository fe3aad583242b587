package dev.realtime.sample.contact;

import java.util.List;

import dev.realtime.PublicationBuilder;
import dev.realtime.Realtime;
import dev.realtime.sample.account.Account;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The contacts a user may see and change. Every change is published inside the
 * transaction and so goes out with its commit, or never.
 */
@Service
class ContactService {

	private final ContactRepository contacts;

	private final Realtime realtime;

	ContactService(ContactRepository contacts, Realtime realtime) {
		this.contacts = contacts;
		this.realtime = realtime;
	}

	List<Contact> findAll(Account account) {
		return this.contacts.findAll(account.tenantId());
	}

	Contact find(Account account, long id) {
		return this.contacts.findById(account.tenantId(), id).orElseThrow(() -> new ContactNotFoundException(id));
	}

	@Transactional
	Contact create(Account account, ContactForm form) {
		long id = this.contacts.insert(account.tenantId(), form, account.username());
		this.realtime.publish(new ContactUpdated(id, account.username()));
		return find(account, id);
	}

	@Transactional
	Contact update(Account account, long id, ContactForm form) {
		Contact current = find(account, id);
		int edited = (form.version() != null) ? form.version() : current.version();
		if (!this.contacts.update(account.tenantId(), id, edited, form, account.username())) {
			throw new ContactChangedException(current);
		}
		this.realtime.publish(new ContactUpdated(id, account.username()));
		return find(account, id);
	}

	@Transactional
	void delete(Account account, long id) {
		if (!this.contacts.delete(account.tenantId(), id)) {
			throw new ContactNotFoundException(id);
		}
		this.realtime.publish(new ContactUpdated(id, account.username()));
	}

	/**
	 * Tells others who have the contact open that this user opened it too.
	 * @param connectionId the user's own connection, which needs no telling
	 */
	void viewed(Account account, long id, @Nullable String connectionId) {
		find(account, id);
		PublicationBuilder publication = this.realtime.to("contact.viewed.{id}", id)
			.data(new ContactViewed(account.username()));
		if (connectionId != null) {
			publication.except(connectionId);
		}
		publication.publish();
	}

}
