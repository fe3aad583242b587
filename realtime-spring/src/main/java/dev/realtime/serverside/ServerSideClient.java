package dev.realtime.serverside;

import java.util.Collection;
import java.util.function.BooleanSupplier;

import dev.realtime.access.Member;
import dev.realtime.core.SubscribeOutcome;

/**
 * A connection whose client gets subscriptions from the server: the protocol's side of
 * them. No method blocks.
 *
 * @since 0.1.0
 */
public interface ServerSideClient {

	/**
	 * The id of the connection.
	 * @return an id that is unique in the node
	 */
	String id();

	/**
	 * Who is connected.
	 * @return the newest authentication of the user
	 */
	Member member();

	/**
	 * Whether the connection has ended.
	 * @return whether no subscription has an effect any more
	 */
	boolean isEnded();

	/**
	 * The subscriptions there are that the server began.
	 * @return their ids
	 */
	Collection<String> subscribed();

	/**
	 * Begins a subscription, and tells the client once it is live.
	 * @param subscription the subscription
	 * @param wanted whether it still is, to be asked where nobody can withdraw the right
	 * in between
	 * @param onFailure called if the backplane failed or did not answer in time; the
	 * subscription does not exist then
	 * @return what became of it
	 */
	SubscribeOutcome subscribe(ServerSubscription subscription, BooleanSupplier wanted, Runnable onFailure);

	/**
	 * Ends a subscription, and tells the client.
	 * @param id the id of the subscription
	 * @param revoked whether the right was withdrawn
	 */
	void unsubscribe(String id, boolean revoked);

}
