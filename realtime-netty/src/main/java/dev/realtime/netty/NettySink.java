package dev.realtime.netty;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import dev.realtime.core.CloseReason;
import dev.realtime.core.FrameSink;
import dev.realtime.stomp.Heartbeat;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the frames of one connection of the dedicated port. Runs on the channel's event
 * loop, which is the connection's lane.
 */
final class NettySink implements FrameSink<ByteBuf> {

	private static final Logger logger = LoggerFactory.getLogger(NettySink.class);

	/**
	 * How long a client may take to read what is pending and to answer the close frame.
	 */
	private static final long CLOSE_TIMEOUT_SECONDS = 5;

	private final ChannelHandlerContext raw;

	private final FrameBuffers buffers;

	private final Heartbeat heartbeat;

	private final long tickNanos;

	private final long pendingLimit;

	private final LongSupplier nanoTime;

	private volatile @Nullable CloseReason closeReason;

	/** The number of frames in each message that is pending. */
	private final Queue<Integer> pendingFrames = new ArrayDeque<>();

	private long dropped;

	/**
	 * A sink for a channel.
	 * @param raw a context right behind the transport (or TLS), whose writes no encoder
	 * sees
	 * @param buffers makes buffers
	 * @param heartbeat what the connection has to do with time
	 * @param tick the time between two ticks
	 * @param pendingLimit the most bytes that may wait for the client
	 * @param nanoTime the clock
	 */
	NettySink(ChannelHandlerContext raw, FrameBuffers buffers, Heartbeat heartbeat, Duration tick, long pendingLimit,
			LongSupplier nanoTime) {
		this.raw = raw;
		this.buffers = buffers;
		this.heartbeat = heartbeat;
		this.tickNanos = tick.toNanos();
		this.pendingLimit = pendingLimit;
		this.nanoTime = nanoTime;
	}

	@Override
	public void write(ByteBuf message, int frames) {
		if (this.closeReason == null && pendingBytes() > this.pendingLimit) {
			logger.debug("A client does not read fast enough");
			close(CloseReason.SLOW_CONSUMER);
		}
		if (this.closeReason != null) {
			this.dropped += frames;
		}
		else {
			this.raw.write(message.retainedDuplicate(), this.raw.voidPromise());
			this.pendingFrames.add(frames);
		}
	}

	@Override
	public boolean isWritable() {
		return this.raw.channel().isWritable();
	}

	@Override
	public void flush() {
		if (this.closeReason != null) {
			return;
		}
		this.heartbeat.written(this.nanoTime.getAsLong());
		this.raw.flush();
		forgetSent();
	}

	/**
	 * With TLS by what the handler made of the messages, which is about the same.
	 */
	private void forgetSent() {
		ChannelOutboundBuffer pending = this.raw.channel().unsafe().outboundBuffer();
		int size = (pending != null) ? pending.size() : 0;
		while (this.pendingFrames.size() > size) {
			this.pendingFrames.remove();
		}
	}

	private long pendingBytes() {
		ChannelOutboundBuffer pending = this.raw.channel().unsafe().outboundBuffer();
		return (pending != null) ? pending.totalPendingWriteBytes() : 0;
	}

	@Override
	public void close(CloseReason reason) {
		close(reason, reason.text());
	}

	@Override
	public void close(CloseReason reason, String text) {
		if (this.closeReason == null) {
			close(reason, new CloseWebSocketFrame(reason.code(), text));
		}
	}

	/**
	 * Sends a last frame, and waits for the client to answer it: who closes while data of
	 * the client is on its way makes TCP drop what the client has not read yet.
	 */
	void close(CloseReason reason, CloseWebSocketFrame last) {
		this.closeReason = reason;
		Channel channel = this.raw.channel();
		channel.writeAndFlush(last);
		// The answer may stand behind frames that wait for a worker.
		channel.config().setAutoRead(true);
		channel.eventLoop().schedule(this::closeNow, CLOSE_TIMEOUT_SECONDS, TimeUnit.SECONDS);
	}

	private void closeNow() {
		forgetSent();
		this.pendingFrames.forEach((frames) -> this.dropped += frames);
		this.pendingFrames.clear();
		this.raw.channel().close();
	}

	@Override
	public void tick(long now) {
		CloseReason overdue = this.heartbeat.overdue(now);
		if (overdue != null) {
			close(overdue);
		}
		else if (this.closeReason == null && pendingBytes() == 0 && this.heartbeat.isDue(now, this.tickNanos)) {
			ByteBuf beat = this.buffers.text("\n");
			write(beat, 1);
			beat.release();
			flush();
		}
	}

	@Override
	public @Nullable CloseReason closeReason() {
		return this.closeReason;
	}

	@Override
	public long dropped() {
		return this.dropped;
	}

}
