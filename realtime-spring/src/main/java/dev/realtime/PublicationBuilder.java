package dev.realtime;

import java.util.concurrent.CompletableFuture;

/**
 * A publication with options. Not thread-safe; used once.
 *
 * @since 0.1.0
 * @see Realtime#to(String, Object...)
 */
public interface PublicationBuilder {

	/**
	 * The payload, which Jackson turns into JSON; by default {@code {}}.
	 * @param data the payload
	 * @return this
	 */
	PublicationBuilder data(Object data);

	/**
	 * What happened, for clients that tell several events of one topic apart.
	 * @param name at most 128 characters, without control characters
	 * @return this
	 */
	PublicationBuilder event(String name);

	/**
	 * The user whose channel it goes to. Only for topics of {@link Scope#USER}; by
	 * default the current user.
	 * @param name the name of the user's authentication
	 * @return this
	 */
	PublicationBuilder user(String name);

	/**
	 * Leaves out one connection, usually the one that caused the change.
	 * @param connectionId what the client found in the {@code session} header of
	 * CONNECTED
	 * @return this
	 */
	PublicationBuilder except(String connectionId);

	/**
	 * Leaves out the connection of the client that this thread works for: the one whose
	 * id the HTTP request carries in the header {@code X-Realtime-Connection}, or that of
	 * the STOMP session in a {@code @MessageMapping} method. Where there is none, nobody
	 * is left out. To be called by the thread of the request.
	 * @return this
	 */
	PublicationBuilder toOthers();

	/**
	 * Makes a repeated publication a no-op: the same key on the same channel, within the
	 * time the history is kept, answers the position of the first.
	 * @param key at most 128 characters
	 * @return this
	 */
	PublicationBuilder idempotencyKey(String key);

	/**
	 * Does not wait for the end of the transaction.
	 * @return this
	 */
	PublicationBuilder now();

	/**
	 * Publishes.
	 * @return completed with the position once the backplane has the publication
	 */
	CompletableFuture<StreamPosition> publish();

}
