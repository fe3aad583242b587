package dev.realtime.core;

/**
 * One message of a transport, which holds one or more frames.
 *
 * @param <F> the frame type of the transport
 * @param message what goes over the wire
 * @param frames the number of frames in it
 * @since 0.1.0
 */
public record JoinedFrames<F>(F message, int frames) {

}
