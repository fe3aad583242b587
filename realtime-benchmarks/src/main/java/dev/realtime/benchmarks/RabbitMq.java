package dev.realtime.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.realtime.benchmarks.client.StompDialect;
import dev.realtime.benchmarks.server.Publisher;

/**
 * RabbitMQ with Web-STOMP. Publishes through its STOMP port.
 */
final class RabbitMq {

	private static final String START = """
			export RABBITMQ_NODENAME=realtime-benchmark@localhost RABBITMQ_MNESIA_BASE=%1$s/data RABBITMQ_LOG_BASE=%1$s
			export RABBITMQ_CONFIG_FILE=%1$s/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=%1$s/enabled_plugins
			export RABBITMQ_NODE_PORT=%2$d RABBITMQ_DIST_PORT=%3$d HOME=%1$s
			exec /usr/lib/rabbitmq/bin/rabbitmq-server
			""";

	private static final String CONNECT = "CONNECT\naccept-version:1.2\nhost:/\nlogin:guest\npasscode:guest\n\n\0";

	private RabbitMq() {
	}

	static boolean isInstalled() {
		return Files.isExecutable(Path.of("/usr/lib/rabbitmq/bin/rabbitmq-server"));
	}

	static ServerKind kind() {
		return new ServerKind("rabbitmq",
				new StompDialect("/ws", List.of(), List.of("login:guest", "passcode:guest"), "/topic/bench.%d", true),
				Scenarios.WITHOUT_INDEX, (ports, options) -> command(ports), RabbitMq::publisher);
	}

	private static List<String> command(Ports ports) throws IOException {
		Path directory = Files.createDirectories(Installation.target().resolve("rabbitmq"));
		Ports internal = Ports.free(true, 0);
		Files.writeString(directory.resolve("enabled_plugins"), "[rabbitmq_stomp,rabbitmq_web_stomp].\n");
		Files.writeString(directory.resolve("rabbitmq.conf"),
				"stomp.listeners.tcp.1 = 127.0.0.1:" + ports.control() + "\nweb_stomp.tcp.ip = 127.0.0.1\n"
						+ "web_stomp.tcp.port = " + ports.http() + "\nweb_stomp.tcp.backlog = 4096\n");
		String script = String.format(START, directory, internal.http(), internal.webSocket());
		return List.of("bash", "-c", script);
	}

	private static Publisher publisher(Ports ports) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), ports.control());
		socket.setTcpNoDelay(true);
		OutputStream out = socket.getOutputStream();
		write(out, CONNECT);
		if (socket.getInputStream().read() != 'C') {
			throw new IOException("RabbitMQ refused the publisher");
		}
		return (id, payload) -> write(out, "SEND\ndestination:/topic/bench." + id + "\n\n" + payload.json() + "\0");
	}

	private static void write(OutputStream out, String frame) {
		try {
			out.write(frame.getBytes(StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
