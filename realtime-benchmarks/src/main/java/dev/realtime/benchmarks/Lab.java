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
		Path log = Installation.target().resolve("logs").resolve(this.kind.name() + "-" + this.scenario + ".log");
		return RunningServer.start(this.kind, options, log);
	}

}
