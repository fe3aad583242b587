package dev.realtime;

/**
 * Somebody left: the last connection of a member is gone, after the leave grace if it
 * broke. Published as an application event by one node of the installation, in the order
 * things happen in a room. Listeners do not hold up presence; those that take long delay
 * later events.
 *
 * @param tenant the tenant of the member
 * @param topic the name of the topic with its variables filled in
 * @param member who left, as it was before
 * @since 0.1.0
 */
public record PresenceLeftEvent(Tenant tenant, String topic, PresenceMember member) {

}
