package dev.realtime.access;

import dev.realtime.core.CloseReason;
import dev.realtime.core.Subscription;

/**
 * How a client hears that it lost a right: the protocol's side of a
 * {@link GuardedConnection}. No method blocks.
 *
 * @since 0.1.0
 */
public interface GuardedClient {

	/**
	 * A subscription was ended.
	 * @param subscription the subscription, of which nothing more comes
	 * @param live whether the client was told that it is live
	 * @param reason why
	 */
	void withdrawn(Subscription<?> subscription, boolean live, Withdrawal reason);

	/**
	 * The connection has to end.
	 * @param reason what the client is told
	 */
	void end(CloseReason reason);

	/**
	 * Why a subscription was ended.
	 */
	enum Withdrawal {

		/** The user does not have the right any more. */
		REVOKED,

		/** Nobody here can tell whether the user still has the right. */
		PROOF_NEEDED,

		/** The rule did not answer in time. */
		TIMED_OUT

	}

}
