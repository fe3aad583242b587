package dev.realtime.sample.contact;

import dev.realtime.CanSubscribe;
import dev.realtime.RealtimeTopic;
import dev.realtime.Tenant;
import dev.realtime.TopicVariable;

/**
 * One channel per contact, for those who have it open: who opened it last. The rule asks
 * the database, as the subscriber.
 */
@RealtimeTopic("contact.viewed.{id}")
class ContactViewedTopic {

	private final ContactRepository contacts;

	ContactViewedTopic(ContactRepository contacts) {
		this.contacts = contacts;
	}

	@CanSubscribe
	boolean canSubscribe(@TopicVariable("id") long id, Tenant tenant) {
		return this.contacts.findById(tenant.id(), id).isPresent();
	}

}
