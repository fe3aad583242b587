package dev.realtime.serverside;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

import dev.realtime.StreamPosition;
import dev.realtime.Tenant;
import dev.realtime.access.AccessControl;
import dev.realtime.access.AccessOptions;
import dev.realtime.access.GuardedClient;
import dev.realtime.access.GuardedConnection;
import dev.realtime.access.Member;
import dev.realtime.core.Backplane;
import dev.realtime.core.BackplaneListener;
import dev.realtime.core.ChannelId;
import dev.realtime.core.ChannelPast;
import dev.realtime.core.CloseReason;
import dev.realtime.core.Connection;
import dev.realtime.core.DeliveryMode;
import dev.realtime.core.Ephemeral;
import dev.realtime.core.FrameEncoder;
import dev.realtime.core.FrameSink;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.InMemoryBackplane;
import dev.realtime.core.Lane;
import dev.realtime.core.Publication;
import dev.realtime.core.PublicationRequest;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.SubscribeOutcome;
import dev.realtime.core.Subscription;
import dev.realtime.serverside.Target.Kind;
import dev.realtime.topic.UserChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.security.authentication.TestingAuthenticationToken;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ServerSubscriptionControl} on one node, as time goes by.
 */
@Timeout(60)
class ServerSubscriptionControlTests {

	private static final Duration TTL = Duration.ofMillis(500);

	private static final Target ADA = new Target(Kind.USER, "acme", "ada");

	private final RealtimeEngine engine = new RealtimeEngine(
			new InMemoryBackplane(InstantSource.system(), new Random(1)), InstantSource.system(), 10);

	private final AccessControl access = new AccessControl(this.engine,
			new AccessOptions(null, Duration.ZERO, Duration.ofSeconds(10)));

	private final ServerSubscriptionControl control = new ServerSubscriptionControl(this.engine, this.access, TTL);

	@AfterEach
	void close() {
		this.control.close();
		this.access.close();
	}

	@Test
	void whileSomebodyIsConnectedThenItIsRememberedAndAWhileLaterNotAnyMore() {
		this.control.start();
		TestClient client = connect("c1");
		this.control.subscribe(subscription("a")).join();
		await().until(() -> client.subscribed().contains("@a"));
		await().during(TTL.multipliedBy(3)).atMost(TTL.multipliedBy(20)).until(() -> client.said.size() == 1);
		disconnect(client);
		TestClient soon = connect("c2");
		assertThat(soon.subscribed()).containsExactly("@a");
		disconnect(soon);
		await().until(() -> this.control.memory().all().isEmpty());
		assertThat(connect("c3").subscribed()).isEmpty();
	}

	@Test
	void whenTheBackplaneCanNotDoItThenItIsTriedAgain() {
		this.control.start();
		TestClient client = connect("c1");
		this.control.subscribe(subscription("a")).join();
		await().until(() -> client.said.size() == 1);
		client.fail("@a");
		await().until(() -> client.said.size() == 2);
		assertThat(client.said).containsOnly("subscribe @a");
	}

	@Test
	void whenThereIsNoPlaceThenTheRestIsSubscribedAllTheSame() {
		this.control.start();
		TestClient client = connect("c1");
		client.outcome = SubscribeOutcome.QUOTA_EXCEEDED;
		this.control.subscribe(subscription("a")).join();
		await().until(() -> !client.said.isEmpty());
		client.outcome = SubscribeOutcome.ACCEPTED;
		this.control.subscribe(subscription("b")).join();
		await().until(() -> client.subscribed().containsAll(Set.of("@a", "@b")));
	}

	@Test
	void whenANodeHasNoConnectionsThenItOrdersAndRemembersNothing() {
		this.control.subscribe(subscription("a")).join();
		this.control.revoke(new Tenant("acme"), "ada", null).join();
		assertThat(this.control.memory().all()).isEmpty();
		assertThat(this.control.memory().isRevokedAhead(subscription("a"), "ada")).isFalse();
	}

	@Test
	@Tag("T8")
	void whenARightIsRevokedWhileTheSubscriptionBeginsThenItDoesNot() {
		this.control.start();
		TestClient client = connect("c1");
		client.beforeSubscribing = () -> {
			client.beforeSubscribing = () -> {
			};
			this.control.revoke(new Tenant("acme"), "ada", "a");
		};
		this.control.subscribe(subscription("a")).join();
		this.control.subscribe(subscription("b")).join();
		await().until(() -> !client.said.isEmpty());
		assertThat(client.said).containsExactly("subscribe @b");
	}

	/**
	 * A node that has just started listens a moment later, and longer where the backplane
	 * is slow.
	 */
	@Test
	void whenOrdersAreGivenBeforeTheNodeListensThenTheyAreObeyedOnceItDoes() {
		SlowBackplane backplane = new SlowBackplane();
		RealtimeEngine engine = new RealtimeEngine(backplane, InstantSource.system(), 10);
		try (AccessControl access = new AccessControl(engine,
				new AccessOptions(null, Duration.ZERO, Duration.ofSeconds(10)));
				ServerSubscriptionControl control = new ServerSubscriptionControl(engine, access,
						Duration.ofHours(1))) {
			control.start();
			control.subscribe(subscription("a")).join();
			control.subscribe(subscription("b")).join();
			control.revoke(new Tenant("acme"), "ada", null).join();
			control.subscribe(subscription("b")).join();
			control.subscribe(subscription("c")).join();
			control.unsubscribe(ADA, "c").join();
			backplane.listening.complete(null);
			await().until(() -> control.memory().all().size() == 1);
			await().during(Duration.ofMillis(300)).until(() -> control.memory().all().size() == 1);
			assertThat(control.memory().all()).extracting((remembered) -> remembered.subscription().topic())
				.containsExactly("b");
			assertThat(control.memory().isRevokedAhead(subscription("b"), "ada")).isFalse();
		}
	}

