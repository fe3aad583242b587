package dev.realtime.stomp;

import java.time.Duration;

import dev.realtime.core.CloseReason;
import org.jspecify.annotations.Nullable;

/**
 * What a connection has to do with time: CONNECT in time, our heart-beats, those of the
 * client, and frames that never end. What tells of what arrives may be called by any
 * thread, the rest by the connection's lane. For transports; all times are those of
 * {@link System#nanoTime()}.
 *
 * @since 0.1.0
 */
public final class Heartbeat {

	/**
	 * STOMP 1.2, "Heart-beating": the receiver should allow for an error margin. Browsers
	 * slow down the timers of hidden tabs.
	 */
	private static final int READ_MARGIN = 3;

	/** Beyond this an interval is as good as none, and clients may write any number. */
	private static final long MAX_INTERVAL_MILLIS = Duration.ofDays(1).toMillis();

	private final long connectTimeout;

	private final long connectDeadline;

	private final OpenFrame stompFrame = new OpenFrame();

	private final OpenFrame webSocketFrame = new OpenFrame();

	private long frameTimeout;

	private long writeInterval;

	private long readTimeout;

	private volatile long lastWrite;

	private boolean connected;

	private volatile long lastRead;

	/**
	 * A connection that just opened.
	 * @param now the time
	 * @param connectTimeout the time until CONNECT has to arrive
	 */
	public Heartbeat(long now, Duration connectTimeout) {
		this.connectTimeout = connectTimeout.toNanos();
		this.connectDeadline = now + this.connectTimeout;
		this.lastWrite = now;
		this.lastRead = now;
	}

	/**
	 * Agrees on the intervals, STOMP 1.2, "Heart-beating".
	 * @param now the time in nanoseconds
	 * @param server what we offer and want, in milliseconds
	 * @param clientOffers how often the client can send, in milliseconds, or zero
	 * @param clientWants how often the client wants to hear, in milliseconds, or zero
	 */
	void connected(long now, long server, long clientOffers, long clientWants) {
		this.connected = true;
		this.lastRead = now;
		this.writeInterval = agree(server, clientWants);
		this.readTimeout = agree(server, clientOffers) * READ_MARGIN;
		this.frameTimeout = Math.max(agree(server, server) * READ_MARGIN, this.connectTimeout);
	}

	private static long agree(long server, long client) {
		return (server > 0 && client > 0)
				? Duration.ofMillis(Math.min(Math.max(server, client), MAX_INTERVAL_MILLIS)).toNanos() : 0;
	}

	/**
	 * Something arrived.
	 * @param now the time
	 */
	public void read(long now) {
		this.lastRead = now;
	}

	/**
	 * Bytes of frames of STOMP arrived.
	 * @param completed whether a frame was completed by them
	 * @param partial whether a part of a frame is left
	 * @param now the time
	 */
	void stompFrame(boolean completed, boolean partial, long now) {
		this.stompFrame.read(completed, partial, now);
	}

	/**
	 * Bytes of a frame of WebSocket arrived. For transports that keep a frame until it is
	 * complete.
	 * @param partial whether it is not complete yet
	 * @param now the time
	 */
	public void webSocketFrame(boolean partial, long now) {
		this.webSocketFrame.read(!partial, partial, now);
	}

	/**
	 * Something was sent.
	 * @param now the time
	 */
	public void written(long now) {
		this.lastWrite = now;
	}

	/**
	 * Why the connection has to be closed now.
	 * @param now the time
	 * @return the reason, or {@code null} if it may go on
	 */
	public @Nullable CloseReason overdue(long now) {
		if (!this.connected) {
			return (now - this.connectDeadline > 0) ? CloseReason.CONNECT_TIMEOUT : null;
		}
		boolean silent = this.readTimeout > 0 && now - this.lastRead > this.readTimeout;
		// No heart-beat can come within a frame, however many bytes do.
		boolean stuck = this.stompFrame.isOverdue(now, this.frameTimeout)
				|| this.webSocketFrame.isOverdue(now, this.frameTimeout);
		return (silent || stuck) ? CloseReason.NO_HEARTBEAT : null;
	}

	/**
	 * How long nothing has passed in either direction. May be called by any thread.
	 * @param now the time
	 * @return the nanoseconds since the last message
	 */
	long silence(long now) {
		return now - Math.max(this.lastRead, this.lastWrite);
	}

	/**
	 * Whether the client would miss our heart-beat before the next look.
	 * @param now the time
	 * @param untilNextLook the time until the next look, in nanoseconds
	 * @return whether to send one now
	 */
	public boolean isDue(long now, long untilNextLook) {
		return this.writeInterval > 0 && now - this.lastWrite + untilNextLook > this.writeInterval;
	}

}
