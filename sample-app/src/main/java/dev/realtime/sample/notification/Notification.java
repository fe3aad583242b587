package dev.realtime.sample.notification;

import java.time.Instant;

/**
 * Something that a user should know, as the API answers it.
 *
 * @param id the id, higher than those before
 * @param text what happened
 * @param contactId the contact it is about, which may be gone
 * @param unread whether the user has not seen it yet
 * @param createdAt when it happened
 */
record Notification(long id, String text, long contactId, boolean unread, Instant createdAt) {

}
