package dev.realtime.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a {@link Lane} writes in a turn: it goes out together, with one flush for each
 * touched connection. Not thread-safe: its lane owns it.
 *
 * @param <F> the frame type of the transport
 */
final class TurnOutput<F> {

	/**
	 * Payloads that go out together, so that large ones do not hold back the others.
	 */
	private static final int MAX_BYTES = 64 * 1024;

	private static final Logger logger = LoggerFactory.getLogger(TurnOutput.class);

	private final FrameEncoder<F> encoder;

	private final List<Connection<F>> touched = new ArrayList<>();

	/** Those of one message, by the id of the subscriptions they are for. */
	private final Map<String, F> shared = new HashMap<>();

	/** What is to be released after the flush. */
	private final List<F> written = new ArrayList<>();

	private Batch<F> emptyBatch = new Batch<>();

	private long bytes;

	TurnOutput(FrameEncoder<F> encoder) {
		this.encoder = encoder;
	}

	/**
	 * Writes a frame to one connection, and lets go of it.
	 */
	void send(Connection<F> connection, F frame) {
		this.written.add(frame);
		write(connection, frame);
	}

	/**
	 * The frame of the current message for subscriptions of an id, to be written to any
	 * number of connections before {@link #endMessage}.
	 */
	F share(String subscriptionId, Function<String, F> factory) {
		return this.shared.computeIfAbsent(subscriptionId, factory);
	}

	void write(Connection<F> connection, F frame) {
		if (connection.broken) {
			return;
		}
		Batch<F> batch = connection.batch;
		if (batch == null) {
			this.touched.add(connection);
			batch = this.emptyBatch;
		}
		connection.batch = batch.with(frame);
	}

	/**
	 * Lets go of the frames that were shared.
	 */
	void endMessage() {
		this.written.addAll(this.shared.values());
		this.shared.clear();
	}

	/**
	 * Counts a payload, however many connections it goes to.
	 */
	void addBytes(int payload) {
		this.bytes += payload;
	}

	boolean isFull() {
		return this.bytes >= MAX_BYTES;
	}

	void flush() {
		this.touched.forEach(this::flush);
		this.touched.clear();
		this.written.forEach(this.encoder::release);
		this.written.clear();
		this.emptyBatch = new Batch<>();
		this.bytes = 0;
	}

	void flush(Connection<F> connection) {
		Batch<F> batch = connection.batch;
		connection.batch = null;
		if (batch == null) {
			return;
		}
		try {
			FrameSink<F> sink = connection.sink();
			for (JoinedFrames<F> joined : batch.joined(this.encoder, this.written::add)) {
				sink.write(joined.message(), joined.frames());
			}
			sink.flush();
		}
		catch (RuntimeException | Error ex) {
			giveUp(connection, ex);
		}
	}

	/**
	 * Ends a connection that something could not be written to. It comes back for what it
	 * misses; if it were to stay, it would not see the hole.
	 */
	void giveUp(Connection<F> connection, Throwable cause) {
		if (!connection.broken) {
			connection.broken = true;
			logger.error("Disconnecting {}, which could not be written to", connection, cause);
			connection.close(CloseReason.INTERNAL_ERROR);
		}
	}

}
