package dev.realtime.sample.contact;

import java.util.List;
import java.util.Locale;

import dev.realtime.sample.account.Account;
import dev.realtime.sample.account.AccountService;
import dev.realtime.sample.notification.NotificationService;

import org.springframework.stereotype.Component;

/**
 * Tells the owner of a contact, and whom its note mentions, what somebody else has done.
 */
@Component
class ContactNews {

	private final AccountService accounts;

	private final NotificationService notifications;

	ContactNews(AccountService accounts, NotificationService notifications) {
		this.accounts = accounts;
		this.notifications = notifications;
	}

	void created(Account by, Contact contact) {
		tellMentioned(by, "", contact);
	}

	void changed(Account by, Contact before, Contact contact) {
		List<String> mentioned = tellMentioned(by, before.note(), contact);
		if (!mentioned.contains(contact.owner())) {
			tellOwner(by, "changed", contact);
		}
	}

	void deleted(Account by, Contact contact) {
		tellOwner(by, "deleted", contact);
	}

	private void tellOwner(Account by, String what, Contact contact) {
		if (!contact.owner().equals(by.username())) {
			tell(by, contact.owner(), what + " " + contact.name(), contact);
		}
	}

	/**
	 * Tells those whom the note mentions by their user name, such as {@code @bob}, and
	 * has not mentioned before.
	 */
	private List<String> tellMentioned(Account by, String noteBefore, Contact contact) {
		List<String> mentioned = this.accounts.findUsernames(by.tenantId())
			.stream()
			.filter((username) -> !username.equals(by.username()))
			.filter((username) -> mentions(contact.note(), username) && !mentions(noteBefore, username))
			.toList();
		mentioned.forEach((username) -> tell(by, username, "mentioned you at " + contact.name(), contact));
		return mentioned;
	}

	private void tell(Account by, String username, String what, Contact contact) {
		this.notifications.send(by.tenantId(), username, by.displayName() + " " + what, contact.id());
	}

	private static boolean mentions(String note, String username) {
		return List.of(note.toLowerCase(Locale.ROOT).split("[^@\\w]+")).contains("@" + username);
	}

}
