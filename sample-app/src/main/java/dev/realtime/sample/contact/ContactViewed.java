package dev.realtime.sample.contact;

/**
 * The payload of {@link ContactViewedTopic}.
 *
 * @param viewedBy the user who opened the contact
 */
record ContactViewed(String viewedBy) {

}
