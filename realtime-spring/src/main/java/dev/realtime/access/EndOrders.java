package dev.realtime.access;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;

/**
 * The orders to end connections that this node gave lately, to be repeated for nodes that
 * missed some because Redis lost them. Thread-safe.
 */
final class EndOrders {

	/** As much as Redis keeps of all nodes. */
	private static final int MAX = 1000;

	private static final Duration MEMORY = Duration.ofHours(1);

	private final ArrayDeque<AccessCommand> orders = new ArrayDeque<>();

	private final InstantSource clock;

	EndOrders(InstantSource clock) {
		this.clock = clock;
	}

	/**
	 * Remembers an order that was given just now.
	 */
	synchronized void add(AccessCommand order) {
		trim(MAX - 1);
		this.orders.add(order.given(this.clock.millis()));
	}

	/**
	 * The orders to repeat, the oldest first.
	 */
	synchronized List<AccessCommand> all() {
		trim(MAX);
		return List.copyOf(this.orders);
	}

	private void trim(int max) {
		long oldest = this.clock.millis() - MEMORY.toMillis();
		while (!this.orders.isEmpty()
				&& (this.orders.size() > max || Objects.requireNonNullElse(this.orders.peek().given(), 0L) < oldest)) {
			this.orders.remove();
		}
	}

}
