package dev.realtime.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import dev.realtime.redis.RedisServer;
import dev.realtime.system.node.NodeApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The browser client, while servers and networks come and go. Both tests mostly wait.
 */
@Timeout(600)
@Execution(ExecutionMode.CONCURRENT)
class ClientTests {

	private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

	private static final String SAMPLE = "sample-app/src/test/js";

	private static final List<String> NODE = List.of(JAVA, "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
			"-cp", System.getProperty("java.class.path"), NodeApplication.class.getName(),
			"--realtime.tenant.required=true", "--realtime.heartbeat=1s", "--realtime.shutdown.spread=2s",
			"--realtime.token.secret=0123456789abcdef0123456789abcdef", "--realtime.ws-port=0",
			"--realtime.presence.leave-grace=4s", "--realtime.expiry-grace=2s",
			"--realtime.limits.subscribes-per-second=0", "--realtime.limits.frames-per-second=0",
			"--management.endpoints.web.exposure.include=health,metrics");

	/**
	 * In Node.js, against nodes that the tests start, kill and cut off:
	 * {@code realtime-client/src/test/ts/server}.
	 */
	@Test
	void subscriptionsSurviveWhatHappensToServersAndNetworks() throws Exception {
		try (RedisServer redis = RedisServer.running()) {
			NodeScript.run("realtime-client", Map.of("TEST_NODE", JsonMapper.shared().writeValueAsString(NODE),
					"TEST_REDIS_PORT", Integer.toString(redis.port())), "node", "scripts/server-tests.mjs");
		}
	}

	/**
	 * In Chromium: {@code sample-app/src/test/js/restart.test.mjs}. With the environment
	 * variable {@code SCREENSHOTS} it stores pictures in that directory.
	 */
	@Test
	void usersOfTheSampleGoOnAfterItWasKilledAndStarted() throws Exception {
		if (!Files.exists(Path.of("..", SAMPLE, "node_modules"))) {
			NodeScript.run(SAMPLE, Map.of(), "npm", "ci", "--no-audit", "--no-fund");
		}
		NodeScript.run(SAMPLE, Map.of("SAMPLE_JAR", System.getProperty("sample.jar"), "JAVA", JAVA), "node", "--test",
				"restart.test.mjs");
	}

}
