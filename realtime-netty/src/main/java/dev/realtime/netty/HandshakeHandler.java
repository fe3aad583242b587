package dev.realtime.netty;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import dev.realtime.limit.HandshakeLimiter;
import dev.realtime.limit.Limiter;
import dev.realtime.limit.Refusal;
import dev.realtime.stomp.LogText;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.HttpHeaders;

/**
 * Answers the one HTTP request of a connection: a WebSocket handshake at our path, or an
 * error.
 */
final class HandshakeHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

	private static final Logger logger = LoggerFactory.getLogger(HandshakeHandler.class);

	/** Of RFC 6455. Those of its drafts have other frames. */
	private static final String VERSION = "13";

	private static final String FORWARDED_FOR = "X-Forwarded-For";

	private static final String SUB_PROTOCOLS = "v12.stomp,v11.stomp,v10.stomp";

	private final NettyOptions options;

	private final OriginCheck origins;

	private final ClientAddress addresses;

	private final Limiter limiter;

	private final int frameSize;

	private final Accepted accepted;

	private @Nullable ScheduledFuture<?> timeout;

	HandshakeHandler(NettyOptions options, OriginCheck origins, ClientAddress addresses, Limiter limiter, int frameSize,
			Accepted accepted) {
		this.options = options;
		this.origins = origins;
		this.addresses = addresses;
		this.limiter = limiter;
		this.frameSize = frameSize;
		this.accepted = accepted;
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		Duration limit = this.options.handshakeTimeout();
		this.timeout = context.executor().schedule(() -> context.close(), limit.toMillis(), TimeUnit.MILLISECONDS);
		context.fireChannelActive();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		cancelTimeout();
		context.fireChannelInactive();
	}

	@Override
	protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
		try {
			HttpResponseStatus refusal = refusal(request);
			if (refusal != null) {
				refuse(context, refusal, null);
				return;
			}
			String address = this.addresses.of(context.channel().remoteAddress(),
					request.headers().getAll(FORWARDED_FOR));
			Refusal full = this.limiter.handshake(address);
			if (full != null) {
				refuse(context, HttpResponseStatus.valueOf(HandshakeLimiter.status(full).value()), full);
			}
			else {
				upgrade(context, request, address);
			}
		}
		catch (WebSocketHandshakeException | IllegalArgumentException ex) {
			logger.debug("Refused a handshake: {}", LogText.of(ex.getMessage()));
			refuse(context, HttpResponseStatus.BAD_REQUEST, null);
		}
	}

	private void upgrade(ChannelHandlerContext context, FullHttpRequest request, @Nullable String address) {
		URI uri = URI.create("ws://" + request.headers().get(HttpHeaderNames.HOST, "localhost") + this.options.path());
		HttpHeaders headers = copy(request);
		WebSocketServerHandshaker handshaker = new WebSocketServerHandshaker13(this.options.path(), SUB_PROTOCOLS,
				WebSocketDecoderConfig.newBuilder()
					.maxFramePayloadLength(this.frameSize)
					.allowExtensions(false)
					.closeOnProtocolViolation(false)
					.build()) {

			@Override
			protected WebSocketFrameDecoder newWebsocketDecoder() {
				return new ClientFrameDecoder(decoderConfig());
			}

		};
		handshaker.handshake(context.channel(), request).addListener((future) -> {
			if (future.isSuccess()) {
				cancelTimeout();
				this.accepted.accept(context, new Handshake(uri, headers, handshaker.selectedSubprotocol(), address));
			}
			else {
				context.close();
			}
		});
	}

	private @Nullable HttpResponseStatus refusal(FullHttpRequest request) {
		if (request.decoderResult().isFailure()) {
			return HttpResponseStatus.BAD_REQUEST;
		}
		if (!new QueryStringDecoder(request.uri()).path().equals(this.options.path())) {
			return HttpResponseStatus.NOT_FOUND;
		}
		if (!request.method().equals(HttpMethod.GET)) {
			return HttpResponseStatus.METHOD_NOT_ALLOWED;
		}
		if (!request.headers().containsValue(HttpHeaderNames.UPGRADE, "websocket", true)
				|| !VERSION.equals(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
			return HttpResponseStatus.UPGRADE_REQUIRED;
		}
		boolean origin = this.origins.accepts(request.headers().get(HttpHeaderNames.ORIGIN),
				request.headers().get(HttpHeaderNames.HOST));
		return origin ? null : HttpResponseStatus.FORBIDDEN;
	}

	private static void refuse(ChannelHandlerContext context, HttpResponseStatus status, @Nullable Refusal full) {
		DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status,
				Unpooled.copiedBuffer(status.reasonPhrase(), StandardCharsets.US_ASCII));
		HttpUtil.setContentLength(response, response.content().readableBytes());
		HttpUtil.setKeepAlive(response, false);
		if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
			response.headers()
				.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
				.set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, VERSION);
		}
		if (full != null) {
			response.headers().set(HttpHeaderNames.RETRY_AFTER, full.retryAfterSeconds());
		}
		context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
	}

	private static HttpHeaders copy(FullHttpRequest request) {
		HttpHeaders headers = new HttpHeaders();
		request.headers().forEach((header) -> headers.add(header.getKey(), header.getValue()));
		return headers;
	}

	private void cancelTimeout() {
		if (this.timeout != null) {
			this.timeout.cancel(false);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		logger.debug("A handshake failed", cause);
		context.close();
	}

	/**
	 * What to do with a connection that was upgraded.
	 */
	@FunctionalInterface
	interface Accepted {

		void accept(ChannelHandlerContext context, Handshake handshake);

	}

	/**
	 * What a client said.
	 *
	 * @param uri where it wants to
	 * @param headers the headers of its request
	 * @param protocol the sub-protocol that was chosen
	 * @param address where it is
	 */
	record Handshake(URI uri, HttpHeaders headers, @Nullable String protocol, @Nullable String address) {

	}

}
