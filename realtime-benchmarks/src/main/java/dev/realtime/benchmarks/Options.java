package dev.realtime.benchmarks;

import java.nio.file.Path;
import java.util.List;

/**
 * What is asked for on the command line.
 *
 * @param servers names of servers
 * @param scenarios names of scenarios
 * @param quick whether sizes are small
 * @param output the directory for the results
 * @param javaOptions options for the servers in Java
 */
record Options(List<String> servers, List<String> scenarios, boolean quick, Path output, List<String> javaOptions) {

	static final String USAGE = """
			Options:
			  --servers a,b       which servers; by default all that can be started here: %s
			  --scenarios a,b     which scenarios; by default all: %s
			  --quick             small sizes, to see whether it works; writes to realtime-benchmarks/target
			  --output directory  where results.md, results.csv and results.svg go; by default docs/benchmarks
			  --java-options "…"  options for the servers in Java, such as -XX:StartFlightRecording
			Or "jmh" and options of JMH, for the microbenchmarks.""";

	/** The same for all servers in Java. */
	private static final List<String> JAVA_OPTIONS = List.of("-Xmx2g");

	static Options parse(List<String> arguments, List<String> servers, Path target) {
		boolean quick = arguments.contains("--quick");
		List<String> javaOptions = value(arguments, "--java-options", "").isEmpty() ? JAVA_OPTIONS
				: List.of(value(arguments, "--java-options", "").split(" "));
		return new Options(list(arguments, "--servers", servers), list(arguments, "--scenarios", Scenarios.ALL), quick,
				Path.of(value(arguments, "--output", quick ? target.resolve("quick").toString() : "docs/benchmarks")),
				javaOptions);
	}

	private static List<String> list(List<String> arguments, String name, List<String> defaults) {
		String value = value(arguments, name, "");
		return value.isEmpty() ? defaults : List.of(value.split(","));
	}

	private static String value(List<String> arguments, String name, String defaultValue) {
		int index = arguments.indexOf(name);
		if (index < 0) {
			return defaultValue;
		}
		if (index + 1 == arguments.size()) {
			throw new IllegalArgumentException(name + " needs a value");
		}
		return arguments.get(index + 1);
	}

}
