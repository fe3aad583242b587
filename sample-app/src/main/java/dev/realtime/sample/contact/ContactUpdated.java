package dev.realtime.sample.contact;

import dev.realtime.RealtimeTopic;

/**
 * Topic and payload in one: a contact was created, changed or deleted. A hint, not the
 * data; whoever gets it asks the API for what they may see.
 *
 * @param id the contact
 * @param updatedBy the user who did it
 */
@RealtimeTopic(name = "contact.updated", key = "id", canSubscribe = "isAuthenticated()")
record ContactUpdated(long id, String updatedBy) {

}
