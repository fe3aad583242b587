package dev.realtime.netty;

import java.time.Duration;
import java.util.List;

/**
 * Settings of the dedicated port.
 *
 * @param port the port; zero takes a free one
 * @param path the path of the WebSocket endpoint
 * @param allowedOrigins origins, or patterns, whose pages may connect besides those of
 * the same host
 * @param handshakeTimeout the time a client has to send its handshake
 * @param trustedProxies addresses, or networks such as {@code 10.0.0.0/8}, of proxies
 * whose {@code X-Forwarded-For} is believed
 * @since 0.1.0
 */
public record NettyOptions(int port, String path, List<String> allowedOrigins, Duration handshakeTimeout,
		List<String> trustedProxies) {

}
