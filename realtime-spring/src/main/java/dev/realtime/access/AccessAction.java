package dev.realtime.access;

/**
 * What nodes can be told to do.
 *
 * @since 0.1.0
 */
public enum AccessAction {

	/** End subscriptions. */
	REVOKE,

	/** Run rules again. */
	RECHECK,

	/** End connections for good. */
	DISCONNECT,

	/** End connections whose clients are to come back. */
	RECONNECT,

	/** End the connections of an HTTP session that has ended. */
	END_SESSION,

	/** End the connections of an HTTP session that goes on, for somebody else. */
	LOGOUT,

	/** Keep the connections of an HTTP session that gets another id. */
	RENAME_SESSION,

	/** Give orders to end connections again, for a node that missed some. */
	REPEAT;

	/**
	 * Whether connections end, which no rule that runs again makes up for.
	 */
	boolean endsConnections() {
		return this == DISCONNECT || this == RECONNECT || this == END_SESSION || this == LOGOUT;
	}

	boolean isComplete(AccessCommand command) {
		return switch (this) {
			case REVOKE, RECHECK, DISCONNECT, RECONNECT -> command.tenant() != null;
			case END_SESSION, LOGOUT -> command.session() != null;
			case RENAME_SESSION -> command.session() != null && command.renamed() != null;
			case REPEAT -> true;
		};
	}

}
