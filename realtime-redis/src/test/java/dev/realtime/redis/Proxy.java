package dev.realtime.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.lettuce.core.RedisURI;

/**
 * A TCP proxy in front of a server, which can swallow what the server sends on the
 * connections there are, and leaves them open.
 */
final class Proxy implements AutoCloseable {

	private final ServerSocket listener;

	private final int target;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final AtomicInteger accepted = new AtomicInteger();

	/** Connections up to this one get nothing any more. */
	private volatile int swallowedUpTo;

	Proxy(int target) throws IOException {
		this.target = target;
		this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		run(this::accept);
	}

	RedisURI uri() {
		return RedisURI.create("127.0.0.1", this.listener.getLocalPort());
	}

	int accepted() {
		return this.accepted.get();
	}

	void swallow() {
		this.swallowedUpTo = this.accepted.get();
	}

	private void accept() throws IOException {
		while (true) {
			Socket client = this.listener.accept();
			Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
			this.sockets.add(client);
			this.sockets.add(server);
			int number = this.accepted.incrementAndGet();
			run(() -> copy(client, server, 0));
			run(() -> copy(server, client, number));
		}
	}

	private void copy(Socket from, Socket to, int number) throws IOException {
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] buffer = new byte[8192];
			for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
				if (number == 0 || number > this.swallowedUpTo) {
					out.write(buffer, 0, read);
				}
			}
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
		for (Socket socket : this.sockets) {
			socket.close();
		}
	}

	private interface Work {

		void run() throws IOException;

	}

}
