package dev.realtime.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts a kind of server for a scenario, as often as it wants: each time as new.
 */
final class Lab {

	private final ServerKind kind;

	private final String scenario;

	private final List<String> javaOptions;

	Lab(ServerKind kind, String scenario, List<String> javaOptions) {
		this.kind = kind;
		this.scenario = scenario;
		this.javaOptions = javaOptions;
	}

	ServerKind kind() {
		return this.kind;
	}

	/**
	 * Starts a server.
	 * @param moreJavaOptions options the scenario needs
	 */
	RunningServer start(String... moreJavaOptions) throws IOException, InterruptedException {
		List<String> options = new ArrayList<>(this.javaOptions);
		options.addAll(List.of(moreJavaOptions));
		return RunningServer.start(this.kind, options, log(""), 0);
	}

	/**
	 * Starts a Redis.
	 */
	RunningServer startRedis() throws IOException, InterruptedException {
		return RunningServer.start(Redis.kind(), this.javaOptions, log("-redis"), 0);
	}

	/**
	 * Starts a server that is one of several on a Redis.
	 */
	RunningServer startNode(RunningServer redis, int number) throws IOException, InterruptedException {
		return RunningServer.start(this.kind, this.javaOptions, log("-" + number), redis.port());
	}

	private Path log(String suffix) {
		return Installation.target().resolve("logs").resolve(this.kind.name() + "-" + this.scenario + suffix + ".log");
	}

}
