package dev.realtime.netty;

import java.util.concurrent.Executor;

import dev.realtime.core.Lane;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;

/**
 * Hands what a client sends to Spring, in order, on a worker thread: rules may block, and
 * the event loop may not.
 */
final class ConnectionHandler extends SimpleChannelInboundHandler<WebSocketFrame> {

	private static final Logger logger = LoggerFactory.getLogger(ConnectionHandler.class);

	/** Messages that wait for a worker before the connection is no longer read. */
	private static final int MAX_WAITING = 64;

	private final WebSocketHandler handler;

	private final NettySession session;

	private final Lane<?> lane;

	private final SerialExecutor worker;

	private CloseStatus status = CloseStatus.NO_CLOSE_FRAME;

	ConnectionHandler(WebSocketHandler handler, NettySession session, Lane<?> lane, Executor workers) {
		this.handler = handler;
		this.session = session;
		this.lane = lane;
		this.worker = new SerialExecutor(workers);
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.worker.execute(() -> run(context, () -> this.handler.afterConnectionEstablished(this.session)));
	}

	@Override
	protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
		if (frame instanceof TextWebSocketFrame text) {
			handle(context, new TextMessage(text.text()));
		}
		else if (frame instanceof BinaryWebSocketFrame binary) {
			byte[] bytes = new byte[binary.content().readableBytes()];
			binary.content().readBytes(bytes);
			handle(context, new BinaryMessage(bytes));
		}
		else if (frame instanceof PingWebSocketFrame ping) {
			context.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
		}
		else if (frame instanceof CloseWebSocketFrame close) {
			this.status = (close.statusCode() > 0) ? new CloseStatus(close.statusCode()) : CloseStatus.NO_STATUS_CODE;
			context.writeAndFlush(close.retainedDuplicate()).addListener(ChannelFutureListener.CLOSE);
		}
	}

	private void handle(ChannelHandlerContext context, WebSocketMessage<?> message) {
		this.worker.execute(() -> {
			run(context, () -> this.handler.handleMessage(this.session, message));
			if (this.worker.size() == 0 && !context.channel().config().isAutoRead()) {
				context.channel().config().setAutoRead(true);
			}
		});
		if (this.worker.size() >= MAX_WAITING) {
			context.channel().config().setAutoRead(false);
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		// The lane's turn: what was held back can go out.
		this.lane.execute(() -> {
		});
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.worker.execute(() -> run(context, () -> this.handler.afterConnectionClosed(this.session, this.status)));
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		logger.debug("{}: connection failed", this.session.getId(), cause);
		if (cause instanceof CorruptedWebSocketFrameException violation) {
			this.status = new CloseStatus(violation.closeStatus().code());
		}
		else if (cause instanceof TooLongFrameException) {
			this.status = CloseStatus.TOO_BIG_TO_PROCESS;
		}
		context.close();
	}

	private void run(ChannelHandlerContext context, Task task) {
		try {
			task.run();
		}
		catch (Exception ex) {
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
