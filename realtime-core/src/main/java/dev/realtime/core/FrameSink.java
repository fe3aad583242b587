package dev.realtime.core;

/**
 * Where the frames of one connection go: the transport's side of a {@link Connection}.
 * Called by the connection's lane only. No method blocks.
 *
 * @param <F> the frame type of the transport
 * @since 0.1.0
 */
public interface FrameSink<F> {

	/**
	 * Appends a frame to what is sent with the next {@link #flush()}. A frame that finds
	 * the sink closed or full is dropped; a full sink closes the connection. The frame
	 * stays the caller's: a sink that keeps a counted frame beyond the call retains it.
	 * @param frame the frame
	 */
	void write(F frame);

	/**
	 * Whether the client keeps up. Where it does not, topics that conflate hold back;
	 * whenever it does again the sink gives its lane a turn.
	 * @return {@code false} while more than half of what may be pending is
	 */
	boolean isWritable();

	/**
	 * Sends what was written, or makes sure that it is sent when the connection can take
	 * it.
	 */
	void flush();

	/**
	 * Sends what was written, then closes. Nothing written later is sent.
	 * @param reason what the client is told
	 */
	void close(CloseReason reason);

	/**
	 * Called about once a second, for what depends on time, such as heart-beats.
	 * @param nanoTime the current {@link System#nanoTime()}
	 */
	void tick(long nanoTime);

}
