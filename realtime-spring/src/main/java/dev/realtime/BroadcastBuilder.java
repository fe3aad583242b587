package dev.realtime;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One publication to several channels, with options. Not thread-safe; used once.
 *
 * @since 0.1.0
 * @see Realtime#toUsers
 * @see Realtime#toAll
 */
public interface BroadcastBuilder {

	/**
	 * The payload, which Jackson turns into JSON, once; by default {@code {}}.
	 * @param data the payload
	 * @return this
	 */
	BroadcastBuilder data(Object data);

	/**
	 * What happened, for clients that tell several events of one topic apart.
	 * @param name at most 128 characters, without control characters
	 * @return this
	 */
	BroadcastBuilder event(String name);

	/**
	 * Leaves out one connection, usually the one that caused the change.
	 * @param connectionId what the client found in the {@code session} header of
	 * CONNECTED
	 * @return this
	 */
	BroadcastBuilder except(String connectionId);

	/**
	 * Leaves out the connection of the client that this thread works for: the one whose
	 * id the HTTP request carries in the header {@code X-Realtime-Connection}, or that of
	 * the STOMP session in a {@code @MessageMapping} method. Where there is none, nobody
	 * is left out. To be called by the thread of the request.
	 * @return this
	 */
	BroadcastBuilder toOthers();

	/**
	 * Makes a repeated publication a no-op: the same key on the same channel, within the
	 * time the history is kept, answers the position of the first.
	 * @param key at most 128 characters
	 * @return this
	 */
	BroadcastBuilder idempotencyKey(String key);

	/**
	 * Does not wait for the end of the transaction.
	 * @return this
	 */
	BroadcastBuilder now();

	/**
	 * Publishes, in one round trip where the backplane is Redis.
	 * @return completed with the positions, in the order of the channels, once the
	 * backplane has all of them; with a failure if it did not take one, which says
	 * nothing about the others
	 */
	CompletableFuture<List<StreamPosition>> publish();

}
