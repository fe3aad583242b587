package dev.realtime.benchmarks.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

import org.jspecify.annotations.Nullable;

/**
 * One connection of the load client. Belongs to the client's thread.
 *
 * @since 0.1.0
 */
public final class ClientConnection implements FrameReader.Receiver {

	/**
	 * Loopback addresses that connections come from in turn, so that no address runs out
	 * of ports.
	 */
	private static final int SOURCE_ADDRESSES = 8;

	private static final int CLOSE = 8;

	private static final int PING = 9;

	private static final int PONG = 10;

	/** RFC 6455: the connection went away without a close frame. */
	private static final int ABNORMAL_CLOSE = 1006;

	private static final byte[] NOTHING = new byte[0];

	private final LoadClient client;

	private final int number;

	private final Wanted wanted;

	private final SocketChannel channel;

	private final SelectionKey key;

	private final FrameReader reader = new FrameReader(this);

	private final long started = System.nanoTime();

	private byte[] incomplete = NOTHING;

	private byte[] unsent = NOTHING;

	private boolean open;

	private boolean subscribed;

	private boolean ready;

	private int acknowledged;

	private @Nullable BitSet probed;

	/** The sequence number this connection expects of each sender; see {@link Tally}. */
	private long[] next = new long[1];

	/** Whether it does not read, and what it got does not count. */
	boolean paused;

	ClientConnection(LoadClient client, int number, Wanted wanted, InetSocketAddress target, Selector selector,
			int receiveBuffer) throws IOException {
		this.client = client;
		this.number = number;
		this.wanted = wanted;
		this.channel = SocketChannel.open();
		this.channel.configureBlocking(false);
		this.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
		// No TIME_WAIT, of which tens of thousands would be left.
		this.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
		if (receiveBuffer > 0) {
			this.channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
		}
		this.channel.bind(new InetSocketAddress("127.0.0." + (2 + number % SOURCE_ADDRESSES), 0));
		this.key = this.channel.register(selector, SelectionKey.OP_CONNECT, this);
		if (this.channel.connect(target)) {
			connected();
		}
	}

	/**
	 * What this connection subscribes to.
	 * @return the wish
	 */
	public Wanted wanted() {
		return this.wanted;
	}

	int number() {
		return this.number;
	}

	/** Whether it still takes one of the places for handshakes. */
	boolean isConnecting() {
		return !this.subscribed;
	}

	private long age() {
		return System.nanoTime() - this.started;
	}

	void selected() {
		try {
			if (this.key.isConnectable()) {
				connected();
			}
			if (this.key.isValid() && this.key.isWritable()) {
				write(NOTHING);
			}
			if (this.key.isValid() && this.key.isReadable()) {
				read();
			}
		}
		catch (IOException ex) {
			closed(ABNORMAL_CLOSE, String.valueOf(ex.getMessage()));
		}
	}

	private void connected() throws IOException {
		this.channel.finishConnect();
		this.key.interestOps(SelectionKey.OP_READ);
		Handshake handshake = this.client.dialect().handshake(this.wanted);
		write(handshake.request(this.client.target().getPort()).getBytes(StandardCharsets.US_ASCII));
	}

	private void read() throws IOException {
		ByteBuffer in = this.client.in();
		int count = this.channel.read(in.clear());
		if (count < 0) {
			closed(ABNORMAL_CLOSE, "end of stream");
			return;
		}
		this.client.tally().arrived();
		byte[] bytes = this.client.bytes();
		System.arraycopy(this.incomplete, 0, bytes, 0, this.incomplete.length);
		in.flip().get(bytes, this.incomplete.length, count);
		int end = this.incomplete.length + count;
		int start = this.open ? 0 : handshake(bytes, end);
		int left = this.open ? this.reader.read(bytes, start, end) : start;
		this.incomplete = (left < end) ? Arrays.copyOfRange(bytes, left, end) : NOTHING;
	}

