package dev.realtime.benchmarks.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * A small HTTP server beside the one that is measured: {@code /publish} runs a
 * {@link Load} in this process and answers when it started, {@code /gc} collects garbage.
 *
 * @since 0.1.0
 */
public final class ControlServer {

	private ControlServer() {
	}

	/**
	 * Starts to listen on loopback. Its answer to {@code /gc} is also how others learn
	 * that the server is up.
	 * @param port the port
	 * @param publisher publishes
	 */
	public static void start(int port, Publisher publisher) {
		try {
			HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
			server.createContext("/publish", (exchange) -> answer(exchange, (query) -> Load.of(query).run(publisher)));
			server.createContext("/gc", (exchange) -> answer(exchange, (query) -> collectGarbage()));
			server.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static long collectGarbage() {
		// The second one finds what the first one left to reference handlers.
		System.gc();
		System.gc();
		return 0;
	}

	private static void answer(HttpExchange exchange, Function<String, Long> action) throws IOException {
		String query = exchange.getRequestURI().getQuery();
		byte[] answer = action.apply((query != null) ? query : "").toString().getBytes(StandardCharsets.US_ASCII);
		exchange.sendResponseHeaders(200, answer.length);
		exchange.getResponseBody().write(answer);
		exchange.close();
	}

}
