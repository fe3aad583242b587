package dev.realtime.core;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What a node counted so far. Immutable.
 *
 * @param channels channels with subscribers on this node now
 * @param publications publications this node handed to the backplane so far
 * @param transports what each transport counted
 * @since 0.1.0
 */
public record EngineStatistics(int channels, long publications, List<TransportStatistics> transports) {

	public EngineStatistics {
		transports = List.copyOf(transports);
	}

	long connections() {
		return sum(TransportStatistics::connections);
	}

	long subscriptions() {
		return sum(TransportStatistics::subscriptions);
	}

	long deliveries() {
		return sum(TransportStatistics::deliveries);
	}

	long drops() {
		return sum(TransportStatistics::allDrops);
	}

	long closes() {
		return sum(TransportStatistics::allCloses);
	}

	long slowConsumers() {
		return sum((transport) -> transport.closes(CloseReason.SLOW_CONSUMER));
	}

	private long sum(ToLongFunction<TransportStatistics> number) {
		return this.transports.stream().mapToLong(number).sum();
	}

}
