package dev.realtime.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.realtime.benchmarks.client.LoadClient;
import dev.realtime.benchmarks.server.Load;

/**
 * Nodes that share a Redis, which is as new as they are. The first node publishes, the
 * last one has the clients.
 */
final class Nodes implements Target, AutoCloseable {

	/** The nodes, then the Redis. */
	private final List<RunningServer> processes = new ArrayList<>();

	private List<Long> start = List.of();

	private Nodes() {
	}

	static Nodes start(Lab lab, int count) throws IOException, InterruptedException {
		Nodes nodes = new Nodes();
		try {
			RunningServer redis = lab.startRedis();
			nodes.processes.add(redis);
			for (int i = 0; i < count; i++) {
				nodes.processes.add(i, lab.startNode(redis, i + 1));
			}
			return nodes;
		}
		catch (IOException | InterruptedException | RuntimeException ex) {
			nodes.close();
			throw ex;
		}
	}

	RunningServer publisher() {
		return this.processes.get(0);
	}

	@Override
	public ServerKind kind() {
		return publisher().kind();
	}

	@Override
	public LoadClient client(int handshakes, int receiveBuffer) throws IOException {
		return this.processes.get(this.processes.size() - 2).client(handshakes, receiveBuffer);
	}

	@Override
	public long publish(Load load) throws IOException, InterruptedException {
		return publisher().publish(load);
	}

	@Override
	public long cpuMicros() {
		return this.processes.stream().mapToLong(RunningServer::cpuMicros).sum();
	}

	/**
	 * Starts to measure what each process costs.
	 */
	void measure() {
		this.start = this.processes.stream().map(RunningServer::cpuMicros).toList();
	}

	/**
	 * What each process has cost since {@link #measure()}.
	 * @param count for how many
	 */
	String costs(long count) {
		int last = this.processes.size() - 1;
		return IntStream.rangeClosed(0, last)
			.mapToObj((i) -> String.format(Locale.ROOT, "%s %.1f", (i == last) ? "Redis" : "node " + (i + 1),
					(double) (this.processes.get(i).cpuMicros() - this.start.get(i)) / count))
			.collect(Collectors.joining(", ", "CPU µs each: ", ""));
	}

	@Override
	public void close() {
		this.processes.forEach(RunningServer::close);
	}

}
