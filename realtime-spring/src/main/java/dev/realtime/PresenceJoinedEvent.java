package dev.realtime;

/**
 * Somebody came: a member has its first connection there. Published as an application
 * event by one node of the installation, in the order things happen in a room. Listeners
 * do not hold up presence; those that take long delay later events.
 *
 * @param tenant the tenant of the member
 * @param topic the name of the topic with its variables filled in
 * @param member who came
 * @since 0.1.0
 */
public record PresenceJoinedEvent(Tenant tenant, String topic, PresenceMember member) {

}
