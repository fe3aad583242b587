package dev.realtime.limit;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * The limits of one node: counts what connections, users, tenants and addresses have, and
 * keeps nothing of those who have left. Thread-safe; nothing blocks.
 *
 * @since 0.1.0
 */
public final class Limiter {

	/**
	 * When somebody may come back for whom there is no place now. Spread, so that those
	 * who were refused together do not come back together.
	 */
	private static final Duration MIN_RETRY = Duration.ofSeconds(5);

	private static final Duration RETRY_SPREAD = Duration.ofSeconds(10);

	/** An IPv6 network: providers give each customer at least as much. */
	private static final int NETWORK_BYTES = 8;

	/** The key of what is counted once per node. */
	private static final Object NODE = "node";

	private final LimitOptions options;

	private final LongSupplier nanoTime;

	private final Map<Limit, LongAdder> refusals = new EnumMap<>(Limit.class);

	private final Map<Limit, KeyedCounter> counters = new EnumMap<>(Limit.class);

	private final Map<Limit, SharedRates> rates = new EnumMap<>(Limit.class);

	private final @Nullable Rate handshakes;

	/**
	 * A node without connections.
	 * @param options how much is allowed
	 * @param nanoTime a monotonic clock, such as {@link System#nanoTime}
	 */
	public Limiter(LimitOptions options, LongSupplier nanoTime) {
		this.options = options;
		this.nanoTime = nanoTime;
		for (Limit limit : Limit.values()) {
			this.refusals.put(limit, new LongAdder());
			this.counters.put(limit, new KeyedCounter(options.of(limit)));
			this.rates.put(limit, new SharedRates(() -> Rate.of(limit, options, nanoTime)));
		}
		this.handshakes = Rate.of(Limit.HANDSHAKES_PER_SECOND, options, nanoTime);
	}

	/**
	 * How much is allowed.
	 * @return the options
	 */
	public LimitOptions options() {
		return this.options;
	}

	/**
	 * Whether somebody may open a connection. Counts the handshake, not the connection.
	 * @param address where the client is; {@code null} if it is authenticated already, or
	 * nobody knows
	 * @return why not, or {@code null}
	 */
	public @Nullable Refusal handshake(@Nullable String address) {
		if (counter(Limit.CONNECTIONS).isFull(NODE)) {
			return refuse(Limit.CONNECTIONS);
		}
		if (address != null && counter(Limit.UNAUTHENTICATED_CONNECTIONS_PER_ADDRESS).isFull(network(address))) {
			return refuse(Limit.UNAUTHENTICATED_CONNECTIONS_PER_ADDRESS);
		}
		Refusal refusal = (this.handshakes != null) ? this.handshakes.take(1) : null;
		return (refusal != null) ? count(refusal) : null;
	}

	/**
	 * Starts to count a connection.
	 * @param address where the client is; {@code null} if it is authenticated already, or
	 * nobody knows
	 * @return what counts, to be closed with the connection
	 */
	public ConnectionLimits open(@Nullable String address) {
		ConnectionLimits connection = new ConnectionLimits(this);
		connection.opened(NODE, (address != null) ? network(address) : null);
		return connection;
	}

	/**
	 * Counts a refusal of a limit that is kept elsewhere.
	 * @param limit the limit
	 */
	public void refused(Limit limit) {
		refusals(limit).increment();
	}

	/**
	 * How often a limit refused something.
	 * @param limit the limit
	 * @return the number so far
	 */
	public long refusedSoFar(Limit limit) {
		return refusals(limit).sum();
	}

	Refusal refuse(Limit limit) {
		long spread = ThreadLocalRandom.current().nextLong(RETRY_SPREAD.toMillis());
		return count(new Refusal(limit, MIN_RETRY.plusMillis(spread)));
	}

	Refusal count(Refusal refusal) {
		refused(refusal.limit());
		return refusal;
	}

	KeyedCounter counter(Limit limit) {
		return Objects.requireNonNull(this.counters.get(limit));
	}

	SharedRates shared(Limit limit) {
		return Objects.requireNonNull(this.rates.get(limit));
	}

	@Nullable Rate rate(Limit limit) {
		return Rate.of(limit, this.options, this.nanoTime);
	}

	/**
	 * How often a connection may be refused before it has to go.
	 */
	Rate patience() {
		return Rate.ofRefusals(this.nanoTime);
	}

	private LongAdder refusals(Limit limit) {
		return Objects.requireNonNull(this.refusals.get(limit));
	}

	/**
	 * Whether nothing is counted, as when there are no connections.
	 */
	boolean isEmpty() {
		return this.counters.values().stream().allMatch(KeyedCounter::isEmpty)
				&& this.rates.values().stream().allMatch(SharedRates::isEmpty);
	}

	/**
	 * Who counts as one: an IPv4 address, or a network of IPv6.
	 */
	private static String network(String address) {
		if (address.indexOf(':') < 0) {
			return address;
		}
		try {
			// With a colon it is never looked up.
			InetAddress parsed = InetAddress.getByName(address);
			return (parsed instanceof Inet6Address) ? Arrays.toString(Arrays.copyOf(parsed.getAddress(), NETWORK_BYTES))
					: parsed.getHostAddress();
		}
		catch (UnknownHostException ex) {
			return address;
		}
	}

}
