package dev.realtime.benchmarks;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.realtime.benchmarks.client.LoadClient;
import dev.realtime.benchmarks.server.Load;
import dev.realtime.benchmarks.server.Publisher;
import org.jspecify.annotations.Nullable;

/**
 * A server in a process of its own.
 */
final class RunningServer implements Target, AutoCloseable {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	private static final long POLL_MILLIS = 50;

	private static final long STOP_SECONDS = 5;

	private final HttpClient http = HttpClient.newHttpClient();

	private final ServerKind kind;

	private final Ports ports;

	private final Process process;

	private final @Nullable Publisher publisher;

	private RunningServer(ServerKind kind, Ports ports, Process process, @Nullable Publisher publisher) {
		this.kind = kind;
		this.ports = ports;
		this.process = process;
		this.publisher = publisher;
	}

	/**
	 * Starts a server and waits until it listens.
	 * @param log where its output goes
	 * @param redis the port of the Redis it uses, or zero
	 */
	static RunningServer start(ServerKind kind, List<String> javaOptions, Path log, int redis)
			throws IOException, InterruptedException {
		Ports ports = Ports.free(kind.name().equals("netty"), redis);
		Files.createDirectories(log.getParent());
		Process process = new ProcessBuilder(kind.launcher().command(ports, javaOptions)).redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		try {
			awaitPort(ports.webSocket(), process, log);
			if (kind.publisher() == null) {
				awaitPort(ports.control(), process, log);
			}
			return new RunningServer(kind, ports, process,
					(kind.publisher() != null) ? kind.publisher().create(ports) : null);
		}
		catch (IOException | InterruptedException | RuntimeException ex) {
			process.destroyForcibly();
			throw ex;
		}
	}

	private static void awaitPort(int port, Process process, Path log) throws IOException, InterruptedException {
		long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
		while (System.nanoTime() < deadline && process.isAlive()) {
			try {
				new Socket(InetAddress.getLoopbackAddress(), port).close();
				return;
			}
			catch (ConnectException ex) {
				Thread.sleep(POLL_MILLIS);
			}
		}
		throw new IOException("It did not start; see " + log);
	}

	@Override
	public ServerKind kind() {
		return this.kind;
	}

	/**
	 * The port it serves.
	 */
	int port() {
		return this.ports.http();
	}

	/**
	 * Where clients connect to.
	 */
	InetSocketAddress address() {
		return new InetSocketAddress("127.0.0.1", this.ports.webSocket());
	}

	@Override
	public LoadClient client(int handshakes, int receiveBuffer) throws IOException {
		return new LoadClient(this.kind.dialect(), address(), handshakes, receiveBuffer);
	}

	@Override
	public long publish(Load load) throws IOException, InterruptedException {
		return (this.publisher != null) ? load.run(this.publisher) : control("/publish?" + load.query());
	}

	/**
	 * Collects garbage, where that is a thing.
	 */
	void collectGarbage() throws IOException, InterruptedException {
		if (this.publisher == null) {
			control("/gc");
		}
	}

	private long control(String path) throws IOException, InterruptedException {
		URI uri = URI.create("http://127.0.0.1:" + this.ports.control() + path);
		return Long.parseLong(this.http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body());
	}

	@Override
	public long cpuMicros() {
		return ProcessStats.cpuMicros(this.process.toHandle());
	}

	long residentKilobytes() {
		return ProcessStats.residentKilobytes(this.process.toHandle());
	}

	@Override
	public void close() {
		this.process.descendants().forEach(ProcessHandle::destroy);
		// Not that of the process: it closes the pipe as well, see Parent.
		this.process.toHandle().destroy();
		try {
			if (!this.process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
				this.process.descendants().forEach(ProcessHandle::destroyForcibly);
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
