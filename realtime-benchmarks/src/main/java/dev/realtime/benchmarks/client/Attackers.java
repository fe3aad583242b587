package dev.realtime.benchmarks.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that send as much as they can, each on a thread of its own, and come back as
 * soon as they are thrown out: one a flood of SEND, the next of SUBSCRIBE, the next of
 * pings.
 *
 * @since 0.1.0
 */
public final class Attackers implements AutoCloseable {

	private static final int FRAMES_PER_WRITE = 100;

	private static final int KINDS = 3;

	private static final int PING = 9;

	/** They have an address of their own. */
	private static final String SOURCE = "127.0.0.100";

	private static final int TIMEOUT_MILLIS = 10_000;

	private static final long PAUSE_MILLIS = 100;

	private static final long NANOS_PER_SECOND = 1_000_000_000L;

	private final List<Thread> threads = new ArrayList<>();

	private final LongAdder frames = new LongAdder();

	private final LongAdder connections = new LongAdder();

	private final InetSocketAddress target;

	private final StompDialect dialect;

	private final long nanosPerWrite;

	private volatile boolean running = true;

	/**
	 * Starts them.
	 * @param target where the server listens
	 * @param dialect how they introduce themselves
	 * @param count how many
	 * @param framesPerSecond of all together
	 */
	public Attackers(InetSocketAddress target, StompDialect dialect, int count, int framesPerSecond) {
		this.target = target;
		this.dialect = dialect;
		this.nanosPerWrite = (count > 0) ? NANOS_PER_SECOND * FRAMES_PER_WRITE * count / framesPerSecond : 0;
		for (int i = 0; i < count; i++) {
			byte[] flood = flood(i % KINDS);
			Thread thread = new Thread(() -> attack(flood), "attacker-" + i);
			thread.setDaemon(true);
			this.threads.add(thread);
			thread.start();
		}
	}

	private byte[] flood(int kind) {
		ByteArrayOutputStream flood = new ByteArrayOutputStream();
		for (int i = 0; i < FRAMES_PER_WRITE; i++) {
			flood.writeBytes(switch (kind) {
				case 0 -> text("SEND\ndestination:/app/noise\n\n" + i + "\0");
				case 1 -> text("SUBSCRIBE\nid:s" + i + "\ndestination:" + this.dialect.destination() + "\n\n\0");
				default -> FrameReader.frame(PING, new byte[] { (byte) i });
			});
		}
		return flood.toByteArray();
	}

	private static byte[] text(String frame) {
		return FrameReader.text(frame.getBytes(StandardCharsets.UTF_8));
	}

	private void attack(byte[] flood) {
		while (this.running) {
			try (Socket socket = new Socket()) {
				socket.bind(new InetSocketAddress(SOURCE, 0));
				socket.setSoTimeout(TIMEOUT_MILLIS);
				// No TIME_WAIT.
				socket.setSoLinger(true, 0);
				socket.connect(this.target);
				this.connections.increment();
				connect(socket);
				send(socket, flood);
			}
			catch (IOException ex) {
				// Thrown out.
			}
			pause(PAUSE_MILLIS * 1_000_000);
		}
	}

	private void connect(Socket socket) throws IOException {
		Handshake handshake = this.dialect.handshake(Wanted.everything());
		socket.getOutputStream().write(handshake.request(this.target.getPort()).getBytes(StandardCharsets.US_ASCII));
		int read = socket.getInputStream().read(new byte[TIMEOUT_MILLIS]);
		if (read < 0) {
			throw new IOException("Refused");
		}
		String headers = String.join("\n", this.dialect.connectHeaders());
		socket.getOutputStream()
			.write(text("CONNECT\naccept-version:1.2\nheart-beat:0,0\n" + (headers.isEmpty() ? "" : headers + "\n")
					+ "\n\0"));
		socket.getInputStream().read(new byte[TIMEOUT_MILLIS]);
	}

	private void send(Socket socket, byte[] flood) throws IOException {
		long next = System.nanoTime();
		byte[] buffer = new byte[TIMEOUT_MILLIS];
		InputStream in = socket.getInputStream();
		while (this.running) {
			socket.getOutputStream().write(flood);
			this.frames.add(FRAMES_PER_WRITE);
			while (in.available() > 0) {
				in.read(buffer);
			}
			next += this.nanosPerWrite;
			pause(next - System.nanoTime());
		}
	}

	private static void pause(long nanos) {
		if (nanos > 0) {
			LockSupport.parkNanos(nanos);
		}
	}

	/**
	 * What they have done so far.
	 * @return frames and connections
	 */
	@Override
	public String toString() {
		return this.frames + " frames sent in " + this.connections + " connections";
	}

	@Override
	public void close() {
		this.running = false;
		try {
			for (Thread thread : this.threads) {
				thread.join(TIMEOUT_MILLIS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
