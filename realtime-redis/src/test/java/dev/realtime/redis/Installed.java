package dev.realtime.redis;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;

/**
 * Programs that do not come with the tests.
 */
final class Installed {

	private Installed() {
	}

	/**
	 * Skips the test, loudly, if there is no such program.
	 * @return where it is
	 */
	static Path require(String program) {
		Path found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, program))
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
		if (found == null) {
			System.err.println("SKIPPED: there is no " + program + " on the PATH, see CONTRIBUTING.md");
		}
		Assumptions.assumeTrue(found != null, () -> "There is no " + program + " on the PATH");
		return found;
	}

}
