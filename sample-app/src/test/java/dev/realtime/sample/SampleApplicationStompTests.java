package dev.realtime.sample;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * Plain stomp.js in Node.js against the running application.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class SampleApplicationStompTests {

	@LocalServerPort
	private int port;

	@Test
	void plainStompJsWorks() {
		NodeScript.run("stomp.test.mjs", this.port);
	}

}
