package dev.realtime.system;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.realtime.redis.RedisServer;

/**
 * Some nodes and one Redis, which keeps its data over a restart. What they say is kept in
 * {@code target/nodes}.
 */
final class Cluster implements AutoCloseable {

	private final Path directory;

	private final RedisServer redis;

	private final List<Node> nodes = new ArrayList<>();

	private final AtomicInteger turn = new AtomicInteger();

	private final Thread lastResort = new Thread(this::end);

	/**
	 * Nodes that were not started.
	 * @param name what to call the directory of the logs
	 * @param size how many nodes
	 * @param application what to start: the last arguments of the {@code java} command
	 */
	Cluster(String name, int size, List<String> application) throws IOException {
		this(name);
		add("node", size, application);
	}

	/**
	 * No nodes yet.
	 * @param name what to call the directory of the logs
	 */
	Cluster(String name) throws IOException {
		Runtime.getRuntime().addShutdownHook(this.lastResort);
		this.directory = Files.createDirectories(Path.of("target", "nodes", name).toAbsolutePath());
		this.redis = RedisServer.running("--appendonly", "yes", "--appendfsync", "everysec");
	}

	/**
	 * Adds nodes that were not started.
	 */
	List<Node> add(String name, int size, List<String> application) {
		List<String> command = new ArrayList<>();
		// Quick to start rather than fast.
		command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m",
				"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
		command.addAll(application);
		command.addAll(List.of("--server.port=0", "--spring.data.redis.host=127.0.0.1",
				"--spring.data.redis.port=" + this.redis.port(),
				"--realtime.token.secret=0123456789abcdef0123456789abcdef"));
		List<Node> added = IntStream.range(0, size)
			.mapToObj((i) -> new Node(name + i, this.directory.resolve(name + i + ".log"), command))
			.toList();
		this.nodes.addAll(added);
		return added;
	}

	/**
	 * Starts the nodes that are not up, and waits until all are.
	 */
	void start() throws IOException {
		List<Runnable> starting = new ArrayList<>();
		for (Node node : this.nodes) {
			starting.add(node.start());
		}
		starting.forEach(Runnable::run);
	}

	Node node(int index) {
		return this.nodes.get(index);
	}

	List<Node> nodes() {
		return this.nodes;
	}

	RedisServer redis() {
		return this.redis;
	}

	/**
	 * A node that is up, each in its turn.
	 */
	Node anyNode() {
		return anyNodeBut(null);
	}

	Node anyNodeBut(Node exception) {
		List<Node> up = this.nodes.stream().filter((node) -> node.isUp() && node != exception).toList();
		return up.get(Math.floorMod(this.turn.getAndIncrement(), up.size()));
	}

	/**
	 * Where a client may connect, each endpoint in its turn.
	 */
	URI anyEndpoint() {
		List<URI> up = endpoints();
		return up.get(Math.floorMod(this.turn.getAndIncrement(), up.size()));
	}

	List<URI> endpoints() {
		return this.nodes.stream().filter(Node::isUp).flatMap((node) -> node.endpoints().stream()).toList();
	}

	private void end() {
		this.nodes.forEach(Node::close);
		if (this.redis != null) {
			this.redis.close();
		}
	}

	@Override
	public void close() throws IOException {
		Files.copy(this.redis.directory().resolve("log"), this.directory.resolve("redis.log"),
				StandardCopyOption.REPLACE_EXISTING);
		end();
		Runtime.getRuntime().removeShutdownHook(this.lastResort);
	}

}
