package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Runs the scenarios with the servers, prints one table, and writes it as Markdown, CSV
 * and SVG. With {@code jmh} as its first argument it runs the microbenchmarks.
 *
 * @since 0.1.0
 */
public final class Main {

	private final Options options;

	private final Servers servers;

	private Main(Options options, Servers servers) {
		this.options = options;
		this.servers = servers;
	}

	/**
	 * Main.
	 * @param args {@code --help} says
	 * @throws IOException if the results can not be written
	 * @throws InterruptedException never
	 */
	public static void main(String[] args) throws IOException, InterruptedException {
		if (args.length > 0 && args[0].equals("jmh")) {
			org.openjdk.jmh.Main.main(Arrays.copyOfRange(args, 1, args.length));
			return;
		}
		Servers servers = new Servers();
		List<String> arguments = List.of(args);
		if (arguments.contains("--help")) {
			System.out.println(String.format(Options.USAGE, servers.names(), Scenarios.ALL));
			return;
		}
		new Main(Options.parse(arguments, servers.names(), Installation.target()), servers).run();
	}

	private void run() throws IOException, InterruptedException {
		List<Measurement> measurements = new ArrayList<>(others());
		Map<String, Scenario> scenarios = Scenarios.create(this.options.quick());
		for (String name : this.options.scenarios()) {
			Scenario scenario = scenarios.get(name);
			if (scenario == null) {
				throw new IllegalArgumentException("There is no scenario '" + name + "', but " + Scenarios.ALL);
			}
			for (String server : this.options.servers()) {
				ServerKind kind = this.servers.get(server);
				if (kind.scenarios().contains(name)) {
					System.err.println(name + " with " + server + " …");
					measurements.addAll(measure(kind, name, scenario));
					new Report(measurements).write(this.options.output());
				}
			}
		}
		System.out.println(new Report(measurements).table());
	}

	/**
	 * What an earlier run has written of other scenarios. Within a scenario, only what
	 * was measured together is compared.
	 */
	private List<Measurement> others() throws IOException {
		return Report.read(this.options.output())
			.stream()
			.filter((measurement) -> this.options.scenarios()
				.stream()
				.noneMatch((scenario) -> measurement.isOf(scenario)))
			.toList();
	}

	private List<Measurement> measure(ServerKind kind, String name, Scenario scenario) throws InterruptedException {
		try {
			return scenario.run(new Lab(kind, name, this.options.javaOptions()));
		}
		catch (IOException | RuntimeException ex) {
			return List.of(Measurement.failed(kind.name(), name, "failed: " + ex.getMessage()));
		}
	}

}
