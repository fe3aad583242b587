package dev.realtime.benchmarks;

import java.io.IOException;

import dev.realtime.benchmarks.client.LoadClient;
import dev.realtime.benchmarks.server.Load;

/**
 * What an audience listens to: a server, or several nodes of one.
 */
interface Target {

	/**
	 * What kind of server it is.
	 */
	ServerKind kind();

	/**
	 * A load client for this server.
	 * @param handshakes see {@link LoadClient}
	 * @param receiveBuffer see {@link LoadClient}
	 */
	LoadClient client(int handshakes, int receiveBuffer) throws IOException;

	/**
	 * Publishes, and returns when all is published.
	 * @return when it began, in microseconds of {@link System#nanoTime()}
	 */
	long publish(Load load) throws IOException, InterruptedException;

	/**
	 * CPU time used up to now.
	 */
	long cpuMicros();

}
