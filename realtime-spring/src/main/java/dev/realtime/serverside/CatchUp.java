package dev.realtime.serverside;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * How a node gets to know what it did not hear: it asks, and one of those who know
 * answers. Where nobody knows everything, because all nodes had the same gap, they put
 * together what they know. Thread-safe.
 */
final class CatchUp {

	/** After this a node takes it that it is alone. */
	private static final Duration PATIENCE = Duration.ofSeconds(3);

	/** So that not all answer. */
	private static final Duration TURN = Duration.ofMillis(100);

	/** So that who knows everything comes first. */
	private static final Duration UNCERTAIN = Duration.ofMillis(500);

	/** A part of an answer has some ten kilobytes. */
	private static final int PART = 100;

	private final String node;

	private final SubscriptionMemory memory;

	private final Consumer<Order> sender;

	private final BiConsumer<Runnable, Duration> scheduler;

	private final Consumer<Set<Target>> changed;

	/** What others asked and nobody has answered. */
	private final Set<String> open = new HashSet<>();

	/** What came of answers that are not complete yet, by who answers. */
	private final Map<String, List<Remembered>> parts = new HashMap<>();

	/** What this node asks. */
	private @Nullable String request;

	/**
	 * How a node catches up.
	 * @param node the node
	 * @param memory what it remembers
	 * @param sender says something to all nodes
	 * @param scheduler runs something later
	 * @param changed told whose subscriptions may have changed
	 */
	CatchUp(String node, SubscriptionMemory memory, Consumer<Order> sender, BiConsumer<Runnable, Duration> scheduler,
			Consumer<Set<Target>> changed) {
		this.node = node;
		this.memory = memory;
		this.sender = sender;
		this.scheduler = scheduler;
		this.changed = changed;
	}

	/**
	 * Something was not heard.
	 */
	synchronized void begin() {
		String request = Long.toString(new SecureRandom().nextLong() >>> 1, Character.MAX_RADIX);
		this.request = request;
		this.parts.clear();
		this.memory.beginCatchUp();
		this.sender.accept(Order.ask(this.node, request));
		this.scheduler.accept(() -> giveUp(request), PATIENCE);
	}

	synchronized void asked(String request) {
		Duration turn = Duration.ofNanos(ThreadLocalRandom.current().nextLong(TURN.toNanos()));
		this.open.add(request);
		this.scheduler.accept(() -> answer(request), isCertain() ? turn : UNCERTAIN.plus(turn));
	}

	private synchronized void answer(String request) {
		if (!this.open.remove(request)) {
			return;
		}
		List<Remembered> all = this.memory.all();
		int from = 0;
		do {
			int to = Math.min(from + PART, all.size());
			this.sender.accept(Order.answer(this.node, request, all.subList(from, to), to == all.size(), isCertain()));
			from = to;
		}
		while (from < all.size());
	}

	void answered(Order answer) {
		Set<Target> affected = take(answer);
		if (!affected.isEmpty()) {
			this.changed.accept(affected);
		}
	}

	private synchronized Set<Target> take(Order answer) {
		String request = String.valueOf(answer.request());
		this.open.remove(request);
		if (!request.equals(this.request) || answer.subscriptions() == null) {
			return Set.of();
		}
		this.parts.computeIfAbsent(answer.node(), (absent) -> new ArrayList<>()).addAll(answer.subscriptions());
		if (!answer.last()) {
			return Set.of();
		}
		Set<Target> affected = this.memory.catchUp(this.parts.getOrDefault(answer.node(), List.of()),
				answer.complete());
		this.parts.remove(answer.node());
		if (answer.complete()) {
			end();
		}
		return affected;
	}

	private synchronized void giveUp(String request) {
		if (request.equals(this.request)) {
			end();
		}
	}

	private void end() {
		this.request = null;
		this.parts.clear();
		this.memory.endCatchUp();
	}

	/**
	 * Whether this node knows all there is.
	 */
	synchronized boolean isCertain() {
		return this.request == null;
	}

}
