package dev.realtime.core;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Frames that go out to a connection together. Connections that get the same frames share
 * one batch, whose frames are joined once for all of them. Not thread-safe: its lane owns
 * it.
 *
 * @param <F> the frame type of the transport
 */
final class Batch<F> {

	/** What may follow a batch before connections cease to share. */
	private static final int MAX_FOLLOWING = 16;

	private final @Nullable Batch<F> before;

	private final @Nullable F last;

	private @Nullable Batch<F> following;

	private @Nullable Batch<F> sibling;

	private @Nullable List<JoinedFrames<F>> joined;

	/**
	 * The batch without frames, which all others of a turn begin with.
	 */
	Batch() {
		this.before = null;
		this.last = null;
	}

	private Batch(Batch<F> before, F last, @Nullable Batch<F> sibling) {
		this.before = before;
		this.last = last;
		this.sibling = sibling;
	}

	/**
	 * This batch and one more frame.
	 */
	Batch<F> with(F frame) {
		int siblings = 0;
		for (Batch<F> batch = this.following; batch != null; batch = batch.sibling) {
			if (batch.last == frame) {
				return batch;
			}
			siblings++;
		}
		Batch<F> batch = new Batch<>(this, frame, (siblings < MAX_FOLLOWING) ? this.following : null);
		this.following = batch;
		return batch;
	}

	/**
	 * The frames as they go over the wire.
	 * @param encoder joins the frames
	 * @param created told of every message that was made
	 */
	List<JoinedFrames<F>> joined(FrameEncoder<F> encoder, Consumer<F> created) {
		List<JoinedFrames<F>> joined = this.joined;
		if (joined == null) {
			joined = encoder.join(frames());
			joined.forEach((message) -> created.accept(message.message()));
			this.joined = joined;
		}
		return joined;
	}

	private List<F> frames() {
		Deque<F> frames = new ArrayDeque<>();
		for (Batch<F> batch = this; batch != null; batch = batch.before) {
			if (batch.last != null) {
				frames.addFirst(batch.last);
			}
		}
		return List.copyOf(frames);
	}

}
