package dev.realtime.sample.contact;

import dev.realtime.CanPublish;
import dev.realtime.CanSubscribe;
import dev.realtime.Presence;
import dev.realtime.PresenceInfo;
import dev.realtime.RealtimeTopic;
import dev.realtime.Tenant;
import dev.realtime.TopicVariable;
import dev.realtime.sample.account.Account;

import org.springframework.security.core.annotation.AuthenticationPrincipal;

/**
 * One channel per contact, for those who look at it: they see each other, and that
 * somebody is typing. Nothing is ever published or stored here. The rule asks the
 * database, as the user.
 */
@RealtimeTopic(name = "contact.viewed.{id}", presence = Presence.MEMBERS)
class ContactViewedTopic {

	private final ContactRepository contacts;

	ContactViewedTopic(ContactRepository contacts) {
		this.contacts = contacts;
	}

	@CanSubscribe
	@CanPublish
	boolean isVisible(@TopicVariable("id") long id, Tenant tenant) {
		return this.contacts.findById(tenant.id(), id).isPresent();
	}

	/**
	 * What others see of a user, besides the user name.
	 */
	@PresenceInfo
	Viewer viewer(@AuthenticationPrincipal Account account) {
		return new Viewer(account.displayName());
	}

	record Viewer(String name) {

	}

}
