package dev.realtime.sample;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * Users of two tenants in a real Chromium. With the environment variable
 * {@code SCREENSHOT} it stores a picture there.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "sample.reminder.delay=1h")
class SampleApplicationBrowserTests {

	@LocalServerPort
	private int port;

	@Test
	void browsersSeeWhatTheirTenantChanges() {
		NodeScript.run("browser.test.mjs", this.port);
	}

}
