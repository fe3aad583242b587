package dev.realtime.redis;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import org.awaitility.Awaitility;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis server on a free port, with a directory of its own. It can be stopped,
 * killed and started again on the same port with the same data.
 */
public final class RedisServer implements AutoCloseable {

	private static final Path BUNDLED = bundled();

	private final Path executable;

	private final Path directory;

	private final int port = freePort();

	private final List<String> arguments;

	private List<String> mode = List.of();

	private Process process;

	private RedisServer(Path executable, String... arguments) {
		try {
			this.executable = executable;
			this.directory = Files.createTempDirectory("realtime-redis");
			this.arguments = List.of(arguments);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Redis 6.2, which comes with the tests.
	 */
	public static RedisServer running(String... arguments) {
		RedisServer server = new RedisServer(BUNDLED, arguments);
		server.start();
		return server;
	}

	/**
	 * The same, not started yet.
	 */
	static RedisServer stopped(String... arguments) {
		return new RedisServer(BUNDLED, arguments);
	}

	/**
	 * A sentinel that alone decides who is the master "main".
	 * @param failoverTimeout after which it tries again, and puts replicas right that
	 * follow somebody else
	 */
	static RedisServer sentinel(int master, Duration failoverTimeout) {
		RedisServer server = new RedisServer(BUNDLED);
		Path configuration = server.directory.resolve("sentinel.conf");
		try {
			Files.write(configuration,
					List.of("sentinel monitor main 127.0.0.1 " + master + " 1",
							"sentinel down-after-milliseconds main 1000",
							"sentinel failover-timeout main " + failoverTimeout.toMillis()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		server.mode = List.of(configuration.toString(), "--sentinel");
		server.start();
		return server;
	}

	/**
	 * The server on the PATH.
	 */
	static RedisServer installed(String... arguments) {
		RedisServer server = new RedisServer(Installed.require("redis-server"), arguments);
		server.start();
		return server;
	}

	private static Path bundled() {
		try {
			Path copy = Files.createTempDirectory("realtime-redis-server");
			File executable = ExecutableProvider.newJarResourceProvider(copy.toFile()).get();
			Stream.of(executable, copy.toFile()).forEach(File::deleteOnExit);
			return executable.toPath();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static int freePort() {
		try (ServerSocket socket = new ServerSocket(0)) {
			// A node of a cluster needs the port ten thousand further up too.
			int port = socket.getLocalPort();
			return (port <= 55_000) ? port : freePort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public void start() {
		List<String> command = new ArrayList<>(List.of(this.executable.toString()));
		command.addAll(this.mode);
		command.addAll(List.of("--port", Integer.toString(this.port), "--bind", "127.0.0.1", "--dir",
				this.directory.toString()));
		if (this.mode.isEmpty()) {
			command.addAll(List.of("--save", ""));
		}
		command.addAll(this.arguments);
		try {
			this.process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(this.directory.resolve("log").toFile())
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		awaitAnswer();
	}

	private void awaitAnswer() {
		Awaitility.await(log()).atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
			if (!this.process.isAlive()) {
				throw new IllegalStateException(log());
			}
			try (var socket = new java.net.Socket("127.0.0.1", this.port)) {
				socket.setSoTimeout(5000);
				socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
				String answer = new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII);
				return answer.startsWith("+PON") || answer.startsWith("-NOA");
			}
		});
	}

	private String log() {
		try {
			return Files.readString(this.directory.resolve("log"));
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	public int port() {
		return this.port;
	}

	public Path directory() {
		return this.directory;
	}

	RedisURI uri() {
		return RedisURI.create("127.0.0.1", this.port);
	}

	/**
	 * Stops as an administrator does: what is to be kept is on disk.
	 */
	public void stop() {
		end(this.process::destroy);
	}

	/**
	 * Ends without warning.
	 */
	public void kill() {
		end(this.process::destroyForcibly);
	}

	private void end(Runnable action) {
		action.run();
		try {
			if (!this.process.waitFor(60, TimeUnit.SECONDS)) {
				throw new IllegalStateException("redis-server does not end");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Lets it hang: connections stay, and get no answer.
	 */
	public void pause() {
		signal("STOP");
	}

	/**
	 * Goes on where it was paused.
	 */
	public void resume() {
		signal("CONT");
	}

	private void signal(String signal) {
		try {
			Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(this.process.pid())).inheritIO()
				.start();
			if (kill.waitFor() != 0) {
				throw new IllegalStateException("Could not send " + signal);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Does something on a connection that is not that of the test.
	 */
	public <T> T execute(Function<RedisCommands<String, String>, T> action) {
		RedisClient client = RedisClient.create(uri());
		try (StatefulRedisConnection<String, String> connection = client.connect()) {
			return action.apply(connection.sync());
		}
		finally {
			client.shutdown(0, 2, TimeUnit.SECONDS);
		}
	}

	@Override
	public void close() {
		if (this.process != null && this.process.isAlive()) {
			kill();
		}
		File[] files = this.directory.toFile().listFiles();
		if (files != null) {
			Arrays.stream(files).forEach(File::delete);
		}
		this.directory.toFile().delete();
	}

}
