package dev.realtime.autoconfigure;

import dev.realtime.netty.NettyEndpoint;

import org.springframework.beans.factory.annotation.Autowired;

/**
 * What is for one user, at the dedicated port.
 */
@NettyTest
class NettyUserTests extends UserScenarios {

	@Autowired
	private NettyEndpoint endpoint;

	@Override
	RawStompClient connect(String user, String tenant) {
		return RawStompClient.handshake(this.endpoint.getPort()).connect("passcode:" + user + "." + tenant);
	}

}
