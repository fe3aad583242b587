package dev.realtime.stomp;

import java.util.concurrent.atomic.AtomicBoolean;

import dev.realtime.access.Deadline;
import dev.realtime.limit.Refusal;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;

/**
 * A SEND that asks for a reply, and gets exactly one. Found in the headers of its
 * message. Thread-safe.
 */
final class Call {

	private static final String HEADER = "realtimeCall";

	private final ConnectionCalls calls;

	private final String replyTo;

	private final @Nullable String correlationId;

	private final AtomicBoolean answered = new AtomicBoolean();

	private volatile boolean counted;

	private volatile @Nullable Deadline deadline;

	private volatile boolean started;

	/**
	 * A call.
	 * @param calls the calls of its connection
	 * @param replyTo the id of the subscription the reply goes to
	 * @param correlationId what the client calls it; {@code null} if that is not valid
	 */
	Call(ConnectionCalls calls, String replyTo, @Nullable String correlationId) {
		this.calls = calls;
		this.replyTo = replyTo;
		this.correlationId = correlationId;
	}

	static @Nullable Call of(Message<?> message) {
		return (Call) message.getHeaders().get(HEADER);
	}

	static @Nullable Call of(StompHeaderAccessor frame) {
		return (Call) frame.getHeader(HEADER);
	}

	void attachTo(StompHeaderAccessor frame) {
		frame.setHeader(HEADER, this);
	}

	boolean hasCorrelationId() {
		return this.correlationId != null;
	}

	/**
	 * Counts the call as one that is not answered yet.
	 * @param limit the most there may be, or zero
	 * @return {@code false} if there are as many
	 */
	boolean count(long limit) {
		this.counted = this.calls.acquire(limit);
		return this.counted;
	}

	/**
	 * Says until when there has to be a reply.
	 */
	void expectBy(Deadline deadline) {
		this.deadline = deadline;
	}

	/**
	 * A method of the application is at work on it, which will reply in its own time.
	 */
	void started() {
		this.started = true;
	}

	boolean isStarted() {
		return this.started;
	}

	/**
	 * Replies, unless there was a reply.
	 * @param json what the method returned
	 */
	void reply(byte[] json) {
		if (finish()) {
			this.calls.send(this.replyTo,
					(frames) -> frames.reply(this.replyTo, this.correlationId, json, false, null));
		}
	}

	/**
	 * Replies that it failed, unless there was a reply.
	 * @param json why
	 */
	void fail(byte[] json) {
		if (finish()) {
			this.calls.send(this.replyTo, (frames) -> frames.reply(this.replyTo, this.correlationId, json, true, null));
		}
	}

	void fail(ControlCode code) {
		fail(StompFrames.controlBody(code, code.detail()));
	}

	void fail(Refusal refusal) {
		if (finish()) {
			byte[] body = StompFrames.controlBody(ControlCode.RATE_LIMITED, ControlCode.RATE_LIMITED.detail());
			this.calls.send(this.replyTo,
					(frames) -> frames.reply(this.replyTo, this.correlationId, body, true, refusal.retryAfter()));
		}
	}

	private boolean finish() {
		boolean first = this.answered.compareAndSet(false, true);
		if (first && this.counted) {
			this.calls.release();
		}
		Deadline deadline = this.deadline;
		if (first && deadline != null) {
			deadline.meet();
		}
		return first;
	}

	@Override
	public String toString() {
		return "Call for " + this.replyTo;
	}

}
