package dev.realtime.benchmarks.client;

import java.util.List;

/**
 * What a server wants to see in the HTTP request that opens a WebSocket.
 *
 * @param path the path
 * @param headers further headers, as they are written
 * @since 0.1.0
 */
public record Handshake(String path, List<String> headers) {

	String request(int port) {
		StringBuilder request = new StringBuilder("GET ").append(this.path).append(" HTTP/1.1\r\n");
		request.append("Host: localhost:").append(port).append("\r\n");
		request.append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n");
		request.append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
		this.headers.forEach((header) -> request.append(header).append("\r\n"));
		return request.append("\r\n").toString();
	}

}
