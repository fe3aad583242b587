package dev.realtime.benchmarks.client;

import org.HdrHistogram.Histogram;

/**
 * Counts deliveries and checks their order. Publications are numbered without holes. Of
 * {@code streams} ids each gets its share of the publications, {@code i * STRIDE} modulo
 * their number, so from a sequence number alone follows which id it was about. Belongs to
 * the client's thread.
 *
 * @since 0.1.0
 */
public final class Tally {

	/**
	 * Coprime to all numbers of ids in use, so that publications reach every id, in an
	 * order that looks random to a cache.
	 */
	public static final int STRIDE = 7919;

	private static final long MAX_LATENCY_MICROS = 600_000_000L;

	private static final int DIGITS = 3;

	private final Histogram latency = new Histogram(MAX_LATENCY_MICROS, DIGITS);

	private final int streams;

	private final int senders;

	private long deliveries;

	private long disorder;

	private long last;

	private long now;

	/**
	 * A tally for these ids.
	 * @param streams the number of ids, one for publications that are for everybody
	 */
	public Tally(int streams) {
		this(streams, 1);
	}

	/**
	 * A tally for these ids.
	 * @param streams the number of ids, one for publications that are for everybody
	 * @param senders how many take turns with the numbers, each of which keeps its order
	 */
	Tally(int streams, int senders) {
		this.streams = streams;
		this.senders = senders;
	}

	/** Bytes arrived, now. */
	void arrived() {
		this.now = System.nanoTime() / 1000;
	}

	void delivered(ClientConnection connection, long sequence, long time) {
		this.last = this.now;
		this.deliveries++;
		this.latency.recordValue(Math.min(MAX_LATENCY_MICROS, Math.max(0, this.now - time)));
		if (!connection.expects(this.senders, sequence) || !isWanted(connection, sequence)) {
			this.disorder++;
		}
	}

	private boolean isWanted(ClientConnection connection, long sequence) {
		if (this.streams == 1) {
			return true;
		}
		int id = (int) (sequence * STRIDE % this.streams);
		for (int wanted : connection.wanted().ids()) {
			if (wanted == id) {
				return true;
			}
		}
		return false;
	}

	/**
	 * What arrived.
	 * @return messages, probes and paused connections left out
	 */
	public long deliveries() {
		return this.deliveries;
	}

	/**
	 * What should not have arrived: twice, late, or at the wrong connection.
	 * @return the number of such messages
	 */
	public long disorder() {
		return this.disorder;
	}

	/**
	 * When the last message arrived.
	 * @return microseconds of {@link System#nanoTime()}
	 */
	public long last() {
		return this.last;
	}

	/**
	 * From publish to the client's socket.
	 * @return microseconds
	 */
	public Histogram latency() {
		return this.latency;
	}

}
