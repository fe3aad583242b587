package dev.realtime.serverside;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What this node said and has not heard itself yet. What it said before it listened, or
 * what got lost on its way back, it says again: all that is open, in the order in which
 * it was said, so that the last word is still the last. Thread-safe.
 */
final class UnheardOrders {

	/** More than wait for Redis, as a rule; beyond it the oldest are not said again. */
	private static final int MAX_OPEN = 10_000;

	private final Function<Order, CompletableFuture<Void>> sender;

	private final Map<String, Order> open = new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Order> eldest) {
			return size() > MAX_OPEN;
		}

	};

	/**
	 * Nothing is open.
	 * @param sender says something to all nodes; does not block
	 */
	UnheardOrders(Function<Order, CompletableFuture<Void>> sender) {
		this.sender = sender;
	}

	/**
	 * Gives an order.
	 * @return completed once the backplane has it
	 */
	CompletableFuture<Void> give(Order order) {
		String id = String.valueOf(order.request());
		synchronized (this.open) {
			this.open.put(id, order);
		}
		// Without the lock: the backplane has locks of its own.
		return this.sender.apply(order).whenComplete((done, failure) -> {
			if (failure != null) {
				close(id);
			}
		});
	}

	/**
	 * The order came back.
	 */
	void heard(Order order) {
		close(String.valueOf(order.request()));
	}

	private void close(String id) {
		synchronized (this.open) {
			this.open.remove(id);
		}
	}

	/**
	 * Some may have been missed.
	 */
	void repeat() {
		Set<String> said = new HashSet<>();
		List<Order> next = openBut(said);
		while (!next.isEmpty()) {
			next.forEach(this.sender::apply);
			// Those that were given meanwhile may have come before these.
			next = openBut(said);
		}
	}

	private List<Order> openBut(Set<String> said) {
		synchronized (this.open) {
			List<Order> orders = new ArrayList<>();
			this.open.forEach((id, order) -> {
				if (said.add(id)) {
					orders.add(order);
				}
			});
			return orders;
		}
	}

}
