package dev.realtime.system;

import java.net.URI;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.ssl.SslHandler;

/**
 * Opens connections with Netty. The client of the JDK is of no use here: it reports 1006
 * in place of the close frame's code if the end of the stream comes right after it (the
 * race that {@code WebSocketImpl.signalClose} has a note about).
 */
final class WebSocketClient implements AutoCloseable {

	/** What {@link Listener#ended} says of a connection without a close frame. */
	static final int NO_CLOSE_FRAME = 0;

	private static final int MAX_MESSAGE = 1024 * 1024;

	private static final long HANDSHAKE_MILLIS = 30_000;

	private final EventLoopGroup threads = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

	private final SSLContext ssl;

	/**
	 * A client without connections.
	 * @param ssl whom it trusts, or {@code null} if it does not speak TLS
	 */
	WebSocketClient(SSLContext ssl) {
		this.ssl = ssl;
	}

	/**
	 * Opens a connection.
	 * @return the channel, which may not be connected yet
	 */
	Channel open(URI endpoint, Listener listener) {
		WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
			.webSocketUri(endpoint)
			.subprotocol("v12.stomp")
			.handleCloseFrames(false)
			.handshakeTimeoutMillis(HANDSHAKE_MILLIS)
			.maxFramePayloadLength(MAX_MESSAGE)
			.build();
		ChannelFuture connected = new Bootstrap().group(this.threads)
			.channel(NioSocketChannel.class)
			.handler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
					if (endpoint.getScheme().equals("wss")) {
						SSLEngine engine = WebSocketClient.this.ssl.createSSLEngine(endpoint.getHost(),
								endpoint.getPort());
						engine.setUseClientMode(true);
						channel.pipeline().addLast(new SslHandler(engine));
					}
					channel.pipeline()
						.addLast(new HttpClientCodec(), new HttpObjectAggregator(MAX_MESSAGE),
								new WebSocketClientProtocolHandler(config), new WebSocketFrameAggregator(MAX_MESSAGE),
								new Handler(listener));
				}

			})
			.connect(endpoint.getHost(), endpoint.getPort());
		connected.addListener((done) -> {
			if (!done.isSuccess()) {
				listener.ended(NO_CLOSE_FRAME, String.valueOf(done.cause()));
			}
		});
		return connected.channel();
	}

	@Override
	public void close() {
		this.threads.shutdownGracefully();
	}

	/**
	 * Hears of a connection, on one thread. Only the first end counts.
	 */
	interface Listener {

		void opened(Channel channel);

		void received(Channel channel, String text);

		void ended(int code, String reason);

	}

	/**
	 * Translates events of a channel.
	 */
	private static final class Handler extends SimpleChannelInboundHandler<WebSocketFrame> {

		private final Listener listener;

		Handler(Listener listener) {
			this.listener = listener;
		}

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
				this.listener.opened(context.channel());
			}
			else if (event == ClientHandshakeStateEvent.HANDSHAKE_TIMEOUT) {
				context.close();
			}
		}

		@Override
		protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
			if (frame instanceof TextWebSocketFrame text) {
				this.listener.received(context.channel(), text.text());
			}
			else if (frame instanceof CloseWebSocketFrame close) {
				context.writeAndFlush(close.retainedDuplicate()).addListener(ChannelFutureListener.CLOSE);
				this.listener.ended(close.statusCode(), close.reasonText());
			}
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			this.listener.ended(NO_CLOSE_FRAME, "end of stream");
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			this.listener.ended(NO_CLOSE_FRAME, cause.toString());
			context.close();
		}

	}

}
