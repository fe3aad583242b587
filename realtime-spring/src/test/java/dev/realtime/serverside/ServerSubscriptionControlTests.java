package dev.realtime.serverside;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.realtime.StreamPosition;
import dev.realtime.Tenant;
import dev.realtime.access.AccessControl;
import dev.realtime.access.AccessOptions;
import dev.realtime.access.GuardedClient;
import dev.realtime.access.GuardedConnection;
import dev.realtime.access.Member;
import dev.realtime.core.CloseReason;
import dev.realtime.core.Connection;
import dev.realtime.core.DeliveryMode;
import dev.realtime.core.FrameEncoder;
import dev.realtime.core.FrameSink;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.InMemoryBackplane;
import dev.realtime.core.Lane;
import dev.realtime.core.Publication;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.SubscribeOutcome;
import dev.realtime.core.Subscription;
import dev.realtime.serverside.Target.Kind;
import dev.realtime.topic.UserChannel;
import org.junit.jupiter.api.AfterEach;
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
		await().until(() -> client.said.size() == 1);
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
		public SubscribeOutcome subscribe(ServerSubscription subscription, Runnable onFailure) {
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
