package dev.realtime;

import java.util.concurrent.CompletableFuture;

/**
 * Takes rights away from those who are subscribed or connected already, on all nodes.
 * <p>
 * A rule runs when a client subscribes. When rights change later, say so here: after the
 * change, since clients may subscribe again at once, and then the rule decides. Users are
 * those of the current tenant, as with {@link Realtime#publish};
 * {@code realtime.forTenant(id).access()} names another.
 * <p>
 * Inside a transaction everything waits for the commit, and does not happen after a
 * rollback: then the future is cancelled. On this node it then happens at once. The
 * future completes when the backplane has the order; the other nodes have it within a
 * second while they can reach the backplane, and as soon as they can reach it again
 * otherwise. Nothing blocks, and trouble of the backplane never throws. With
 * {@code realtime.enabled=false} nothing happens. Thread-safe.
 *
 * @since 0.1.0
 * @see Realtime#access()
 */
public interface Access {

	/**
	 * Ends all subscriptions of a user with {@code revoked}. The connections stay.
	 * @param user the name of the user
	 * @return completed once the backplane has the order
	 */
	CompletableFuture<Void> revoke(String user);

	/**
	 * Ends the subscriptions of a user to a topic with {@code revoked}.
	 * @param user the name of the user
	 * @param topic the name of a topic: as declared, such as {@code document.{id}} for
	 * all its channels, or with its variables filled in
	 * @return completed once the backplane has the order
	 */
	CompletableFuture<Void> revoke(String user, String topic);

	/**
	 * Ends the subscriptions of everybody of the tenant to a topic with {@code revoked},
	 * for instance when a document is deleted.
	 * @param topic the name of a topic: as declared, or with its variables filled in
	 * @return completed once the backplane has the order
	 */
	CompletableFuture<Void> revokeTopic(String topic);

	/**
	 * Runs the rule of each subscription of a user again, as that user. Where it says no
	 * now, the subscription ends with {@code revoked}.
	 * @param user the name of the user
	 * @return completed once the backplane has the order
	 */
	CompletableFuture<Void> recheck(String user);

	/**
	 * Runs the rule again for everybody of the tenant who is subscribed to a topic.
	 * @param topic the name of a topic: as declared, or with its variables filled in
	 * @return completed once the backplane has the order
	 */
	CompletableFuture<Void> recheckTopic(String topic);

	/**
	 * Runs the rules of all subscriptions of the tenant again, for instance when a role
	 * changed.
	 * @return completed once the backplane has the order
	 */
	CompletableFuture<Void> recheckAll();

	/**
	 * Ends the connections of a user. Clients are told not to come back; to keep them
	 * out, take the login away too.
	 * @param user the name of the user
	 * @return completed once the backplane has the order
	 */
	CompletableFuture<Void> disconnect(String user);

	/**
	 * Ends the connections of a user, who is to come back at once and authenticate anew,
	 * for instance because authorities that are part of the authentication changed.
	 * @param user the name of the user
	 * @return completed once the backplane has the order
	 */
	CompletableFuture<Void> reconnect(String user);

	/**
	 * Ends the connections that were opened with an HTTP session, or with a token got
	 * with it. Happens by itself when the session ends.
	 * @param sessionId the id of the HTTP session, of whatever tenant
	 * @return completed once the backplane has the order
	 */
	CompletableFuture<Void> disconnectSession(String sessionId);

	/**
	 * Ends all connections of the tenant. Clients are told not to come back.
	 * @return completed once the backplane has the order
	 */
	CompletableFuture<Void> disconnectTenant();

}
