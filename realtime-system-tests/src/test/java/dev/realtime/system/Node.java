package dev.realtime.system;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.realtime.system.node.NodeApplication;
import org.awaitility.Awaitility;

/**
 * A node of the application, in a process of its own. It can be stopped, killed and
 * started again; its log goes on in the same file.
 */
final class Node implements AutoCloseable {

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	private static final Duration PATIENCE = Duration.ofSeconds(120);

	private final String name;

	private final List<String> properties;

	private final Path log;

	private final Path readyFile;

	private Process process;

	private volatile boolean up;

	private volatile int port;

	private volatile int webSocketPort;

	Node(String name, Path directory, String... properties) {
		this.name = name;
		this.log = directory.resolve(name + ".log");
		this.readyFile = directory.resolve(name + ".ready");
		this.properties = List.of(properties);
	}

	/**
	 * Starts the process, if there is none.
	 */
	void start() throws IOException {
		if (this.process != null && this.process.isAlive()) {
			return;
		}
		Files.deleteIfExists(this.readyFile);
		Stream<String> java = Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
				"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
				NodeApplication.class.getName(), "--node.ready-file=" + this.readyFile);
		this.process = new ProcessBuilder(Stream.concat(java, this.properties.stream()).toList())
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.log.toFile()))
			.start();
	}

	void awaitReady() throws IOException {
		Awaitility.await(this.name + " is ready, see " + this.log)
			.atMost(PATIENCE)
			.failFast(this.name + " ended, see " + this.log, () -> !this.process.isAlive())
			.until(() -> Files.exists(this.readyFile));
		String[] ports = Files.readString(this.readyFile).split(" ");
		this.port = Integer.parseInt(ports[0]);
		this.webSocketPort = Integer.parseInt(ports[1]);
		this.up = true;
	}

	/**
	 * Asks it to stop, as a container platform does, and waits until it has.
	 */
	void stop() throws InterruptedException {
		this.up = false;
		// Not that of the process: it would close the standard input as well.
		this.process.toHandle().destroy();
		awaitEnd();
	}

	/**
	 * Ends it without warning.
	 */
	void kill() throws InterruptedException {
		this.up = false;
		this.process.destroyForcibly();
		awaitEnd();
	}

	private void awaitEnd() throws InterruptedException {
		if (!this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
			throw new IllegalStateException(this.name + " does not end, see " + this.log);
		}
	}

	boolean isUp() {
		return this.up;
	}

	/**
	 * Where clients connect: the port of the application, and the dedicated one.
	 */
	List<URI> endpoints() {
		return Stream.of(this.port, this.webSocketPort)
			.map((port) -> URI.create("ws://127.0.0.1:" + port + "/realtime"))
			.toList();
	}

	int post(String path) throws IOException, InterruptedException {
		return send(request(path).POST(HttpRequest.BodyPublishers.noBody()).build()).statusCode();
	}

	HttpResponse<String> health() throws IOException, InterruptedException {
		return send(request("/actuator/health").build());
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path)).timeout(PATIENCE);
	}

	private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
		return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
	}

	String log() throws IOException {
		return Files.readString(this.log);
	}

	@Override
	public void close() {
		if (this.process != null) {
			this.process.destroyForcibly();
		}
	}

	@Override
	public String toString() {
		return this.name;
	}

}
