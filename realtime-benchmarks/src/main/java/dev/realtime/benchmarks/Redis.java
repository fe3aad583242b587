package dev.realtime.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.realtime.benchmarks.client.PlainDialect;
import redis.embedded.core.ExecutableProvider;

/**
 * A Redis that keeps nothing on disk: that of the machine, or else the one that comes
 * with the tests. Nodes use it; it has no clients of its own.
 */
final class Redis {

	private static final String PROGRAM = "redis-server";

	/** Redis does not notice when whoever started it is gone: the shell does. */
	private static final List<String> UNTIL_END_OF_INPUT = List.of("sh", "-c", "\"$@\" & read -r _; kill $!; wait",
			"sh");

	private Redis() {
	}

	static ServerKind kind() {
		return new ServerKind("redis", new PlainDialect("/"), List.of(), (ports, options) -> command(ports),
				(ports) -> (id, payload) -> {
					throw new UnsupportedOperationException("Nodes publish");
				});
	}

	private static List<String> command(Ports ports) throws IOException {
		Path directory = Files.createDirectories(Installation.target().resolve("redis"));
		List<String> command = new ArrayList<>(UNTIL_END_OF_INPUT);
		command.addAll(List.of(executable(directory), "--port", Integer.toString(ports.http()), "--bind", "127.0.0.1",
				"--dir", directory.toString(), "--save", "", "--appendonly", "no"));
		return command;
	}

	private static String executable(Path directory) throws IOException {
		if (Installation.has(PROGRAM)) {
			return PROGRAM;
		}
		File bundled = ExecutableProvider.newJarResourceProvider(directory.toFile()).get();
		return bundled.getAbsolutePath();
	}

}
