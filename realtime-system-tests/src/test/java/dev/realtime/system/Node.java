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
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

/**
 * A node of the application, in a process of its own. It can be stopped, killed and
 * started again; its log goes on in the same file.
 */
final class Node implements AutoCloseable {

	private static final HttpClient HTTP = HttpClient.newHttpClient();

	private static final Duration PATIENCE = Duration.ofSeconds(120);

	private static final Pattern STARTED = Pattern.compile(": Started \\w+ in ");

	private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

	private static final Pattern WEB_SOCKET_PORT = Pattern
		.compile("Realtime serves WebSocket connections on port (\\d+)");

	private final String name;

	private final List<String> command;

	private final Path log;

	private Process process;

	private volatile boolean up;

	private volatile int port;

	private volatile List<URI> endpoints;

	/**
	 * A node that was not started.
	 * @param name what it is called
	 * @param log where what it says is appended
	 * @param command starts it on ports of its choice
	 */
	Node(String name, Path log, List<String> command) {
		this.name = name;
		this.log = log;
		this.command = command;
	}

	/**
	 * Starts the process, if there is none.
	 * @return waits until it is ready
	 */
	Runnable start() throws IOException {
		if (this.process != null && this.process.isAlive()) {
			return () -> {
			};
		}
		int before = Files.exists(this.log) ? log().length() : 0;
		this.process = new ProcessBuilder(this.command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.log.toFile()))
			.start();
		return () -> awaitReady(before);
	}

	private void awaitReady(int before) {
		String said = Awaitility.await(this.name + " is ready, see " + this.log)
			.atMost(PATIENCE)
			.failFast(this.name + " ended, see " + this.log, () -> !this.process.isAlive())
			.until(() -> log().substring(before), (log) -> STARTED.matcher(log).find());
		this.port = ports(PORT, said).findFirst().orElseThrow();
		this.endpoints = Stream.concat(Stream.of(this.port), ports(WEB_SOCKET_PORT, said))
			.map((port) -> URI.create("ws://127.0.0.1:" + port + "/realtime"))
			.toList();
		this.up = true;
	}

	private static Stream<Integer> ports(Pattern pattern, String log) {
		return pattern.matcher(log).results().map((match) -> Integer.valueOf(match.group(1)));
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

	int port() {
		return this.port;
	}

	/**
	 * Where clients connect: the port of the application, and the dedicated one if there
	 * is one.
	 */
	List<URI> endpoints() {
		return this.endpoints;
	}

	/**
	 * The dedicated port.
	 */
	URI dedicatedEndpoint() {
		return this.endpoints.get(1);
	}

	/**
	 * Posts JSON as the user of a bearer token.
	 */
	HttpResponse<String> post(String path, String bearer, String json) throws IOException, InterruptedException {
		return send(request(path).header("Authorization", "Bearer " + bearer)
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(json))
			.build());
	}

	int post(String path) throws IOException, InterruptedException {
		return send(request(path).POST(HttpRequest.BodyPublishers.noBody()).build()).statusCode();
	}

	HttpResponse<String> health() throws IOException, InterruptedException {
		return get("/actuator/health");
	}

	HttpResponse<String> get(String path) throws IOException, InterruptedException {
		return send(request(path).build());
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + this.port + path)).timeout(PATIENCE);
	}

	private static HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
		return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
	}

	/**
	 * The time all its threads have worked so far.
	 */
	Duration cpu() {
		return this.process.info().totalCpuDuration().orElseThrow();
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
