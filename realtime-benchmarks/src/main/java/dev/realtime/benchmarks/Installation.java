package dev.realtime.benchmarks;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where things are: this module, and the programs of others.
 */
final class Installation {

	private Installation() {
	}

	/**
	 * The directory {@code target} of this module, which everything that is temporary
	 * goes to.
	 */
	static Path target() {
		try {
			Path code = Path.of(Installation.class.getProtectionDomain().getCodeSource().getLocation().toURI());
			return code.resolveSibling("").toAbsolutePath();
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A program on the {@code PATH}, or where Debian keeps those for administrators.
	 */
	static boolean has(String program) {
		String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/usr/lib/rabbitmq/bin";
		return Arrays.stream(path.split(":")).anyMatch((directory) -> Files.isExecutable(Path.of(directory, program)));
	}

	/**
	 * The servers on Node, with the packages they need.
	 */
	static Path node() throws IOException, InterruptedException {
		Path directory = target().resolve("node");
		Files.createDirectories(directory);
		boolean current = Files.isDirectory(directory.resolve("node_modules"))
				&& Files.mismatch(sources().resolve("package-lock.json"), directory.resolve("package-lock.json")) < 0;
		try (Stream<Path> files = Files.list(sources())) {
			for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
				Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
			}
		}
		if (!current) {
			run(directory, List.of("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"));
		}
		return directory;
	}

	private static Path sources() {
		return target().resolveSibling("src").resolve("main").resolve("node");
	}

	private static void run(Path directory, List<String> command) throws IOException, InterruptedException {
		int status = new ProcessBuilder(command).directory(directory.toFile()).inheritIO().start().waitFor();
		if (status != 0) {
			throw new IOException(command + " failed with status " + status);
		}
	}

}
