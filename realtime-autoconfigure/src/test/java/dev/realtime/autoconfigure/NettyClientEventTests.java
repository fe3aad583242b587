package dev.realtime.autoconfigure;

import dev.realtime.netty.NettyEndpoint;

import org.springframework.beans.factory.annotation.Autowired;

/**
 * Events of clients at the dedicated port.
 */
@NettyTest
class NettyClientEventTests extends ClientEventScenarios {

	@Autowired
	private NettyEndpoint endpoint;

	@Override
	RawStompClient connect(String login) {
		return RawStompClient.handshake(this.endpoint.getPort()).connect("passcode:" + login.replace('@', '.'));
	}

}
