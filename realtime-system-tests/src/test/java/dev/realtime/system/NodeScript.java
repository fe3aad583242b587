package dev.realtime.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of another module that Node.js runs.
 */
final class NodeScript {

	private static final long TIMEOUT_MINUTES = 9;

	private NodeScript() {
	}

	/**
	 * Runs a command in the directory of a module, and fails with what it prints unless
	 * it ends well.
	 */
	static void run(String directory, Map<String, String> environment, String... command)
			throws IOException, InterruptedException {
		Path output = Files.createTempFile("node", ".log");
		try {
			ProcessBuilder builder = new ProcessBuilder(List.of(command))
				.directory(Path.of("..", directory).toAbsolutePath().normalize().toFile())
				.redirectErrorStream(true)
				.redirectOutput(output.toFile());
			builder.environment().putAll(environment);
			Process process = builder.start();
			try {
				assertThat(process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)).as(() -> read(output)).isTrue();
				assertThat(process.exitValue()).as(() -> read(output)).isZero();
			}
			finally {
				process.descendants().forEach(ProcessHandle::destroyForcibly);
				process.destroyForcibly();
			}
		}
		finally {
			Files.delete(output);
		}
	}

	private static String read(Path output) {
		try {
			return Files.readString(output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
