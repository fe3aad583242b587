package dev.realtime.benchmarks.server;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The floor: the least a server can do that delivers each message with a {@code write} of
 * its own. The frame is ready before the first of them, connections are blocking, one
 * thread writes. What is above it is a server's own; what is below has batched.
 *
 * @since 0.1.0
 */
public final class FloorServer {

	private static final int BACKLOG = 4096;

	private static final int REQUEST_SIZE = 4096;

	private static final int TWO_BYTE_LENGTH = 126;

	private static final String ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();

	private final Runnable onConnection;

	/**
	 * A server that is not serving yet.
	 * @param onConnection told before a connection gets its answer
	 */
	FloorServer(Runnable onConnection) {
		this.onConnection = onConnection;
	}

	/**
	 * Main.
	 * @param args the port of the control server, and that of the server
	 * @throws IOException if the port is taken
	 */
	public static void main(String[] args) throws IOException {
		Parent.dieWith();
		serve(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
	}

	/**
	 * Serves for ever.
	 * @param control the port of the control server
	 * @param port the port of the server
	 * @throws IOException if a port is taken
	 */
	public static void serve(int control, int port) throws IOException {
		FloorServer server = new FloorServer(() -> {
		});
		server.serve(control, port, (id, payload) -> server.write(payload.json()));
	}

	void serve(int control, int port, Publisher publisher) throws IOException {
		try (ServerSocketChannel listener = ServerSocketChannel.open()) {
			listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
			ControlServer.start(control, publisher);
			while (true) {
				accept(listener.accept());
			}
		}
	}

	private void accept(SocketChannel connection) {
		try {
			connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
			String key = readRequest(connection).lines()
				.filter((line) -> line.startsWith("Sec-WebSocket-Key: "))
				.map((line) -> line.substring(line.indexOf(' ') + 1))
				.findFirst()
				.orElseThrow();
			write(connection,
					StandardCharsets.US_ASCII
						.encode("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
								+ "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n"));
			// What is asked for does not matter: everybody gets everything.
			connection.read(ByteBuffer.allocate(REQUEST_SIZE));
			this.onConnection.run();
			this.connections.add(connection);
			write(connection, frame("ok"));
		}
		catch (IOException ex) {
			System.err.println(ex);
		}
	}

	private static String readRequest(SocketChannel connection) throws IOException {
		ByteBuffer request = ByteBuffer.allocate(REQUEST_SIZE);
		String text = "";
		while (!text.endsWith("\r\n\r\n")) {
			if (connection.read(request) < 0) {
				throw new EOFException();
			}
			text = new String(request.array(), 0, request.position(), StandardCharsets.US_ASCII);
		}
		return text;
	}

	private static String accept(String key) {
		try {
			byte[] digest = MessageDigest.getInstance("SHA-1")
				.digest((key + ACCEPT).getBytes(StandardCharsets.US_ASCII));
			return Base64.getEncoder().encodeToString(digest);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static ByteBuffer frame(String payload) {
		byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
		ByteBuffer frame = ByteBuffer.allocateDirect(bytes.length + 4).put((byte) 0x81);
		if (bytes.length < TWO_BYTE_LENGTH) {
			frame.put((byte) bytes.length);
		}
		else {
			frame.put((byte) TWO_BYTE_LENGTH).putShort((short) bytes.length);
		}
		return frame.put(bytes).flip();
	}

	/**
	 * Writes to all connections.
	 */
	void write(String payload) {
		ByteBuffer frame = frame(payload);
		for (SocketChannel connection : this.connections) {
			try {
				write(connection, frame);
			}
			catch (IOException ex) {
				this.connections.remove(connection);
			}
		}
	}

	private static void write(SocketChannel connection, ByteBuffer frame) throws IOException {
		frame.rewind();
		while (frame.hasRemaining()) {
			connection.write(frame);
		}
	}

}
