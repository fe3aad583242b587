package dev.realtime.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.broker.DefaultSubscriptionRegistry;
import org.springframework.messaging.support.MessageBuilder;

/**
 * Our registry of subscriptions beside Spring's {@code DefaultSubscriptionRegistry}, with
 * the parameters of Spring's own benchmark of it: sessions, destinations, and contention
 * where several threads run ({@code -t}). {@code find} looks up the subscribers of one
 * destination and takes each into its hands, {@code registerUnregister} adds one, finds
 * all, removes it and finds all again. Operations per millisecond.
 * <p>
 * Spring's registry is shared by all threads. Ours is not: each lane has one of its own
 * with its share of the connections, so here each thread has one with all of them, and
 * contention does not exist.
 *
 * @since 0.1.0
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RegistryBenchmark {

	/**
	 * Looks up all subscribers of a destination.
	 * @param spring the registry
	 * @param request the request
	 * @param blackhole takes each
	 */
	@Benchmark
	public void findSpring(SpringRegistry spring, SpringRequest request, Blackhole blackhole) {
		spring.registry.findSubscriptions(request.publication)
			.forEach((session, ids) -> ids.forEach(blackhole::consume));
	}

	/**
	 * Looks up all subscribers of a channel.
	 * @param lane the registry
	 * @param blackhole takes each
	 */
	@Benchmark
	public void findRealtime(LaneRegistry lane, Blackhole blackhole) {
		lane.find(blackhole);
	}

	/**
	 * Subscribes, finds, unsubscribes, finds.
	 * @param spring the registry
	 * @param request the request
	 * @param blackhole takes what is found
	 */
	@Benchmark
	public void registerUnregisterSpring(SpringRegistry spring, SpringRequest request, Blackhole blackhole) {
		spring.registry.registerSubscription(request.subscribe);
		findSpring(spring, request, blackhole);
		spring.registry.unregisterSubscription(request.unsubscribe);
		findSpring(spring, request, blackhole);
	}

	/**
	 * Subscribes, finds, unsubscribes, finds.
	 * @param lane the registry
	 * @param blackhole takes what is found
	 */
	@Benchmark
	public void registerUnregisterRealtime(LaneRegistry lane, Blackhole blackhole) {
		lane.newcomer.forEach(lane::add);
		lane.find(blackhole);
		lane.newcomer.forEach(lane::remove);
		lane.find(blackhole);
	}

	/**
	 * The size of both registries.
	 */
	@State(Scope.Benchmark)
	public static class Size {

		@Param("1000")
		private int sessions;

		@Param("10")
		private int destinations;

		@Param({ "none", "sameDestination", "sameSession" })
		private String contention = "";

		private final AtomicInteger threads = new AtomicInteger();

		int nextThread() {
			return this.threads.getAndIncrement();
		}

		int destinationOf(int thread) {
			return this.contention.equals("sameDestination") ? 0 : thread % this.destinations;
		}

		int sessionOf(int thread) {
			return this.contention.equals("sameSession") ? 0 : thread % this.sessions;
		}

	}

	/**
	 * Spring's registry, one for all threads.
	 */
	@State(Scope.Benchmark)
	public static class SpringRegistry {

		private final DefaultSubscriptionRegistry registry = new DefaultSubscriptionRegistry();

		/**
		 * Subscribes every session to every destination.
		 * @param size the size
		 */
		@Setup(Level.Trial)
		public void fill(Size size) {
			for (int session = 0; session < size.sessions; session++) {
				for (int destination = 0; destination < size.destinations; destination++) {
					this.registry.registerSubscription(
							message(SimpMessageType.SUBSCRIBE, session, session + "-" + destination, destination));
				}
			}
		}

		private static Message<?> message(SimpMessageType type, int session, String subscription, int destination) {
			SimpMessageHeaderAccessor headers = SimpMessageHeaderAccessor.create(type);
			headers.setSessionId("session-" + session);
			headers.setSubscriptionId(subscription);
			headers.setDestination("/some/destination/" + destination);
			return MessageBuilder.createMessage("", headers.getMessageHeaders());
		}

	}

	/**
	 * What one thread asks Spring's registry.
	 */
	@State(Scope.Thread)
	public static class SpringRequest {

		private Message<?> subscribe = MessageBuilder.withPayload("").build();

		private Message<?> unsubscribe = this.subscribe;

		private Message<?> publication = this.subscribe;

		/**
		 * Creates the messages.
		 * @param size the size
		 */
		@Setup(Level.Trial)
		public void create(Size size) {
			int thread = size.nextThread();
			int session = size.sessionOf(thread);
			int destination = size.destinationOf(thread);
			this.subscribe = SpringRegistry.message(SimpMessageType.SUBSCRIBE, session, "new-" + thread, destination);
			this.unsubscribe = SpringRegistry.message(SimpMessageType.UNSUBSCRIBE, session, "new-" + thread,
					destination);
			this.publication = SpringRegistry.message(SimpMessageType.MESSAGE, session, "", destination);
		}

	}

	/**
	 * Our registry, one for each thread as it is one for each lane.
	 */
	@State(Scope.Thread)
	public static class LaneRegistry {

		private final Map<ChannelId, SubscriptionIndex<String>> channels = new HashMap<>();

		private ChannelId channel = channel(0);

		private List<Subscription<String>> newcomer = List.of();

		/**
		 * Subscribes every connection to every channel.
		 * @param size the size
		 */
		@Setup(Level.Trial)
		public void fill(Size size) {
			List<Connection<String>> connections = new ArrayList<>();
			for (int session = 0; session < size.sessions; session++) {
				Connection<String> connection = BenchmarkConnections.create("session-" + session);
				connections.add(connection);
				for (int destination = 0; destination < size.destinations; destination++) {
					add(subscription(connection, session + "-" + destination, channel(destination)));
				}
			}
			int thread = size.nextThread();
			this.channel = channel(size.destinationOf(thread));
			this.newcomer = List
				.of(subscription(connections.get(size.sessionOf(thread)), "new-" + thread, this.channel));
		}

		private static ChannelId channel(int destination) {
			return new ChannelId("acme", null, "some.destination." + destination);
		}

		private static Subscription<String> subscription(Connection<String> connection, String id, ChannelId channel) {
			return new Subscription<>(connection, new SubscriptionRequest(id, channel, MessageFilter.all(),
					new Start.Live(), null, new HistoryOptions(0, Duration.ofHours(1), 0)));
		}

		private void add(Subscription<String> subscription) {
			this.channels.computeIfAbsent(subscription.channel(), (absent) -> new SubscriptionIndex<>())
				.add(subscription);
		}

		private void remove(Subscription<String> subscription) {
			this.channels.getOrDefault(subscription.channel(), new SubscriptionIndex<>()).remove(subscription);
		}

		private void find(Blackhole blackhole) {
			SubscriptionIndex<String> index = this.channels.get(this.channel);
			if (index != null) {
				index.forEachMatch(Map.of("id", 5L), blackhole::consume);
			}
		}

	}

}
