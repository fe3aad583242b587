package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.List;

import dev.realtime.benchmarks.client.Dialect;
import dev.realtime.benchmarks.server.Publisher;
import org.jspecify.annotations.Nullable;

/**
 * A server that can be measured.
 *
 * @param name what it is called on the command line and in tables
 * @param dialect what its clients speak
 * @param scenarios the scenarios that make sense for it
 * @param launcher how it is started
 * @param publisher how our process publishes, for servers that can not run the publisher
 * in theirs
 */
record ServerKind(String name, Dialect dialect, List<String> scenarios, Launcher launcher,
		@Nullable PublisherFactory publisher) {

	/**
	 * Starts a server.
	 */
	@FunctionalInterface
	interface Launcher {

		/**
		 * The command that starts it in the foreground.
		 * @param javaOptions options for those that are written in Java
		 */
		List<String> command(Ports ports, List<String> javaOptions) throws IOException, InterruptedException;

	}

	/**
	 * Publishes from outside.
	 */
	@FunctionalInterface
	interface PublisherFactory {

		Publisher create(Ports ports) throws IOException;

	}

}
