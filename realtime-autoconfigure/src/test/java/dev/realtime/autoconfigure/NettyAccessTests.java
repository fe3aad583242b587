package dev.realtime.autoconfigure;

import dev.realtime.netty.NettyEndpoint;

import org.springframework.beans.factory.annotation.Autowired;

/**
 * Rights that are withdrawn at the dedicated port.
 */
@NettyTest
class NettyAccessTests extends AccessScenarios {

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

}
