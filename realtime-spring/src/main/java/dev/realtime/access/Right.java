package dev.realtime.access;

import dev.realtime.Decision;
import dev.realtime.Tenant;

import org.springframework.security.core.Authentication;

/**
 * What a subscription needs, in a form that can be asked again. Thread-safe.
 *
 * @since 0.1.0
 */
public interface Right {

	/**
	 * The name of the channel.
	 * @return the name of the topic with its variables filled in
	 */
	String topic();

	/**
	 * Whether a user has the right. May block.
	 * @param user who
	 * @param tenant the user's tenant
	 * @return the decision
	 */
	Decision check(Authentication user, Tenant tenant);

	/**
	 * Whether this node can ask again later.
	 * @return {@code false} if the client showed a proof: then it has to subscribe again,
	 * with a fresh one
	 */
	default boolean isCheckable() {
		return true;
	}

	/**
	 * Whether server code began the subscription: then other nodes do not end it when the
	 * right is withdrawn there, but with an order in turn with those that began it.
	 * @return {@code false} if a client asked for it
	 */
	default boolean isServerSide() {
		return false;
	}

}
