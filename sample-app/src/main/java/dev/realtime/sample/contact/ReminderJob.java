package dev.realtime.sample.contact;

import java.time.Duration;
import java.time.Instant;

import dev.realtime.sample.account.AccountService;
import dev.realtime.sample.notification.NotificationService;

import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Reminds the owners of contacts for whom nobody has done anything for days. They find it
 * under the bell even if they are not there now.
 */
@Component
class ReminderJob {

	private static final Duration PATIENCE = Duration.ofDays(3);

	private final AccountService accounts;

	private final ContactRepository contacts;

	private final NotificationService notifications;

	ReminderJob(AccountService accounts, ContactRepository contacts, NotificationService notifications) {
		this.accounts = accounts;
		this.contacts = contacts;
		this.notifications = notifications;
	}

	@Scheduled(initialDelayString = "${sample.reminder.delay}", fixedDelayString = "1d")
	void remind() {
		Instant time = Instant.now().minus(PATIENCE);
		for (String tenant : this.accounts.findTenants()) {
			this.contacts.findUnchangedSince(tenant, time)
				.forEach((contact) -> this.notifications.send(tenant, contact.owner(),
						"%s has been waiting for days".formatted(contact.name()), contact.id()));
		}
	}

}
