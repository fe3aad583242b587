package dev.realtime.sample.contact;

import java.util.List;

import dev.realtime.Realtime;
import dev.realtime.sample.account.Account;

import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * The contacts a user may see and change. Every change is published inside the
 * transaction and so goes out with its commit, or never.
 */
@Service
class ContactService {

	private final ContactRepository contacts;

	private final ContactNews news;

	private final Realtime realtime;

	ContactService(ContactRepository contacts, ContactNews news, Realtime realtime) {
		this.contacts = contacts;
		this.news = news;
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
		Contact created = find(account, id);
		publish(account, id);
		this.news.created(account, created);
		return created;
	}

	@Transactional
	Contact update(Account account, long id, ContactForm form) {
		Contact current = find(account, id);
		int edited = (form.version() != null) ? form.version() : current.version();
		if (!this.contacts.update(account.tenantId(), id, edited, form, account.username())) {
			throw new ContactChangedException(current);
		}
		Contact changed = find(account, id);
		publish(account, id);
		this.news.changed(account, current, changed);
		return changed;
	}

	@Transactional
	void delete(Account account, long id) {
		Contact contact = find(account, id);
		if (!this.contacts.delete(account.tenantId(), id)) {
			throw new ContactNotFoundException(id);
		}
		publish(account, id);
		this.news.deleted(account, contact);
	}

	/**
	 * The page that did it shows what the API answered, and needs no hint.
	 */
	private void publish(Account account, long id) {
		this.realtime.to("contact.updated").data(new ContactUpdated(id, account.username())).toOthers().publish();
	}

}
