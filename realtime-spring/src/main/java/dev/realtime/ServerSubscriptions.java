package dev.realtime;

import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Subscribes connections without their clients asking for it. The client sees the
 * subscription arrive, gets the newest message if there is one, and then everything live.
 * No rule is asked, since server code decides; {@link Access#revoke(String, String)} ends
 * these subscriptions too.
 * <p>
 * Those of a user or an HTTP session hold for all connections there are and those that
 * come later, on whatever node. They are remembered until server code unsubscribes,
 * rights are revoked, the HTTP session ends, or nobody of them was connected for
 * {@code realtime.server-subscriptions.ttl}; and by the nodes, as long as one of them is
 * up. A client may unsubscribe, for as long as its connection lasts.
 * <p>
 * Inside a transaction everything waits for the commit, and does not happen after a
 * rollback: then the future is cancelled. Nothing blocks, and trouble of the backplane
 * never throws. What does, at once, are programming errors: an unknown topic, or no
 * tenant where one is needed. With {@code realtime.enabled=false} nothing happens.
 * Thread-safe.
 *
 * @since 0.1.0
 * @see Realtime#user
 * @see Realtime#session
 * @see Realtime#connection
 */
public interface ServerSubscriptions {

	/**
	 * Subscribes to a topic. A second call renews the first. A connection that has as
	 * many subscriptions as it may does not get another, which the log says, here and on
	 * its node.
	 * @param topic the name of a topic with its variables filled in
	 * @return completed once the backplane has the order
	 */
	CompletableFuture<Void> subscribe(String topic);

	/**
	 * Subscribes to some messages of a topic. A subscription with another filter is
	 * another one.
	 * @param topic the name of a topic with its variables filled in
	 * @param filter the choice of messages: a value, or a collection of values, by key;
	 * empty for none
	 * @return completed once the backplane has the order
	 */
	CompletableFuture<Void> subscribe(String topic, Map<String, ?> filter);

	/**
	 * Ends the subscriptions to a topic that were begun in the same way: for this
	 * connection, this session or this user.
	 * @param topic the name of a topic with its variables filled in
	 * @return completed once the backplane has the order
	 */
	CompletableFuture<Void> unsubscribe(String topic);

}
