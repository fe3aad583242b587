package dev.realtime.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * The ports of one server.
 *
 * @param control where the control server listens
 * @param http where the server listens for HTTP
 * @param webSocket where the load client connects; the same, unless the server has a
 * dedicated one
 * @param redis where the Redis of the scenario listens, or zero
 */
record Ports(int control, int http, int webSocket, int redis) {

	static Ports free(boolean dedicated, int redis) {
		try (ServerSocket first = open(); ServerSocket second = open(); ServerSocket third = open()) {
			return new Ports(first.getLocalPort(), second.getLocalPort(),
					dedicated ? third.getLocalPort() : second.getLocalPort(), redis);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static ServerSocket open() throws IOException {
		return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
	}

}
