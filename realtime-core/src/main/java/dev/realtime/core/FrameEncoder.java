package dev.realtime.core;

import java.util.List;

import dev.realtime.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the engine tells a client as frames of a protocol. Stateless: frames are
 * shared by all connections of a lane that use the same subscription id for the same
 * channel.
 *
 * @param <F> the frame type of the transport
 * @since 0.1.0
 */
public interface FrameEncoder<F> {

	/**
	 * A publication for a subscription. Depends on the id and the channel of the
	 * subscription only.
	 * @param publication the publication
	 * @param subscription the subscription
	 * @param mode how it comes to the subscription
	 * @return the frame
	 */
	F message(Publication publication, Subscription<F> subscription, DeliveryMode mode);

	/**
	 * Word that the subscription is live. Only where the client asked for a receipt.
	 * @param subscription the subscription
	 * @param receipt what the client called it
	 * @param position where the channel stands
	 * @param recovered whether everything since the client's position follows, or
	 * {@code null} if the client gave none
	 * @return the frame
	 */
	F live(Subscription<F> subscription, String receipt, StreamPosition position, @Nullable Boolean recovered);

	/**
	 * Word that publications are missing and can not be had any more.
	 * @param subscription the subscription
	 * @return the frame
	 */
	F gap(Subscription<F> subscription);

	/**
	 * Word about the subscription that is no publication. Depends on the id and the
	 * channel of the subscription only.
	 * @param subscription the subscription
	 * @param kind what the word is about
	 * @param body the body, JSON in UTF-8
	 * @return the frame
	 */
	default F control(Subscription<F> subscription, String kind, byte[] body) {
		throw new UnsupportedOperationException("Nobody says " + kind + " here");
	}

	/**
	 * Joins frames that go to the same connections one after the other into as few
	 * messages as the transport allows. The frames stay the caller's; the messages are
	 * its to release like frames. By default every frame travels alone.
	 * @param frames one or more frames
	 * @return the messages, in order
	 */
	default List<JoinedFrames<F>> join(List<F> frames) {
		return frames.stream().map((frame) -> new JoinedFrames<>(frame, 1)).toList();
	}

	/**
	 * Lets go of a frame, once it is written to all its receivers. For frames that are
	 * counted; by default nothing happens.
	 * @param frame a frame or message this encoder made
	 */
	default void release(F frame) {
	}

}
