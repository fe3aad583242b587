package dev.realtime.sample;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.assertj.core.api.Assertions;

/**
 * A test in {@code src/test/js}, run by Node.js against the running application.
 */
final class NodeScript {

	private static final Path DIRECTORY = Path.of(System.getProperty("basedir", ""), "src", "test", "js");

	private static final Duration TIMEOUT = Duration.ofMinutes(10);

	private NodeScript() {
	}

	/**
	 * Runs a script, and fails with its output unless all of its tests pass.
	 */
	static void run(String script, int port) {
		installDependencies();
		execute(List.of("node", "--test", "--test-reporter=spec", script), "http://localhost:" + port);
	}

	private static void installDependencies() {
		// What npm leaves behind after an installation.
		Path installed = DIRECTORY.resolve("node_modules/.package-lock.json");
		try {
			if (!Files.exists(installed) || Files.getLastModifiedTime(installed)
				.compareTo(Files.getLastModifiedTime(DIRECTORY.resolve("package-lock.json"))) < 0) {
				execute(List.of("npm", "ci", "--no-audit", "--no-fund"), "");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void execute(List<String> command, String baseUrl) {
		try {
			Path output = Files.createTempFile("node", ".log");
			try {
				ProcessBuilder builder = new ProcessBuilder(command).directory(DIRECTORY.toFile())
					.redirectErrorStream(true)
					.redirectOutput(output.toFile());
				builder.environment().put("BASE_URL", baseUrl);
				await(start(builder), command, output);
			}
			finally {
				Files.delete(output);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Process start(ProcessBuilder builder) {
		try {
			return builder.start();
		}
		catch (IOException ex) {
			throw new AssertionError("These tests need Node.js 20 or newer with npm on the PATH, and %s does not start"
				.formatted(builder.command().get(0)), ex);
		}
	}

	private static void await(Process process, List<String> command, Path output) throws IOException {
		try {
			boolean ended = process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
			String text = Files.readString(output);
			Assertions.assertThat(ended).as("%s did not end within %s:%n%s", command, TIMEOUT, text).isTrue();
			Assertions.assertThat(process.exitValue()).as("%s:%n%s", command, text).isZero();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("Interrupted while waiting for " + command, ex);
		}
		finally {
			process.descendants().forEach(ProcessHandle::destroyForcibly);
			process.destroyForcibly();
		}
	}

}
