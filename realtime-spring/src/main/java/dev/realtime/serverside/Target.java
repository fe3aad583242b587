package dev.realtime.serverside;

/**
 * Whose connections are subscribed.
 *
 * @param kind what the id names
 * @param tenant the tenant of the connections
 * @param id the name of a user, the hashed id of an HTTP session, or the id of a
 * connection
 * @since 0.1.0
 */
public record Target(Kind kind, String tenant, String id) {

	Target withId(String other) {
		return new Target(this.kind, this.tenant, other);
	}

	/**
	 * What can be subscribed.
	 */
	public enum Kind {

		/** All connections of a user, now and later. */
		USER,

		/** All connections of an HTTP session, now and later. */
		SESSION,

		/** One connection, as long as it lasts. */
		CONNECTION

	}

}
