package dev.realtime.sample;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * The browser client in a real Chromium.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class SampleApplicationClientTests {

	@LocalServerPort
	private int port;

	@Test
	void clientWorksInPagesOfAllKinds() {
		NodeScript.run("client.test.mjs", this.port);
	}

}
