package dev.realtime.autoconfigure;

import org.springframework.boot.test.web.server.LocalServerPort;

/**
 * What server code subscribes clients to, at the servlet endpoint.
 */
@EndpointTest
class ServerSubscriptionTests extends ServerSubscriptionScenarios {

	@LocalServerPort
	private int port;

	@Override
	RawStompClient connect(String user, String tenant, String... headers) {
		return RawStompClient.handshake(this.port).basic(user + "@" + tenant).connect(headers);
	}

	@Override
	String connectInVain(String header) {
		try (RawStompClient client = RawStompClient.open(this.port, "alice")) {
			client.send("CONNECT\naccept-version:1.2\nheart-beat:0,0\n" + header + "\n\n\0");
			assertClosed(client);
			return client.next();
		}
	}

}
