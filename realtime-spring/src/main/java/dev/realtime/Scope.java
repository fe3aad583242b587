package dev.realtime;

/**
 * Who shares a channel of a topic.
 *
 * @since 0.1.0
 * @see RealtimeTopic#scope()
 */
public enum Scope {

	/**
	 * All permitted users of one tenant. Nothing crosses to another tenant.
	 */
	TENANT,

	/**
	 * One user of one tenant: every user has a channel of their own.
	 */
	USER,

	/**
	 * All permitted users of all tenants. For what is no tenant's secret, such as a
	 * notice of maintenance.
	 */
	GLOBAL

}
