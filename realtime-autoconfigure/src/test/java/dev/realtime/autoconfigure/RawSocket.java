package dev.realtime.autoconfigure;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that writes bytes, for what no WebSocket library would do.
 */
final class RawSocket implements AutoCloseable {

	static final int TEXT = 0x81;

	static final int BINARY = 0x82;

	static final int FIRST_OF_TEXT = 0x01;

	static final int CONTINUATION = 0x00;

	static final int LAST = 0x80;

	static final int CLOSE = 0x88;

	static final int PING = 0x89;

	static final int PONG = 0x8a;

	private static final int TIMEOUT_MILLIS = 30_000;

	private static final int SHORT_LENGTH = 125;

	private static final int MEDIUM_LENGTH_FOLLOWS = 126;

	private static final int LONG_LENGTH_FOLLOWS = 127;

	private static final int MEDIUM_LENGTH = 0xFFFF;

	private final Socket socket;

	private final DataInputStream in;

	private final OutputStream out;

	/**
	 * Opens a TCP connection and says nothing.
	 */
	RawSocket(int port) throws IOException {
		this(port, 0);
	}

	/**
	 * Opens a TCP connection with a receive buffer of this size, or of the usual one.
	 */
	RawSocket(int port, int receiveBuffer) throws IOException {
		this(port, receiveBuffer, null);
	}

	/**
	 * Opens a TCP connection from this address of the machine, or from any.
	 */
	RawSocket(int port, int receiveBuffer, String from) throws IOException {
		this.socket = new Socket();
		if (from != null) {
			this.socket.bind(new InetSocketAddress(from, 0));
		}
		if (receiveBuffer > 0) {
			this.socket.setReceiveBufferSize(receiveBuffer);
		}
		this.socket.setSoTimeout(TIMEOUT_MILLIS);
		this.socket.setTcpNoDelay(true);
		this.socket.connect(new InetSocketAddress("127.0.0.1", port));
		this.in = new DataInputStream(this.socket.getInputStream());
		this.out = this.socket.getOutputStream();
	}

	/**
	 * A good handshake.
	 */
	static RawSocket upgraded(int port, String... headers) throws IOException {
		RawSocket socket = new RawSocket(port);
		socket.upgrade(headers);
		return socket;
	}

	/**
	 * Sends a good handshake.
	 * @return the answer, which is a good one
	 */
	String upgrade(String... headers) throws IOException {
		write(handshake("/realtime", headers));
		String response = response();
		assertThat(response).startsWith("HTTP/1.1 101 ");
		return response;
	}

	String handshake(String path, String... headers) {
		List<String> all = new ArrayList<>(List.of("Upgrade: websocket", "Connection: Upgrade",
				"Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="));
		all.addAll(List.of(headers));
		return request("GET " + path, all.toArray(String[]::new));
	}

	String request(String methodAndPath, String... headers) {
		StringBuilder all = new StringBuilder();
		for (String header : headers) {
			all.append(header).append("\r\n");
		}
		return methodAndPath + " HTTP/1.1\r\nHost: localhost:" + this.socket.getPort() + "\r\n" + all + "\r\n";
	}

	void write(String text) throws IOException {
		write(text.getBytes(StandardCharsets.UTF_8));
	}

	void write(byte... bytes) throws IOException {
		this.out.write(bytes);
		this.out.flush();
	}

	/**
	 * The head of an HTTP response.
	 */
	String response() throws IOException {
		StringBuilder response = new StringBuilder();
		while (response.indexOf("\r\n\r\n") < 0) {
			response.append((char) this.in.readUnsignedByte());
		}
		return response.toString();
	}

	void sendText(String text) throws IOException {
		send(TEXT, text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Sends a frame with a mask of zeros.
	 */
	void send(int opcode, byte... payload) throws IOException {
		write(header(opcode, payload.length));
		write(payload);
	}

	/**
	 * The start of a frame with a mask of zeros.
	 */
	static byte[] header(int opcode, int length) {
		if (length <= SHORT_LENGTH) {
			return new byte[] { (byte) opcode, (byte) (0x80 | length), 0, 0, 0, 0 };
		}
		if (length <= MEDIUM_LENGTH) {
			return new byte[] { (byte) opcode, (byte) (0x80 | MEDIUM_LENGTH_FOLLOWS), (byte) (length >> 8),
					(byte) length, 0, 0, 0, 0 };
		}
		return new byte[] { (byte) opcode, (byte) (0x80 | LONG_LENGTH_FOLLOWS), 0, 0, 0, 0, (byte) (length >> 24),
				(byte) (length >> 16), (byte) (length >> 8), (byte) length, 0, 0, 0, 0 };
	}

	String receiveText() throws IOException {
		return new String(receive(TEXT), StandardCharsets.UTF_8);
	}

	byte[] receive(int opcode) throws IOException {
		Frame frame = receive();
		assertThat(frame.opcode).isEqualTo(opcode);
		return frame.payload;
	}

	Frame receive() throws IOException {
		int opcode = this.in.readUnsignedByte();
		int length = this.in.readUnsignedByte();
		return new Frame(opcode,
				this.in.readNBytes((length < MEDIUM_LENGTH_FOLLOWS) ? length : this.in.readUnsignedShort()));
	}

	/**
	 * The code of the close frame that comes next.
	 */
	int closeCode() throws IOException {
		byte[] close = receive(CLOSE);
		return (close[0] & 0xff) << 8 | close[1] & 0xff;
	}

	/**
	 * Whether the server has sent something that was not read yet.
	 */
	boolean hasInput() throws IOException {
		return this.in.available() > 0;
	}

	/**
	 * Reads the rest.
	 * @return what came before the server closed the connection
	 */
	String rest() throws IOException {
		return new String(this.in.readAllBytes(), StandardCharsets.UTF_8);
	}

	/**
	 * Reads what comes within a time, or until the server closes.
	 */
	String drain(int millis) throws IOException {
		StringBuilder read = new StringBuilder();
		this.socket.setSoTimeout(millis + 1);
		byte[] buffer = new byte[4096];
		try {
			for (int count = this.in.read(buffer); count >= 0; count = this.in.read(buffer)) {
				read.append(new String(buffer, 0, count, StandardCharsets.UTF_8));
			}
		}
		catch (SocketTimeoutException ex) {
			// That is all.
		}
		return read.toString();
	}

	/**
	 * Closes with RST instead of FIN.
	 */
	void reset() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

	record Frame(int opcode, byte[] payload) {

	}

}