	private int handshake(byte[] bytes, int end) {
		String response = new String(bytes, 0, end, StandardCharsets.US_ASCII);
		int headEnd = response.indexOf("\r\n\r\n");
		if (headEnd < 0) {
			return 0;
		}
		if (!response.startsWith("HTTP/1.1 101")) {
			closed(ABNORMAL_CLOSE, response.substring(0, response.indexOf("\r\n")));
			return end;
		}
		this.open = true;
		this.client.dialect().opened(this);
		return headEnd + 4;
	}

	@Override
	public void message(byte[] bytes, int from, int to) {
		this.client.dialect().message(this, bytes, from, to);
	}

	@Override
	public void control(int opcode, byte[] bytes, int from, int to) {
		if (opcode == PING) {
			trySend(FrameReader.frame(PONG, Arrays.copyOfRange(bytes, from, to)));
		}
		else if (opcode == CLOSE) {
			int code = (to - from >= 2) ? ((bytes[from] & 0xff) << Byte.SIZE) | (bytes[from + 1] & 0xff)
					: ABNORMAL_CLOSE;
			closed(code, new String(bytes, from, to - from, StandardCharsets.UTF_8).trim());
		}
	}

	void send(String text) {
		trySend(FrameReader.text(text.getBytes(StandardCharsets.UTF_8)));
	}

	private void trySend(byte[] bytes) {
		try {
			write(bytes);
		}
		catch (IOException ex) {
			closed(ABNORMAL_CLOSE, String.valueOf(ex.getMessage()));
		}
	}

	private void write(byte[] bytes) throws IOException {
		ByteBuffer out = ByteBuffer.allocate(this.unsent.length + bytes.length).put(this.unsent).put(bytes).flip();
		this.channel.write(out);
		this.unsent = out.hasRemaining() ? Arrays.copyOfRange(out.array(), out.position(), out.limit()) : NOTHING;
		if (this.key.isValid() && !this.paused) {
			this.key.interestOps(SelectionKey.OP_READ | (out.hasRemaining() ? SelectionKey.OP_WRITE : 0));
		}
	}

	/** All subscriptions are on their way to the server. */
	void asked() {
		if (!this.client.dialect().acknowledges()) {
			subscribed();
		}
	}

	private void subscribed() {
		this.subscribed = true;
		this.client.subscribed(age());
	}

	/** The server acknowledged one subscription. */
	void acknowledged() {
		if (++this.acknowledged == this.wanted.ids().length) {
			acknowledgedAll();
		}
	}

	void acknowledgedAll() {
		subscribed();
		ready();
	}

	private void ready() {
		if (!this.ready) {
			this.ready = true;
			this.client.ready();
		}
	}

	/** The server delivered a payload that ends here. */
	void delivered(byte[] bytes, int end) {
		long sequence = Payloads.sequence(bytes, end);
		if (sequence >= Payloads.PROBES) {
			probed((int) (sequence - Payloads.PROBES));
		}
		else if (!this.paused) {
			this.client.tally().delivered(this, sequence, Payloads.time(bytes, end));
		}
	}

	private void probed(int id) {
		if (this.ready || this.client.dialect().acknowledges()) {
			return;
		}
		BitSet seen = (this.probed != null) ? this.probed : new BitSet();
		this.probed = seen;
		seen.set(id);
		if (seen.cardinality() == this.wanted.ids().length) {
			this.probed = null;
			ready();
		}
	}

	/**
	 * Takes a number.
	 * @return {@code false} if it, or a later one of the same sender, was there before
	 */
	boolean expects(int senders, long sequence) {
		if (this.next.length != senders) {
			this.next = new long[senders];
		}
		int sender = (int) (sequence % senders);
		boolean expected = sequence >= this.next[sender];
		this.next[sender] = sequence + 1;
		return expected;
	}

	void pause() {
		this.paused = true;
		this.key.interestOps(0);
	}

	/** Reads on, to learn how it ended. What comes does not count. */
	void resume() {
		if (this.key.isValid()) {
			this.key.interestOps(SelectionKey.OP_READ);
		}
	}

	void fail(String reason) {
		closed(ABNORMAL_CLOSE, reason);
	}

	private void closed(int code, String reason) {
		if (this.channel.isOpen()) {
			close();
			this.client.closed(this, code, reason);
		}
	}

	void close() {
		this.key.cancel();
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			// It is gone either way.
		}
	}

}
