package dev.realtime.autoconfigure;

import java.util.Arrays;
import java.util.stream.Stream;

import dev.realtime.netty.NettyEndpoint;

import org.springframework.beans.factory.annotation.Autowired;

/**
 * What server code subscribes clients to, at the dedicated port.
 */
@NettyTest
class NettyServerSubscriptionTests extends ServerSubscriptionScenarios {

	@Autowired
	private NettyEndpoint endpoint;

	@Override
	RawStompClient connect(String user, String tenant, String... headers) {
		return RawStompClient.handshake(this.endpoint.getPort())
			.connect(Stream.concat(Stream.of("passcode:" + user + "." + tenant), Arrays.stream(headers))
				.toArray(String[]::new));
	}

	@Override
	String connectInVain(String header) {
		try (RawStompClient client = RawStompClient.handshake(this.endpoint.getPort()).open()) {
			client.send("CONNECT\naccept-version:1.2\nheart-beat:0,0\npasscode:acme\n" + header + "\n\n\0");
			assertClosed(client);
			return client.next();
		}
	}

}
