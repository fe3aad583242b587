package dev.realtime.benchmarks.client;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * STOMP 1.2 over WebSocket, one frame or several in a message.
 *
 * @param path the path of the endpoint
 * @param httpHeaders headers of the handshake, such as {@code Authorization}
 * @param connectHeaders headers of CONNECT, such as {@code login}
 * @param destination what is subscribed to; {@code %d} stands for the id, if the server
 * has a destination for each
 * @param acknowledges whether SUBSCRIBE is answered by RECEIPT
 * @since 0.1.0
 */
public record StompDialect(String path, List<String> httpHeaders, List<String> connectHeaders, String destination,
		boolean acknowledges) implements Dialect {

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private static final long LOW_BITS = 0x0101010101010101L;

	private static final long HIGH_BITS = 0x8080808080808080L;

	/**
	 * The first of the ids in payloads, which have a fixed number of digits.
	 */
	private static final int FIRST_ID = 1_000_000;

	@Override
	public Handshake handshake(Wanted wanted) {
		List<String> headers = new ArrayList<>(this.httpHeaders);
		headers.add("Sec-WebSocket-Protocol: v12.stomp");
		return new Handshake(this.path, headers);
	}

	@Override
	public void opened(ClientConnection connection) {
		// To RabbitMQ that is the name of a virtual host, to the others it says nothing.
		StringBuilder connect = new StringBuilder("CONNECT\naccept-version:1.2\nhost:/\nheart-beat:0,0\n");
		this.connectHeaders.forEach((header) -> connect.append(header).append('\n'));
		connection.send(connect.append("\n\0").toString());
	}

	private void subscribe(ClientConnection connection) {
		Wanted wanted = connection.wanted();
		for (int id : wanted.ids()) {
			StringBuilder subscribe = new StringBuilder("SUBSCRIBE\nid:s").append(id)
				.append("\ndestination:")
				.append(String.format(this.destination, id))
				.append('\n');
			if (this.acknowledges) {
				subscribe.append("receipt:r").append(id).append('\n');
			}
			if (wanted.filtered() && !this.destination.contains("%d")) {
				subscribe.append("filter:{\"id\"\\c").append(FIRST_ID + id).append("}\n");
			}
			connection.send(subscribe.append("\n\0").toString());
		}
		connection.asked();
	}

	@Override
	public void message(ClientConnection connection, byte[] bytes, int from, int to) {
		int start = from;
		while (start < to) {
			if (bytes[start] == '\n') {
				start++;
				continue;
			}
			int end = indexOfNull(bytes, start, to);
			if (end == to) {
				connection.fail("A STOMP frame without an end");
				return;
			}
			frame(connection, bytes, start, end);
			start = end + 1;
		}
	}

	private void frame(ClientConnection connection, byte[] bytes, int from, int end) {
		switch (bytes[from]) {
			case 'M' -> {
				if (Payloads.endsAt(bytes, from, end)) {
					connection.delivered(bytes, end);
				}
				else {
					fail(connection, bytes, from, end);
				}
			}
			case 'R' -> connection.acknowledged();
			case 'C' -> subscribe(connection);
			default -> fail(connection, bytes, from, end);
		}
	}

	private static void fail(ClientConnection connection, byte[] bytes, int from, int end) {
		connection.fail(new String(bytes, from, end - from, StandardCharsets.UTF_8).replace('\n', ' '));
	}

	/**
	 * Eight bytes at a time, since this is most of what the client does: see "Determine
	 * if a word has a zero byte" in Sean Eron Anderson's Bit Twiddling Hacks.
	 */
	private static int indexOfNull(byte[] bytes, int from, int to) {
		int i = from;
		for (; i + Long.BYTES <= to; i += Long.BYTES) {
			long word = (long) LONGS.get(bytes, i);
			long found = (word - LOW_BITS) & ~word & HIGH_BITS;
			if (found != 0) {
				return i + (Long.numberOfTrailingZeros(found) / Byte.SIZE);
			}
		}
		while (i < to && bytes[i] != 0) {
			i++;
		}
		return i;
	}

}
