package dev.realtime.stomp;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.ExecutorChannelInterceptor;

/**
 * The frames of one connection on their way into the {@code clientInboundChannel}, one at
 * a time: the next goes when all handlers are done with the one before. Frames of ours
 * are handled by the thread that brings them; those of the application go to Spring's
 * executor.
 * <p>
 * Unlike Spring's own way of keeping the order it leaves what interceptors throw to the
 * caller (spring-framework#33937), and its queue is bounded. Thread-safe.
 */
final class InboundFrames {

	/**
	 * Frames a client may send ahead of one the application still works on. A client of
	 * good will sends its subscriptions at once when it reconnects, 128 by default.
	 */
	private static final int MAX_WAITING = 1024;

	private static final String HEADER = "realtimeInboundFrame";

	private final IntSupplier handlers;

	private final Predicate<Message<byte[]>> dispatcher;

	private final Consumer<Message<byte[]>> whenHandled;

	private final Queue<InFlight> waiting = new ArrayDeque<>();

	private @Nullable InFlight current;

	private boolean draining;

	/**
	 * The frames of one connection.
	 * @param handlers the number of handlers of the channel
	 * @param dispatcher sends a frame to the channel; answers {@code false} if no handler
	 * is at work on it
	 * @param whenHandled called when all handlers are done with a frame, before the next
	 */
	InboundFrames(IntSupplier handlers, Predicate<Message<byte[]>> dispatcher, Consumer<Message<byte[]>> whenHandled) {
		this.handlers = handlers;
		this.dispatcher = dispatcher;
		this.whenHandled = whenHandled;
	}

	/**
	 * Handles a frame now, or after those before it.
	 * @return {@code false} if too many are waiting
	 */
	boolean offer(Message<byte[]> message, StompHeaderAccessor headers) {
		synchronized (this) {
			if (this.waiting.size() >= MAX_WAITING) {
				return false;
			}
			this.waiting.add(new InFlight(message, headers));
		}
		drain();
		return true;
	}

	/**
	 * Handles a last frame after the one that is being handled. Those that wait are
	 * dropped.
	 */
	void end(Message<byte[]> message, StompHeaderAccessor headers) {
		synchronized (this) {
			this.waiting.clear();
			this.waiting.add(new InFlight(message, headers));
		}
		drain();
	}

	private void drain() {
		InFlight next = enter();
		while (next != null) {
			dispatch(next);
			next = proceed();
		}
	}

	private void dispatch(InFlight frame) {
		boolean hasHandlers = frame.handlersLeft > 0;
		try {
			if (!this.dispatcher.test(frame.message) || !hasHandlers) {
				done(frame);
			}
		}
		catch (RuntimeException | Error ex) {
			abandon(frame);
			throw ex;
		}
	}

	private synchronized void abandon(InFlight frame) {
		done(frame);
		this.draining = false;
	}

	private synchronized @Nullable InFlight enter() {
		return this.draining ? null : proceed();
	}

	private synchronized @Nullable InFlight proceed() {
		this.draining = this.current == null && !this.waiting.isEmpty();
		if (!this.draining) {
			return null;
		}
		this.current = this.waiting.remove();
		this.current.handlersLeft = this.handlers.getAsInt();
		return this.current;
	}

	private synchronized void done(InFlight frame) {
		if (this.current == frame) {
			this.current = null;
		}
	}

	/**
	 * One frame, and the handlers of the application that are not done with it.
	 */
	private final class InFlight {

		private final Message<byte[]> message;

		private int handlersLeft;

		InFlight(Message<byte[]> message, StompHeaderAccessor headers) {
			headers.setHeader(HEADER, this);
			this.message = message;
		}

		void handled() {
			synchronized (InboundFrames.this) {
				if (--this.handlersLeft > 0) {
					return;
				}
			}
			try {
				InboundFrames.this.whenHandled.accept(this.message);
			}
			finally {
				done(this);
				drain();
			}
		}

	}

	/**
	 * Hears from the channel when a handler is done. The first interceptor of the
	 * channel.
	 */
	static final class DoneInterceptor implements ExecutorChannelInterceptor {

		@Override
		public void afterMessageHandled(Message<?> message, MessageChannel channel, MessageHandler handler,
				@Nullable Exception ex) {
			if (message.getHeaders().get(HEADER) instanceof InFlight frame) {
				frame.handled();
			}
		}

	}

}