	@Test
	void whenTheTtlIsNotPositiveThenItSaysSo() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ServerSubscriptionControl(this.engine, this.access, Duration.ZERO))
			.withMessage("realtime.server-subscriptions.ttl is positive");
	}

	private static ServerSubscription subscription(String topic) {
		return new ServerSubscription(ADA, topic, "",
				UserChannel.of(new HistoryOptions(10, Duration.ofMinutes(1), 0)).settings());
	}

	private TestClient connect(String id) {
		Connection<String> connection = this.engine.connect(id, new Lane<>(new Encoder(), Runnable::run), new Sink());
		Member member = new Member(new TestingAuthenticationToken("ada", ""), new Tenant("acme"), null, null);
		GuardedConnection guard = this.access.guard(connection, new Guarded(), member, this.access.now());
		TestClient client = new TestClient(guard);
		client.connection = this.control.add(client);
		client.connection.begin();
		return client;
	}

	private void disconnect(TestClient client) {
		client.guard.ended();
		client.connection.end();
	}

	private static final class TestClient implements ServerSideClient {

		private final GuardedConnection guard;

		private final Map<String, Runnable> subscriptions = new ConcurrentHashMap<>();

		private final List<String> said = new CopyOnWriteArrayList<>();

		private volatile SubscribeOutcome outcome = SubscribeOutcome.ACCEPTED;

		private volatile Runnable beforeSubscribing = () -> {
		};

		private ServerSideConnection connection;

		TestClient(GuardedConnection guard) {
			this.guard = guard;
		}

		void fail(String id) {
			this.subscriptions.remove(id).run();
		}

		@Override
		public String id() {
			return this.guard.id();
		}

		@Override
		public Member member() {
			return this.guard.member();
		}

		@Override
		public boolean isEnded() {
			return false;
		}

		@Override
		public Collection<String> subscribed() {
			return this.subscriptions.keySet();
		}

		@Override
		public SubscribeOutcome subscribe(ServerSubscription subscription, BooleanSupplier wanted, Runnable onFailure) {
			this.beforeSubscribing.run();
			if (!wanted.getAsBoolean()) {
				return SubscribeOutcome.CLOSED;
			}
			if (this.outcome == SubscribeOutcome.ACCEPTED) {
				this.subscriptions.put(subscription.id(), onFailure);
			}
			this.said.add("subscribe " + subscription.id());
			return this.outcome;
		}

		@Override
		public void unsubscribe(String id, boolean revoked) {
			this.subscriptions.remove(id);
			this.said.add("unsubscribe " + id);
		}

	}

	/**
	 * Takes everything at once, and lets nobody listen before a test says so.
	 */
	private static final class SlowBackplane implements Backplane {

		private final Backplane backplane = new InMemoryBackplane(InstantSource.system(), new Random(1));

		private final CompletableFuture<Void> listening = new CompletableFuture<>();

		@Override
		public void start(BackplaneListener listener) {
			this.backplane.start(listener);
		}

		@Override
		public CompletableFuture<StreamPosition> append(ChannelId channel, PublicationRequest request) {
			return this.backplane.append(channel, request);
		}

		@Override
		public void broadcast(ChannelId channel, Ephemeral ephemeral) {
			this.backplane.broadcast(channel, ephemeral);
		}

		@Override
		public CompletableFuture<Void> subscribe(ChannelId channel) {
			return this.listening.thenCompose((ready) -> this.backplane.subscribe(channel));
		}

		@Override
		public void unsubscribe(ChannelId channel) {
			this.backplane.unsubscribe(channel);
		}

		@Override
		public CompletableFuture<ChannelPast> past(ChannelId channel, int limit) {
			return this.backplane.past(channel, limit);
		}

		@Override
		public CompletableFuture<List<Publication>> lastByKey(ChannelId channel, Collection<List<Object>> keys) {
			return this.backplane.lastByKey(channel, keys);
		}

		@Override
		public void close() {
			this.backplane.close();
		}

	}

	private record Guarded() implements GuardedClient {

		@Override
		public void withdrawn(Subscription<?> subscription, boolean live, Withdrawal reason) {
		}

		@Override
		public void end(CloseReason reason) {
		}

	}

	private record Encoder() implements FrameEncoder<String> {

		@Override
		public String message(Publication publication, Subscription<String> subscription, DeliveryMode mode) {
			return "";
		}

		@Override
		public String live(Subscription<String> subscription, String receipt, StreamPosition position,
				Boolean recovered) {
			return "";
		}

		@Override
		public String gap(Subscription<String> subscription) {
			return "";
		}

	}

	private record Sink() implements FrameSink<String> {

		@Override
		public void write(String frame, int frames) {
		}

		@Override
		public boolean isWritable() {
			return true;
		}

		@Override
		public void flush() {
		}

		@Override
		public void close(CloseReason reason) {
		}

		@Override
		public void tick(long nanoTime) {
		}

	}

}
