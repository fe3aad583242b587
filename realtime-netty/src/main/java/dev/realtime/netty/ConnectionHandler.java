package dev.realtime.netty;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.realtime.core.CloseReason;
import dev.realtime.core.Connection;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PingMessage;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Hands what a client sends to Spring, in order, on a worker thread: rules may block, and
 * the event loop may not.
 */
final class ConnectionHandler extends SimpleChannelInboundHandler<WebSocketFrame> {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionHandler.class);

	/** RFC 6455, 7.4.2: nobody uses higher ones. */
	private static final int MAX_CLOSE_CODE = 4999;

	/** Messages that wait for a worker before the connection is no longer read. */
	private static final int MAX_WAITING = 64;

	/** The same in bytes, for those that are large. */
	private static final int MAX_WAITING_BYTES = 64 * 1024;

	/** Between two looks at what a client still sends that had to go for its rate. */
	private static final long UNWANTED_MILLIS = 100;

	private final WebSocketHandler handler;

	private final NettySession session;

	private final NettySink sink;

	private final Connection<?> connection;

	private final SerialExecutor worker;

	private final AtomicInteger waitingBytes = new AtomicInteger();

	private CloseStatus status = CloseStatus.NO_CLOSE_FRAME;

	/** Nothing more is handled: all that is looked for is the answer to our close. */
	private boolean deaf;

	ConnectionHandler(WebSocketHandler handler, NettySession session, Connection<?> connection, NettySink sink,
			SerialExecutor worker) {
		this.handler = handler;
		this.session = session;
		this.sink = sink;
		this.connection = connection;
		this.worker = worker;
	}

	/**
	 * Tells the client to go. May be called by any thread.
	 */
	void goAway() {
		this.connection.close(CloseReason.GOING_AWAY);
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.worker.execute(() -> run(context, () -> this.handler.afterConnectionEstablished(this.session)));
	}

	@Override
	protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
		if (frame instanceof CloseWebSocketFrame close) {
			close(context, close);
		}
		else if (this.sink.closeReason() != null) {
			ignore(context);
		}
		else if (frame instanceof PingWebSocketFrame ping) {
			answer(context, ping);
			handle(context, new PingMessage(ByteBuffer.wrap(ByteBufUtil.getBytes(ping.content()))));
		}
		else if (frame instanceof PongWebSocketFrame pong) {
			handle(context, new PongMessage(ByteBuffer.wrap(ByteBufUtil.getBytes(pong.content()))));
		}
		else {
			// Text as well: a client may split it anywhere, also within a character.
			handle(context, new BinaryMessage(ByteBufUtil.getBytes(frame.content()), frame.isFinalFragment()));
		}
	}

	/**
	 * What a client goes on to send has no effect, and what one sends that had to go
	 * because it sent too much is read slowly: its answer to our close may be among it,
	 * and a flood is not to cost anything.
	 */
	private void ignore(ChannelHandlerContext context) {
		if (this.sink.closeReason() == CloseReason.RATE_LIMITED) {
			context.channel().config().setAutoRead(false);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		if (this.sink.closeReason() == CloseReason.RATE_LIMITED && !context.channel().config().isAutoRead()) {
			context.executor().schedule(context::read, UNWANTED_MILLIS, TimeUnit.MILLISECONDS);
		}
		context.fireChannelReadComplete();
	}

	/**
	 * Pongs are all that is sent without looking at what is pending. RFC 6455, 5.5.3: not
	 * every ping has to be answered.
	 */
	private static void answer(ChannelHandlerContext context, PingWebSocketFrame ping) {
		if (context.channel().isWritable()) {
			context.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
		}
	}

	private void close(ChannelHandlerContext context, CloseWebSocketFrame close) {
		if (this.sink.closeReason() != null) {
			// The answer to ours.
			context.close();
			return;
		}
		if (close.statusCode() > MAX_CLOSE_CODE) {
			violation(WebSocketCloseStatus.PROTOCOL_ERROR);
			return;
		}
		this.status = (close.statusCode() > 0) ? new CloseStatus(close.statusCode()) : CloseStatus.NO_STATUS_CODE;
		context.writeAndFlush(close.retainedDuplicate()).addListener(ChannelFutureListener.CLOSE);
	}

	private void handle(ChannelHandlerContext context, WebSocketMessage<?> message) {
		this.deaf |= this.sink.closeReason() != null && isBehind();
		if (this.deaf) {
			return;
		}
		int length = message.getPayloadLength();
		this.waitingBytes.addAndGet(length);
		this.worker.execute(() -> {
			run(context, () -> this.handler.handleMessage(this.session, message));
			this.waitingBytes.addAndGet(-length);
			if (this.worker.size() == 0 && !context.channel().config().isAutoRead()
					&& this.sink.closeReason() != CloseReason.RATE_LIMITED) {
				context.channel().config().setAutoRead(true);
			}
		});
		if (isBehind() && this.sink.closeReason() == null) {
			context.channel().config().setAutoRead(false);
			if (this.worker.size() == 0) {
				// The worker was done before it could see that.
				context.channel().config().setAutoRead(true);
			}
		}
	}

	/**
	 * Whether so much waits for the worker that no more is read.
	 */
	private boolean isBehind() {
		return this.worker.size() >= MAX_WAITING || this.waitingBytes.get() >= MAX_WAITING_BYTES;
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		// The lane's turn: what was held back can go out.
		this.connection.lane().execute(() -> {
		});
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.worker.execute(() -> run(context, () -> this.handler.afterConnectionClosed(this.session, this.status)));
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		logger.debug("{}: connection failed", this.session.getId(), cause);
		if (!(cause instanceof CorruptedWebSocketFrameException violation)) {
			context.close();
		}
		else if (this.sink.closeReason() == null) {
			violation(violation.closeStatus());
		}
	}

	private void violation(WebSocketCloseStatus told) {
		this.status = new CloseStatus(told.code());
		this.sink.close(CloseReason.PROTOCOL_ERROR, new CloseWebSocketFrame(told.code(), told.reasonText()));
	}

	private void run(ChannelHandlerContext context, Task task) {
		try {
			task.run();
		}
		catch (Exception | Error ex) {
			logger.warn("{}: handling failed", this.session.getId(), ex);
			context.close();
		}
	}

	/**
	 * What Spring does with an event of a connection.
	 */
	@FunctionalInterface
	private interface Task {

		void run() throws Exception;

	}

}
