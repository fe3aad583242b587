package dev.realtime.autoconfigure;

import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * Events of clients at the servlet endpoint.
 */
@EndpointTest
class ClientEventTests extends ClientEventScenarios {

	@LocalServerPort
	private int port;

	@Override
	RawStompClient connect(String login) {
		return RawStompClient.connect(this.port, login);
	}

}
