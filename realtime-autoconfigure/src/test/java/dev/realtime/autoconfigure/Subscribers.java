package dev.realtime.autoconfigure;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Many subscribers of one channel on one thread, each of which checks that it gets
 * everything once and in order.
 */
final class Subscribers implements AutoCloseable {

	private static final int SMALL_RECEIVE_BUFFER = 4096;

	private static final int HANGING_SUBSCRIPTIONS = 10;

	private static final byte[] OFFSET = "\nmessage-id:".getBytes(StandardCharsets.US_ASCII);

	private final List<Subscriber> subscribers = new ArrayList<>();

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(32 * 1024);

	private final Selector selector;

	private final Thread thread;

	private volatile boolean running = true;

	private long delivered;

	private String failure = "";

	Subscribers() throws IOException {
		this.selector = Selector.open();
		this.thread = new Thread(this::run, "subscribers");
	}

	/**
	 * Connects and subscribes, one after the other. Those that hang subscribe several
	 * times, so that the buffers of the kernel are full sooner, and never read again.
	 */
	void join(int port, int count, boolean hanging, String destination) throws IOException {
		for (int i = 0; i < count; i++) {
			Subscriber subscriber = new Subscriber(port, hanging ? SMALL_RECEIVE_BUFFER : 0,
					hanging ? HANGING_SUBSCRIPTIONS : 1, destination);
			this.subscribers.add(subscriber);
			if (!hanging) {
				subscriber.channel.configureBlocking(false);
				subscriber.channel.register(this.selector, SelectionKey.OP_READ, subscriber);
			}
		}
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Waits until those that read have got so many messages together.
	 */
	synchronized void awaitDelivered(long count) throws InterruptedException {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
		while (this.delivered < count && this.failure.isEmpty() && System.nanoTime() < deadline) {
			wait(1000);
		}
		assertThat(this.failure).isEmpty();
		assertThat(this.delivered).isGreaterThanOrEqualTo(count);
	}

	synchronized long delivered() {
		return this.delivered;
	}

	private void run() {
		try {
			while (this.running) {
				this.selector.select();
				for (SelectionKey key : this.selector.selectedKeys()) {
					read((Subscriber) key.attachment());
				}
				this.selector.selectedKeys().clear();
			}
		}
		catch (IOException | RuntimeException | AssertionError ex) {
			fail(ex.toString());
		}
	}

	private void read(Subscriber subscriber) throws IOException {
		this.buffer.clear();
		if (subscriber.channel.read(this.buffer) < 0) {
			throw new IOException("A connection was closed");
		}
		subscriber.take(this.buffer.flip());
		int messages = subscriber.messages();
		synchronized (this) {
			this.delivered += messages;
			notifyAll();
		}
	}

	private synchronized void fail(String failure) {
		this.failure = failure;
		notifyAll();
	}

	@Override
	public void close() throws IOException {
		this.running = false;
		this.selector.wakeup();
		for (Subscriber subscriber : this.subscribers) {
			subscriber.channel.close();
		}
		this.selector.close();
	}

	/**
	 * One connection.
	 */
	private static final class Subscriber {

		private final SocketChannel channel = SocketChannel.open();

		private byte[] bytes = new byte[32 * 1024];

		private int length;

		private byte[] text = new byte[16 * 1024];

		private int textLength;

		private long offset;

		Subscriber(int port, int receiveBuffer, int subscriptions, String destination) throws IOException {
			if (receiveBuffer > 0) {
				this.channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBuffer);
			}
			this.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
			this.channel.connect(new InetSocketAddress("localhost", port));
			send(("GET /realtime HTTP/1.1\r\nHost: localhost:" + port + "\r\nUpgrade: websocket\r\n"
					+ "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
					+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
				.getBytes(StandardCharsets.US_ASCII));
			readUntil("\r\n\r\n");
			sendText("CONNECT\naccept-version:1.2\npasscode:acme\nheart-beat:0,0\n\n\0");
			readUntil("\0");
			for (int i = 0; i < subscriptions; i++) {
				sendText("SUBSCRIBE\nid:s" + i + "\ndestination:" + destination + "\nreplay:none\nreceipt:r\n\n\0");
				readUntil("\0");
			}
		}

		private void sendText(String text) throws IOException {
			byte[] payload = text.getBytes(StandardCharsets.UTF_8);
			send(RawSocket.header(RawSocket.TEXT, payload.length));
			send(payload);
		}

		private void send(byte[] bytes) throws IOException {
			this.channel.write(ByteBuffer.wrap(bytes));
		}

		private void readUntil(String end) throws IOException {
			ByteBuffer one = ByteBuffer.allocate(1);
			StringBuilder read = new StringBuilder();
			while (read.indexOf(end) < 0) {
				one.clear();
				assertThat(this.channel.read(one)).as("%s", read).isEqualTo(1);
				read.append((char) one.get(0));
			}
			assertThat(read.toString()).doesNotContain("ERROR", "denied");
		}

		void take(ByteBuffer read) {
			int added = read.remaining();
			this.bytes = withRoom(this.bytes, this.length, added);
			read.get(this.bytes, this.length, added);
			this.length += added;
		}

		private static byte[] withRoom(byte[] bytes, int length, int room) {
			return (length + room <= bytes.length) ? bytes : Arrays.copyOf(bytes, length + room);
		}

		/**
		 * Takes the WebSocket messages that are complete.
		 * @return the number of STOMP frames in them
		 */
		int messages() {
			int messages = 0;
			int start = 0;
			int payload = payload(start);
			while (payload >= 0) {
				int size = size(start);
				this.text = withRoom(this.text, this.textLength, size);
				System.arraycopy(this.bytes, payload, this.text, this.textLength, size);
				this.textLength += size;
				if ((this.bytes[start] & RawSocket.LAST) != 0) {
					messages += frames();
				}
				start = payload + size;
				payload = payload(start);
			}
			System.arraycopy(this.bytes, start, this.bytes, 0, this.length - start);
			this.length -= start;
			return messages;
		}

		/**
		 * Where the payload of a frame begins, or -1 if it is not complete.
		 */
		private int payload(int start) {
			if (this.length - start < 4) {
				return -1;
			}
			assertThat(this.bytes[start] & 0x7f).as("text or a continuation")
				.isIn(RawSocket.FIRST_OF_TEXT, RawSocket.CONTINUATION);
			int payload = start + ((this.bytes[start + 1] < 126) ? 2 : 4);
			return (payload + size(start) <= this.length) ? payload : -1;
		}

		private int size(int start) {
			int size = this.bytes[start + 1];
			return (size < 126) ? size : (this.bytes[start + 2] & 0xff) << 8 | this.bytes[start + 3] & 0xff;
		}

		private int frames() {
			int frames = 0;
			int from = 0;
			for (int i = 0; i < this.textLength; i++) {
				if (this.text[i] == 0) {
					assertThat(offset(from, i)).as("the next offset").isEqualTo(++this.offset);
					frames++;
					from = i + 1;
				}
			}
			this.textLength = 0;
			return frames;
		}

		private long offset(int start, int end) {
			for (int i = start; i < end; i++) {
				if (Arrays.equals(this.text, i, i + OFFSET.length, OFFSET, 0, OFFSET.length)) {
					String head = new String(this.text, i + OFFSET.length, 60, StandardCharsets.US_ASCII);
					String position = head.substring(0, head.indexOf('\n'));
					return Long.parseLong(position.substring(position.indexOf('-') + 1));
				}
			}
			throw new AssertionError(new String(this.text, start, end - start, StandardCharsets.UTF_8));
		}

	}

}
