package dev.realtime.core;

import org.jspecify.annotations.Nullable;

/**
 * Where the frames of one connection go: the transport's side of a {@link Connection}.
 * Called by the connection's lane only, unless a method says otherwise. No method blocks.
 *
 * @param <F> the frame type of the transport
 * @since 0.1.0
 */
public interface FrameSink<F> {

	/**
	 * Appends a message to what is sent with the next {@link #flush()}. A message that
	 * finds the sink closed or full is dropped; a full sink closes the connection. The
	 * message stays the caller's: a sink that keeps a counted one beyond the call retains
	 * it.
	 * @param message the message
	 * @param frames the number of frames in it
	 */
	void write(F message, int frames);

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
	 * Sends what was written, then closes, like {@link #close(CloseReason)}.
	 * @param reason what the client is told
	 * @param text what it is told in words, at most 123 bytes
	 */
	default void close(CloseReason reason, String text) {
		close(reason);
	}

	/**
	 * Called about once a second, for what depends on time, such as heart-beats.
	 * @param nanoTime the current {@link System#nanoTime()}
	 */
	void tick(long nanoTime);

	/**
	 * Why the server ended the connection. May be called by any thread.
	 * @return the reason, or {@code null} while the connection is open and if the client
	 * left
	 */
	default @Nullable CloseReason closeReason() {
		return null;
	}

	/**
	 * How many frames will never be sent, because the sink was closed or full. Called
	 * when the connection has ended.
	 * @return the number of frames
	 */
	default long dropped() {
		return 0;
	}

}
