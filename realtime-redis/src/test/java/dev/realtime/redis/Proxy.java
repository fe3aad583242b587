package dev.realtime.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import io.lettuce.core.RedisURI;

/**
 * A TCP proxy in front of a server, which can swallow what the server sends on the
 * connections there are, and leaves them open, or hold it back, or refuse connections,
 * and counts round trips.
 */
public final class Proxy implements AutoCloseable {

	private final ServerSocket listener;

	private final int target;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final AtomicInteger accepted = new AtomicInteger();

	private final AtomicInteger requests = new AtomicInteger();

	private final AtomicInteger roundTrips = new AtomicInteger();

	private volatile Duration delay = Duration.ZERO;

	/** Connections up to this one get nothing any more. */
	private volatile int swallowedUpTo;

	private volatile boolean cut;

	/**
	 * A proxy on a port of its choice.
	 * @param target the port of the server
	 */
	public Proxy(int target) throws IOException {
		this.target = target;
		this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		run(this::accept);
	}

	public int port() {
		return this.listener.getLocalPort();
	}

	RedisURI uri() {
		return RedisURI.create("127.0.0.1", port());
	}

	int accepted() {
		return this.accepted.get();
	}

	void swallow() {
		this.swallowedUpTo = this.accepted.get();
	}

	/**
	 * Ends all connections, and others as soon as they come, until {@link #restore()}.
	 */
	public void cut() throws IOException {
		this.cut = true;
		closeAll();
	}

	public void restore() {
		this.cut = false;
	}

	/**
	 * Holds back what the server sends from now on, each time it sends something.
	 */
	void delay(Duration delay) {
		this.delay = delay;
	}

	/**
	 * How often clients sent something, as it was read from the network.
	 */
	int requests() {
		return this.requests.get();
	}

	/**
	 * How often clients sent something after they had got something.
	 */
	int roundTrips() {
		return this.roundTrips.get();
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.listener.accept();
			Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
			this.sockets.add(client);
			this.sockets.add(server);
			if (this.cut) {
				closeAll();
				continue;
			}
			int number = this.accepted.incrementAndGet();
			AtomicBoolean answered = new AtomicBoolean(true);
			run(() -> copy(client, server, 0, answered));
			run(() -> copy(server, client, number, answered));
		}
	}

	private void copy(Socket from, Socket to, int number, AtomicBoolean answered) throws IOException {
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] buffer = new byte[64 * 1024];
			for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
				count(number == 0, answered);
				if (number == 0 || number > this.swallowedUpTo) {
					out.write(buffer, 0, read);
				}
			}
		}
	}

	private void count(boolean request, AtomicBoolean answered) {
		if (!request) {
			LockSupport.parkNanos(this.delay.toNanos());
			answered.set(true);
			return;
		}
		this.requests.incrementAndGet();
		if (answered.compareAndSet(true, false)) {
			this.roundTrips.incrementAndGet();
		}
	}

	private static void run(Work work) {
		Thread thread = new Thread(() -> {
			try {
				work.run();
			}
			catch (IOException ex) {
				// One of them has closed.
			}
		});
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		closeAll();
	}

	private void closeAll() throws IOException {
		for (Socket socket : this.sockets) {
			socket.close();
		}
		this.sockets.clear();
	}

	private interface Work {

		void run() throws IOException;

	}

}
