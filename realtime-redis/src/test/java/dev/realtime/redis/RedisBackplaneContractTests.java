package dev.realtime.redis;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.realtime.core.Backplane;
import dev.realtime.test.BackplaneContract;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/**
 * {@link RedisBackplane} does what every backplane does.
 */
@Timeout(120)
class RedisBackplaneContractTests extends BackplaneContract {

	private static RedisServer server;

	private static RedisClient client;

	@BeforeAll
	static void startServer() {
		server = RedisServer.running();
		client = RedisClient.create(server.uri());
	}

	@AfterAll
	static void stopServer() {
		client.shutdown(0, 10, TimeUnit.SECONDS);
		server.close();
	}

	@Override
	protected Backplane create() {
		loseData();
		return createPeer();
	}

	@Override
	protected Backplane createPeer() {
		return new RedisBackplane(() -> client, new RedisBackplaneOptions("realtime", 10_000, Duration.ofSeconds(5)));
	}

	@Override
	protected boolean loseData() {
		server.execute(RedisCommands::flushall);
		return true;
	}

	@Override
	protected void elapse(Duration duration) throws InterruptedException {
		Thread.sleep(duration.toMillis());
	}

}
