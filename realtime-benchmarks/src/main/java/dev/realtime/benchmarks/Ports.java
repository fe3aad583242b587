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
 */
record Ports(int control, int http, int webSocket) {

	static Ports free(boolean dedicated) {
		try (ServerSocket first = open(); ServerSocket second = open(); ServerSocket third = open()) {
			return new Ports(first.getLocalPort(), second.getLocalPort(),
					dedicated ? third.getLocalPort() : second.getLocalPort());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static ServerSocket open() throws IOException {
		return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
	}

}
