package dev.realtime.netty;

import java.net.InetSocketAddress;
import java.net.URI;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import dev.realtime.limit.HandshakeLimiter;
import dev.realtime.netty.HandshakeHandler.Handshake;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;

/**
 * A connection of the dedicated port as Spring sees it. What is sent through it goes by
 * the connection's lane, see {@link dev.realtime.stomp.RealtimeWebSocketHandler}.
 */
final class NettySession implements WebSocketSession {

	/** By a secure generator: who knows the id counts as the client. */
	private final String id = UUID.randomUUID().toString();

	private final Map<String, Object> attributes = new ConcurrentHashMap<>();

	private final Channel channel;

	private final URI uri;

	private final HttpHeaders handshakeHeaders;

	private final @Nullable String protocol;

	private final int frameSize;

	NettySession(Channel channel, Handshake handshake, int frameSize) {
		this.channel = channel;
		this.uri = handshake.uri();
		this.handshakeHeaders = handshake.headers();
		this.protocol = handshake.protocol();
		this.frameSize = frameSize;
		if (handshake.address() != null) {
			HandshakeLimiter.rememberAddress(this.attributes, handshake.address());
		}
	}

	@Override
	public String getId() {
		return this.id;
	}

	@Override
	public URI getUri() {
		return this.uri;
	}

	@Override
	public HttpHeaders getHandshakeHeaders() {
		return this.handshakeHeaders;
	}

	@Override
	public Map<String, Object> getAttributes() {
		return this.attributes;
	}

	@Override
	public @Nullable Principal getPrincipal() {
		return null;
	}

	@Override
	public @Nullable InetSocketAddress getLocalAddress() {
		return (this.channel.localAddress() instanceof InetSocketAddress address) ? address : null;
	}

	@Override
	public @Nullable InetSocketAddress getRemoteAddress() {
		return (this.channel.remoteAddress() instanceof InetSocketAddress address) ? address : null;
	}

	@Override
	public @Nullable String getAcceptedProtocol() {
		return this.protocol;
	}

	@Override
	public void setTextMessageSizeLimit(int messageSizeLimit) {
		// Fixed when the channel was set up.
	}

	@Override
	public int getTextMessageSizeLimit() {
		return this.frameSize;
	}

	@Override
	public void setBinaryMessageSizeLimit(int messageSizeLimit) {
		// Fixed when the channel was set up.
	}

	@Override
	public int getBinaryMessageSizeLimit() {
		return this.frameSize;
	}

	@Override
	public List<WebSocketExtension> getExtensions() {
		return List.of();
	}

	@Override
	public void sendMessage(WebSocketMessage<?> message) {
		throw new UnsupportedOperationException("Frames go through the lane of the connection");
	}

	@Override
	public boolean isOpen() {
		return this.channel.isActive();
	}

	@Override
	public void close() {
		close(CloseStatus.NORMAL);
	}

	@Override
	public void close(CloseStatus status) {
		this.channel.writeAndFlush(new CloseWebSocketFrame(status.getCode(), status.getReason()));
		this.channel.close();
	}

}
