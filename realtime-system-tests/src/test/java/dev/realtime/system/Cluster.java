package dev.realtime.system;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.realtime.redis.RedisServer;

/**
 * Three nodes and one Redis, which keeps its data over a restart. What they say is kept
 * in {@code target/nodes}.
 */
final class Cluster implements AutoCloseable {

	private static final int NODES = 3;

	private final Path directory;

	private final RedisServer redis;

	private final List<Node> nodes;

	private final AtomicInteger turn = new AtomicInteger();

	private final Thread lastResort = new Thread(this::end);

	Cluster(String name) throws IOException {
		Runtime.getRuntime().addShutdownHook(this.lastResort);
		this.directory = Files.createDirectories(Path.of("target", "nodes", name).toAbsolutePath());
		this.redis = RedisServer.running("--appendonly", "yes", "--appendfsync", "everysec");
		this.nodes = IntStream.range(0, NODES).mapToObj((i) -> node("node" + i)).toList();
	}

	private Node node(String name) {
		return new Node(name, this.directory, "--server.port=0", "--realtime.ws-port=0",
				"--spring.data.redis.host=127.0.0.1", "--spring.data.redis.port=" + this.redis.port(),
				"--realtime.tenant.required=true", "--realtime.shutdown.spread=3s", "--spring.main.banner-mode=off",
				"--management.endpoint.health.show-details=always");
	}

	/**
	 * Starts the nodes that are not up.
	 */
	void start() throws IOException {
		List<Node> down = this.nodes.stream().filter((node) -> !node.isUp()).toList();
		for (Node node : down) {
			node.start();
		}
		for (Node node : down) {
			node.awaitReady();
		}
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
		if (this.nodes != null) {
			this.nodes.forEach(Node::close);
		}
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
