package dev.realtime.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.realtime.benchmarks.client.Dialect;
import dev.realtime.benchmarks.client.PlainDialect;
import dev.realtime.benchmarks.client.SocketIoDialect;
import dev.realtime.benchmarks.client.StompDialect;
import dev.realtime.benchmarks.server.FloorServer;
import dev.realtime.benchmarks.server.LettuceServer;
import dev.realtime.benchmarks.server.broker.SimpleBrokerServer;
import dev.realtime.benchmarks.server.realtime.RealtimeServer;

/**
 * The servers that can be measured on this machine.
 */
final class Servers {

	private static final String BASIC = "Authorization: Basic "
			+ Base64.getEncoder().encodeToString("user:password".getBytes(StandardCharsets.US_ASCII));

	/**
	 * What both applications on Tomcat need to take as many clients as there are; by
	 * default Tomcat takes 8,192.
	 */
	private static final List<String> TOMCAT = List.of("--server.address=127.0.0.1",
			"--server.tomcat.max-connections=20000", "--server.tomcat.accept-count=4096",
			"--spring.main.banner-mode=off", "--realtime.token.secret=0123456789abcdef0123456789abcdef");

	private final Map<String, ServerKind> byName = new LinkedHashMap<>();

	Servers() {
		add(new ServerKind("servlet", stomp("/realtime", "/realtime/bench", true), Scenarios.ALL,
				(ports, options) -> java(RealtimeServer.class, ports, options, tomcat(ports)), null));
		add(new ServerKind("netty",
				new StompDialect("/realtime", List.of(), List.of("Authorization:Bearer token"), "/realtime/bench",
						true),
				Scenarios.CLIENTS, (ports, options) -> java(RealtimeServer.class, ports, options, netty(ports)), null));
		add(new ServerKind("simple-broker", stomp("/stomp", "/topic/bench.%d", false), Scenarios.WITHOUT_INDEX,
				(ports, options) -> java(SimpleBrokerServer.class, ports, options, tomcat(ports)), null));
		if (Installation.has("node") && Installation.has("npm")) {
			add(new ServerKind("socket.io", new SocketIoDialect(), Scenarios.WITHOUT_INDEX_WITH_REDIS,
					(ports, options) -> node("socketio.js", ports), null));
			add(new ServerKind("ws", new PlainDialect("/"), Scenarios.WITHOUT_INDEX,
					(ports, options) -> node("ws.js", ports), null));
		}
		if (Nchan.isInstalled()) {
			add(Nchan.kind());
		}
		if (RabbitMq.isInstalled()) {
			add(RabbitMq.kind());
		}
		add(new ServerKind("floor", new PlainDialect("/"), Scenarios.FANOUT,
				(ports, options) -> java(FloorServer.class, ports, options, List.of(Integer.toString(ports.http()))),
				null));
		add(new ServerKind("lettuce", new PlainDialect("/"), Scenarios.REDIS,
				(ports, options) -> java(LettuceServer.class, ports, options,
						List.of(Integer.toString(ports.http()), Integer.toString(ports.redis()))),
				null));
	}

	private void add(ServerKind kind) {
		this.byName.put(kind.name(), kind);
	}

	private static Dialect stomp(String path, String destination, boolean acknowledges) {
		return new StompDialect(path, List.of(BASIC), List.of(), destination, acknowledges);
	}

	private static List<String> tomcat(Ports ports) {
		List<String> properties = new ArrayList<>(TOMCAT);
		properties.add("--server.port=" + ports.http());
		// All clients are one user.
		properties.add("--realtime.limits.connections-per-user=0");
		if (ports.redis() != 0) {
			properties.add("--spring.data.redis.url=redis://127.0.0.1:" + ports.redis());
		}
		return properties;
	}

	private static List<String> netty(Ports ports) {
		List<String> properties = tomcat(ports);
		properties.add("--realtime.ws-port=" + ports.webSocket());
		return properties;
	}

	private static List<String> java(Class<?> main, Ports ports, List<String> options, List<String> arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(options);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName(),
				Integer.toString(ports.control())));
		command.addAll(arguments);
		return command;
	}

	private static List<String> node(String script, Ports ports) throws IOException, InterruptedException {
		return List.of("node", "--expose-gc", Installation.node().resolve(script).toString(),
				Integer.toString(ports.control()), Integer.toString(ports.http()), Integer.toString(ports.redis()));
	}

	/**
	 * All that can be started here.
	 */
	List<String> names() {
		return List.copyOf(this.byName.keySet());
	}

	ServerKind get(String name) {
		ServerKind kind = this.byName.get(name);
		if (kind == null) {
			throw new IllegalArgumentException("There is no server '" + name + "' here, but " + names());
		}
		return kind;
	}

}
