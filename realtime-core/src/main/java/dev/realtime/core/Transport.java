package dev.realtime.core;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A way clients come by, such as the servlet endpoint: what its lanes count together.
 * Thread-safe.
 *
 * @since 0.1.0
 * @see RealtimeEngine#transport
 */
public final class Transport {

	private static final Logger logger = LoggerFactory.getLogger(Transport.class);

	private final String name;

	private final List<LatencyObserver> observers = new CopyOnWriteArrayList<>();

	/** Weak, so that the lanes of an endpoint that was stopped go with it. */
	private final Set<Lane<?>> lanes = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	private final Map<DropReason, LongAdder> drops = adders(DropReason.class);

	private final Map<CloseReason, LongAdder> closes = adders(CloseReason.class);

	private final LongAdder clientsGone = new LongAdder();

	/** Connections that are there now. */
	final LongAdder connections = new LongAdder();

	/** Subscriptions that are there now. */
	final LongAdder subscriptions = new LongAdder();

	/** Publications written to subscribers so far, once per subscription. */
	final LongAdder deliveries = new LongAdder();

	Transport(String name) {
		this.name = name;
	}

	private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
		Map<E, LongAdder> adders = new EnumMap<>(type);
		for (E constant : type.getEnumConstants()) {
			adders.put(constant, new LongAdder());
		}
		return Collections.unmodifiableMap(adders);
	}

	/**
	 * What the transport is called.
	 * @return a name that is unique in the engine
	 */
	public String name() {
		return this.name;
	}

	/**
	 * What was counted so far. The numbers are taken one after the other while others go
	 * on counting.
	 * @return the numbers
	 */
	public TransportStatistics statistics() {
		return new TransportStatistics(this.name, this.connections.sum(), this.subscriptions.sum(),
				this.deliveries.sum(), sums(DropReason.class, this.drops), sums(CloseReason.class, this.closes),
				this.clientsGone.sum(), queuedBytes());
	}

	private static <E extends Enum<E>> Map<E, Long> sums(Class<E> type, Map<E, LongAdder> adders) {
		Map<E, Long> sums = new EnumMap<>(type);
		adders.forEach((constant, adder) -> sums.put(constant, adder.sum()));
		return sums;
	}

	private long queuedBytes() {
		synchronized (this.lanes) {
			return this.lanes.stream().mapToLong(Lane::queuedBytes).sum();
		}
	}

	void add(Lane<?> lane) {
		this.lanes.add(lane);
	}

	/**
	 * Closes all connections there are, each with a text of its own.
	 */
	void closeAll(CloseReason reason, Supplier<String> text) {
		List<Lane<?>> lanes;
		synchronized (this.lanes) {
			lanes = List.copyOf(this.lanes);
		}
		lanes.forEach((lane) -> lane.execute(() -> lane.closeAll(reason, text)));
	}

	void dropped(DropReason reason, long count) {
		if (count > 0) {
			adder(this.drops, reason).add(count);
		}
	}

	/**
	 * Counts the end of a connection.
	 * @param reason why the server ended it, or {@code null} if the client left
	 */
	void closed(@Nullable CloseReason reason) {
		((reason != null) ? adder(this.closes, reason) : this.clientsGone).increment();
	}

	private static <E extends Enum<E>> LongAdder adder(Map<E, LongAdder> adders, E constant) {
		LongAdder adder = adders.get(constant);
		if (adder == null) {
			throw new IllegalStateException("Nothing counts " + constant);
		}
		return adder;
	}

	void observe(LatencyObserver observer) {
		this.observers.add(observer);
	}

	boolean isObserved() {
		return !this.observers.isEmpty();
	}

	void written(long nanos) {
		try {
			for (LatencyObserver observer : this.observers) {
				observer.written(nanos);
			}
		}
		catch (RuntimeException ex) {
			// The lane has to go on.
			logger.debug("An observer failed", ex);
		}
	}

	@Override
	public String toString() {
		return "Transport " + this.name;
	}

}
