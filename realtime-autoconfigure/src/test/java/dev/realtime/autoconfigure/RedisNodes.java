package dev.realtime.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.redis.RedisServer;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Nodes of the test application, with a real Redis between them that keeps nothing when
 * it stops.
 */
final class RedisNodes implements AutoCloseable {

	private final RedisServer redis = RedisServer.running();

	private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

	RedisServer redis() {
		return this.redis;
	}

	/**
	 * Starts one more node.
	 * @param properties its properties, such as {@code realtime.heartbeat=1s}
	 */
	ConfigurableApplicationContext start(String... properties) {
		return startAt(this.redis.port(), properties);
	}

	/**
	 * Starts one more node that gets to Redis through another port.
	 */
	ConfigurableApplicationContext startAt(int port, String... properties) {
		ConfigurableApplicationContext node = new SpringApplicationBuilder(TestApplication.class).run(
				Stream
					.concat(Stream.of("server.port=0", "spring.data.redis.host=127.0.0.1",
							"spring.data.redis.port=" + port, TestApplication.SECRET), Stream.of(properties))
					.map("--"::concat)
					.toArray(String[]::new));
		this.nodes.add(node);
		return node;
	}

	/**
	 * Realtime of the tenant acme.
	 */
	static Realtime acme(ConfigurableApplicationContext node) {
		return node.getBean(Realtime.class).forTenant("acme");
	}

	static int port(ConfigurableApplicationContext node) {
		return node.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	@Override
	public void close() {
		this.nodes.forEach(ConfigurableApplicationContext::close);
		this.redis.close();
	}

}
