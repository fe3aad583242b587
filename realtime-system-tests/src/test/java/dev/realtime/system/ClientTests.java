package dev.realtime.system;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The browser client, while servers and networks come and go.
 */
@Timeout(600)
class ClientTests {

	private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();

	private static final String SAMPLE = "sample-app/src/test/js";

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
