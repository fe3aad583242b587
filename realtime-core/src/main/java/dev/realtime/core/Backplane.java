package dev.realtime.core;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * Gives a publication its position and carries it to every node. Thread-safe. No method
 * blocks; all failures come through the futures.
 *
 * @since 0.1.0
 */
public interface Backplane extends AutoCloseable {

	/**
	 * Starts delivering. Called once, before any other method. Publications may get lost
	 * on the way, come twice or late: the listener sees it by their offsets and reads the
	 * past. What nothing follows it can not see, so it has to be told of interruptions.
	 * @param listener gets the publications of channels with interest, those of one
	 * channel one at a time; it does not block
	 */
	void start(BackplaneListener listener);

	/**
	 * Appends a publication to a channel. Next offset, history, last message by key and
	 * hand-over to the listeners of all interested nodes are one atomic step. Appends of
	 * one caller to one channel keep their order.
	 * @param channel the channel, which needs not exist before
	 * @param request the publication
	 * @return the position, or that of the first publication with the same idempotency
	 * key
	 */
	CompletableFuture<StreamPosition> append(ChannelId channel, PublicationRequest request);

	/**
	 * Appends publications to any channels, each as {@link #append} does. None waits for
	 * another, as far as the backplane can help it: what goes over a network goes in one
	 * round trip. They are not one atomic step. By default they are appended one by one.
	 * @param appends the publications
	 * @return what became of each, in the order of the publications
	 */
	default List<CompletableFuture<StreamPosition>> appendAll(List<Append> appends) {
		return appends.stream().map((append) -> append(append.channel(), append.request())).toList();
	}

	/**
	 * Hands something to the listeners of all interested nodes that is kept nowhere. It
	 * may get lost: nobody waits for it, and nothing is said.
	 * @param channel the channel
	 * @param ephemeral what passes by
	 */
	void broadcast(ChannelId channel, Ephemeral ephemeral);

	/**
	 * Declares interest of this node in a channel. A second call for the same channel
	 * changes nothing.
	 * @param channel the channel
	 * @return completed once every later publication reaches the listener
	 */
	CompletableFuture<Void> subscribe(ChannelId channel);

	/**
	 * Ends the interest of this node. Publications may still arrive for a while.
	 * @param channel the channel
	 */
	void unsubscribe(ChannelId channel);

	/**
	 * The newest publications of a channel and where it stands, as of one moment that is
	 * not before the call. Where the channel stood further before, or at another
	 * publication, under the same epoch, the listener takes it for having lost some.
	 * @param channel the channel
	 * @param limit the most publications wanted
	 * @return the past, in the order of the offsets
	 */
	CompletableFuture<ChannelPast> past(ChannelId channel, int limit);

	/**
	 * The last publications about some keys, as of one moment.
	 * @param channel the channel
	 * @param keys values in the order of the topic's key attributes
	 * @return what is known, in no order; nothing for keys without a publication
	 */
	CompletableFuture<List<Publication>> lastByKey(ChannelId channel, Collection<List<@Nullable Object>> keys);

	/**
	 * Stops delivering and lets go of all resources.
	 */
	@Override
	void close();

}
