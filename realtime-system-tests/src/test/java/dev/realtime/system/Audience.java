package dev.realtime.system;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import javax.net.ssl.SSLContext;

import dev.realtime.StreamPosition;
import dev.realtime.system.Client.Ending;
import io.netty.channel.Channel;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The clients of one room, all from before the first publication. Each checks that it
 * gets everything, once, in order, and all of them that they get the same.
 */
final class Audience implements AutoCloseable {

	private static final Pattern RECONNECT_AFTER = Pattern.compile("going away, reconnect-after=(\\d+)");

	private static final Pattern DATA = Pattern.compile("\\{\"number\":(\\d+),\"tenant\":\"(\\w+)\"}");

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	/** Without word from the server clients come back within this time. */
	private static final int SPREAD_MILLIS = 1000;

	/** Connections that are opened at a time. */
	private static final int STEP = 200;

	private static final int MAX_FAULTS = 10;

	private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

	private final WebSocketClient webSockets;

	private final String tenant;

	private final String room;

	private final Supplier<URI> endpoints;

	private final Credentials credentials;

	private final List<Client> clients = new ArrayList<>();

	private final Queue<String> faults = new ConcurrentLinkedQueue<>();

	private final Queue<Ending> endings = new ConcurrentLinkedQueue<>();

	private final Map<Long, Integer> published = new ConcurrentSkipListMap<>();

	/**
	 * An audience without clients.
	 * @param endpoints where clients go whose connection ended
	 */
	Audience(String tenant, String room, Supplier<URI> endpoints) {
		this(tenant, room, endpoints, Credentials.bearer(tenant));
	}

	/**
	 * An audience without clients.
	 * @param endpoints where clients go whose connection ended
	 * @param credentials what clients show, each time they connect
	 */
	Audience(String tenant, String room, Supplier<URI> endpoints, Credentials credentials) {
		this(tenant, room, endpoints, credentials, null);
	}

	/**
	 * An audience without clients.
	 * @param endpoints where clients go whose connection ended
	 * @param credentials what clients show, each time they connect
	 * @param ssl whom clients trust, or {@code null} for the usual
	 */
	Audience(String tenant, String room, Supplier<URI> endpoints, Credentials credentials, SSLContext ssl) {
		this.webSockets = new WebSocketClient(ssl);
		this.tenant = tenant;
		this.room = room;
		this.endpoints = endpoints;
		this.credentials = credentials;
	}

	/**
	 * Adds clients and waits until they are live.
	 */
	void join(int count, List<URI> endpoints) {
		for (int from = 0; from < count; from += STEP) {
			List<Client> step = IntStream.range(from, Math.min(count, from + STEP)).mapToObj((i) -> {
				Client client = new Client(this);
				client.connect(endpoints.get(i % endpoints.size()));
				return client;
			}).toList();
			this.clients.addAll(step);
			awaitLive();
		}
	}

	/**
	 * All clients drop their connections, until {@link #comeBack}.
	 */
	void leave() {
		this.clients.forEach(Client::leave);
	}

	/**
	 * All clients connect at once.
	 */
	void comeBack(List<URI> endpoints) {
		for (int i = 0; i < this.clients.size(); i++) {
			this.clients.get(i).connect(endpoints.get(i % endpoints.size()));
		}
	}

	void awaitLive() {
		await("live").untilAsserted(
				() -> assertThat(this.clients.stream().filter((client) -> !client.isLive()).count()).isZero());
	}

	long countAt(Node node) {
		return this.clients.stream().filter((client) -> client.isAt(node)).count();
	}

	/**
	 * Waits until somebody got that many publications.
	 */
	void awaitDelivered(int count) {
		await("delivered").until(() -> this.published.size() >= count);
	}

	/**
	 * How many publications somebody got.
	 */
	int delivered() {
		return this.published.size();
	}

	/**
	 * Waits until that many connections ended.
	 */
	void awaitEndings(int count) {
		await("ended").until(() -> this.endings.size() >= count);
	}

	/**
	 * Waits until all clients got that many publications, in order and each once, which
	 * were the numbers from zero on.
	 * @return the numbers in the order of their offsets
	 */
	List<Integer> awaitAll(int count) {
		awaitLive();
		await("delivered to all")
			.untilAsserted(() -> assertThat(this.clients).filteredOn((client) -> client.offset() < count).isEmpty());
		assertThat(this.faults).isEmpty();
		assertThat(this.clients).extracting(Client::offset).containsOnly((long) count);
		List<Integer> numbers = List.copyOf(this.published.values());
		assertThat(numbers).containsExactlyInAnyOrderElementsOf(IntStream.range(0, count).boxed().toList());
		return numbers;
	}

	private ConditionFactory await(String what) {
		return Awaitility.await(what)
			.atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(50))
			.failFast(() -> assertThat(this.faults).isEmpty());
	}

	/**
	 * How connections ended, without those that clients dropped themselves.
	 */
	List<Ending> endings() {
		return List.copyOf(this.endings);
	}

	/**
	 * When to come back, if the server said so.
	 * @return milliseconds, or a negative number
	 */
	static int reconnectAfter(Ending ending) {
		Matcher told = RECONNECT_AFTER.matcher(ending.reason());
		return (ending.code() == 4000 && told.matches()) ? Integer.parseInt(told.group(1)) : -1;
	}

	Credentials credentials() {
		return this.credentials;
	}

	String topic() {
		return "room." + this.room;
	}

	Channel open(URI endpoint, WebSocketClient.Listener listener) {
		return this.webSockets.open(endpoint, listener);
	}

	void ended(Client client, Ending ending) {
		this.endings.add(ending);
		int told = reconnectAfter(ending);
		int delay = (told >= 0) ? told : ThreadLocalRandom.current().nextInt(SPREAD_MILLIS);
		this.scheduler.schedule(() -> client.connect(this.endpoints.get()), delay, TimeUnit.MILLISECONDS);
	}

	void delivered(StreamPosition position, String data) {
		Matcher matcher = DATA.matcher(data);
		if (!matcher.matches() || !matcher.group(2).equals(this.tenant)) {
			fault("Unexpected at " + position + ": " + data);
			return;
		}
		Integer number = Integer.valueOf(matcher.group(1));
		Integer known = this.published.putIfAbsent(position.offset(), number);
		if (known != null && !known.equals(number)) {
			fault("At " + position + " others got " + known + ": " + data);
		}
	}

	void fault(String what) {
		if (this.faults.size() < MAX_FAULTS) {
			this.faults.add(what);
		}
	}

	@Override
	public void close() {
		this.scheduler.shutdownNow();
		leave();
		this.webSockets.close();
	}

}
