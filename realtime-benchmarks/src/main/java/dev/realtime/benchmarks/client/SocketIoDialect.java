package dev.realtime.benchmarks.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Socket.IO 5 on Engine.IO 4, WebSocket from the start. The client emits
 * {@code subscribe} with its ids, and the server's callback acknowledges.
 *
 * @since 0.1.0
 */
public final class SocketIoDialect implements Dialect {

	@Override
	public Handshake handshake(Wanted wanted) {
		return new Handshake("/socket.io/?EIO=4&transport=websocket", List.of());
	}

	@Override
	public void opened(ClientConnection connection) {
		// The server speaks first.
	}

	@Override
	public void message(ClientConnection connection, byte[] bytes, int from, int to) {
		switch (bytes[from]) {
			case '0' -> connection.send("40");
			case '2' -> connection.send("3");
			case '4' -> packet(connection, bytes, from + 1, to);
			default -> fail(connection, bytes, from, to);
		}
	}

	private static void packet(ClientConnection connection, byte[] bytes, int from, int to) {
		switch (bytes[from]) {
			case '0' -> subscribe(connection);
			case '2' -> {
				if (Payloads.endsAt(bytes, from, to - 1)) {
					connection.delivered(bytes, to - 1);
				}
				else {
					fail(connection, bytes, from, to);
				}
			}
			case '3' -> connection.acknowledgedAll();
			default -> fail(connection, bytes, from, to);
		}
	}

	private static void subscribe(ClientConnection connection) {
		String ids = Arrays.stream(connection.wanted().ids())
			.mapToObj(Integer::toString)
			.collect(Collectors.joining(","));
		connection.send("420[\"subscribe\",[" + ids + "]]");
		connection.asked();
	}

	private static void fail(ClientConnection connection, byte[] bytes, int from, int to) {
		connection.fail(new String(bytes, from, to - from, StandardCharsets.UTF_8));
	}

	@Override
	public boolean acknowledges() {
		return true;
	}

}
