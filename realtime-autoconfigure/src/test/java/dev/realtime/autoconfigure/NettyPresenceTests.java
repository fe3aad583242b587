package dev.realtime.autoconfigure;

import dev.realtime.netty.NettyEndpoint;

import org.springframework.beans.factory.annotation.Autowired;

/**
 * Who else is there, as clients of the dedicated port see it.
 */
@NettyTest
class NettyPresenceTests extends PresenceTests {

	@Autowired
	private NettyEndpoint endpoint;

	@Override
	RawStompClient connect(String user) {
		String tenant = user.equals("carol") ? "globex" : "acme";
		String token = user.contains("@") ? user.replace('@', '.') : user + "." + tenant;
		return RawStompClient.handshake(this.endpoint.getPort()).connect("passcode:" + token);
	}

}
