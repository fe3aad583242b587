package dev.realtime.autoconfigure;

import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls at the dedicated port.
 */
@NettyTest
class NettyCallTests extends CallScenarios {

	@Autowired
	private NettyEndpoint endpoint;

	@Override
	RawStompClient connect() {
		return RawStompClient.handshake(this.endpoint.getPort()).connect("passcode:acme");
	}

	@Override
	RawStompClient connectToOtherTenant() {
		return RawStompClient.handshake(this.endpoint.getPort()).connect("passcode:globex");
	}

	@Override
	String user() {
		return "user-acme";
	}

	@Test
	void whenAnInterceptorDeniesThenCallerIsTold() {
		try (RawStompClient client = caller()) {
			client.send("SEND\ndestination:/app/contacts.none\nticket:deny\nreply-to:replies\ncorrelation-id:c\n\n\0");
			String frame = client.next();
			assertThat(RawStompClient.header(frame, "correlation-id")).isEqualTo("c");
			assertThat(RawStompClient.code(frame)).isEqualTo("forbidden");
			client.expectNothingElse();
		}
	}

}
