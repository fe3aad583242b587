package dev.realtime.stomp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import dev.realtime.core.CloseReason;
import dev.realtime.core.FrameSink;
import dev.realtime.core.JoinedFrames;
import dev.realtime.core.Lane;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Writes the frames of one connection of the servlet endpoint: one send in flight, so
 * that a slow reader never holds a thread; what piles up meanwhile goes out together.
 */
final class WebSocketSink implements FrameSink<WebSocketMessage<?>> {

	/**
	 * How long a close waits for a client to take what comes before it. As long as the
	 * client may take to connect by default; without heart-beats nothing else ends it.
	 */
	private static final long CLOSE_PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

	/**
	 * How long a client may take to read what is being sent, if nothing else is for it
	 * meanwhile.
	 */
	private static final long SEND_PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();

	private static final Logger logger = LoggerFactory.getLogger(WebSocketSink.class);

	private final AsyncSender sender;

	private final Lane<WebSocketMessage<?>> lane;

	private final Heartbeat heartbeat;

	private final long tickNanos;

	private final long pendingLimit;

	private final LongSupplier nanoTime;

	private final ArrayDeque<JoinedFrames<WebSocketMessage<?>>> pending = new ArrayDeque<>();

	private long pendingLength;

	private @Nullable Send inFlight;

	private long sendStarted;

	private volatile @Nullable CloseReason closeReason;

	private @Nullable String closeText;

	private volatile boolean unreachable;

	private long dropped;

	private long closeRequested;

	private boolean closed;

	WebSocketSink(AsyncSender sender, Lane<WebSocketMessage<?>> lane, Heartbeat heartbeat, Duration tick,
			long pendingLimit, LongSupplier nanoTime) {
		this.sender = sender;
		this.lane = lane;
		this.heartbeat = heartbeat;
		this.tickNanos = tick.toNanos();
		this.pendingLimit = pendingLimit;
		this.nanoTime = nanoTime;
	}

	@Override
	public void write(WebSocketMessage<?> message, int frames) {
		if (this.closeReason != null) {
			this.dropped += frames;
			return;
		}
		this.pending.add(new JoinedFrames<>(message, frames));
		this.pendingLength += StompFrames.length(message);
		if (this.pendingLength > this.pendingLimit && isSending()) {
			logger.debug("A client does not read fast enough");
			discard(CloseReason.SLOW_CONSUMER);
		}
	}

	@Override
	public boolean isWritable() {
		return this.pendingLength <= this.pendingLimit / 2;
	}

	@Override
	public void flush() {
		while (!isSending() && !this.pending.isEmpty()) {
			Send send = new Send();
			this.inFlight = send;
			this.sendStarted = this.nanoTime.getAsLong();
			this.heartbeat.written(this.sendStarted);
			this.sender.send(nextMessage(), send);
		}
		CloseReason reason = this.closeReason;
		Send send = this.inFlight;
		if (send != null && (reason != null || !this.pending.isEmpty())) {
			send.await();
		}
		if (reason != null && !isSending()) {
			closeNow(reason);
		}
	}

	/**
	 * Whether the client has yet to take what was sent last.
	 */
	private boolean isSending() {
		Send send = this.inFlight;
		if (send == null || !send.done) {
			return send != null;
		}
		this.inFlight = null;
		if (send.failure != null) {
			failed(send.failure);
		}
		return false;
	}

	private WebSocketMessage<?> nextMessage() {
		WebSocketMessage<?> first = take();
		if (!isJoinable(first, StompFrames.length(first))) {
			return first;
		}
		StringBuilder batch = new StringBuilder(first.getPayload().toString());
		while (isJoinable(first, batch.length())) {
			batch.append(take().getPayload());
		}
		return new TextMessage(batch);
	}

	private boolean isJoinable(WebSocketMessage<?> first, int length) {
		JoinedFrames<WebSocketMessage<?>> next = this.pending.peek();
		return next != null && StompFrames.isJoinable(first, length, next.message());
	}

	private WebSocketMessage<?> take() {
		WebSocketMessage<?> message = this.pending.remove().message();
		this.pendingLength -= StompFrames.length(message);
		return message;
	}

	@Override
	public void close(CloseReason reason) {
		close(reason, reason.text());
	}

	@Override
	public void close(CloseReason reason, String text) {
		if (this.closeReason == null) {
			this.closeReason = reason;
			this.closeText = text;
			this.closeRequested = this.nanoTime.getAsLong();
			flush();
		}
	}

	private void discard(CloseReason reason) {
		this.closeReason = reason;
		this.dropped += pendingFrames();
		this.pending.clear();
		this.pendingLength = 0;
		closeNow(reason);
	}

	private void closeNow(CloseReason reason) {
		if (!this.closed) {
			this.closed = true;
			String text = this.closeText;
			this.sender.close(new CloseStatus(reason.code(), (text != null) ? text : reason.text()));
		}
	}

	private void failed(Throwable failure) {
		logger.debug("A client can not be reached", failure);
		CloseReason reason = this.closeReason;
		this.unreachable = reason == null;
		discard((reason != null) ? reason : CloseReason.SLOW_CONSUMER);
	}

	@Override
	public void tick(long now) {
		CloseReason overdue = overdue(now);
		if (overdue != null && !this.closed) {
			discard(overdue);
		}
		else if (this.closeReason == null && !isSending() && this.pending.isEmpty()
				&& this.heartbeat.isDue(now, this.tickNanos)) {
			write(StompFrames.HEARTBEAT, 1);
			flush();
		}
	}

	private @Nullable CloseReason overdue(long now) {
		if (this.closeReason != null && now - this.closeRequested > CLOSE_PATIENCE_NANOS) {
			return this.closeReason;
		}
		if (isSending() && now - this.sendStarted > SEND_PATIENCE_NANOS) {
			return (this.closeReason != null) ? this.closeReason : CloseReason.SLOW_CONSUMER;
		}
		return this.heartbeat.overdue(now);
	}

	@Override
	public @Nullable CloseReason closeReason() {
		return this.unreachable ? null : this.closeReason;
	}

	@Override
	public long dropped() {
		return this.dropped + pendingFrames();
	}

	private int pendingFrames() {
		return this.pending.stream().mapToInt(JoinedFrames::frames).sum();
	}

	/**
	 * One send. Containers complete it before {@link AsyncSender#send} returns as well as
	 * later on another thread, Tomcat on one of its pool for each. The lane looks at it
	 * when it has more to send, and is woken up only if it waits for that: a turn of the
	 * lane for each send would cost a third of a small one.
	 */
	private final class Send implements Consumer<@Nullable Throwable> {

		private volatile boolean done;

		private volatile boolean awaited;

		/** Written before {@link #done}. */
		private @Nullable Throwable failure;

		@Override
		public void accept(@Nullable Throwable failure) {
			this.failure = failure;
			this.done = true;
			if (this.awaited || failure != null) {
				goOn();
			}
		}

		/**
		 * Has the lane go on once it is done. What is done already is seen by the one or
		 * the other, or by both, which does no harm.
		 */
		void await() {
			if (!this.awaited) {
				this.awaited = true;
				if (this.done) {
					goOn();
				}
			}
		}

		private void goOn() {
			WebSocketSink.this.lane.execute(() -> {
				isSending();
				flush();
			});
		}

	}

}
