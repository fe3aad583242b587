package dev.realtime.access;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

import dev.realtime.Decision;
import dev.realtime.StreamPosition;
import dev.realtime.Tenant;
import dev.realtime.core.ChannelId;
import dev.realtime.core.CloseReason;
import dev.realtime.core.Connection;
import dev.realtime.core.DeliveryMode;
import dev.realtime.core.FrameEncoder;
import dev.realtime.core.FrameSink;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.InMemoryBackplane;
import dev.realtime.core.Lane;
import dev.realtime.core.MessageFilter;
import dev.realtime.core.NodeChannel;
import dev.realtime.core.Publication;
import dev.realtime.core.PublicationRequest;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.core.Start;
import dev.realtime.core.Subscription;
import dev.realtime.core.SubscriptionRequest;

import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;

/**
 * A node whose time stands still until a test moves it, with clients that write down what
 * they hear.
 */
final class AccessFixture implements AutoCloseable {

	static final Tenant ACME = new Tenant("acme");

	static final Duration RULE_TIMEOUT = Duration.ofSeconds(10);

	static final Duration GRACE = Duration.ofSeconds(25);

	private static final HistoryOptions HISTORY = new HistoryOptions(10, Duration.ofMinutes(1), 0);

	final RealtimeEngine engine = new RealtimeEngine(new InMemoryBackplane(InstantSource.system(), new Random(1)),
			InstantSource.system(), 100);

	private final Lane<String> lane = new Lane<>(new Encoder(), Runnable::run);

	private final ExecutorService workers;

	final AccessControl control;

	volatile long nanos = 1_000;

	volatile Instant wall = Instant.ofEpochSecond(1_800_000_000);

	AccessFixture(Duration recheckInterval) {
		this(recheckInterval, Executors.newSingleThreadExecutor());
	}

	AccessFixture(Duration recheckInterval, ExecutorService workers) {
		this.workers = workers;
		this.control = new AccessControl(this.engine, new AccessOptions(recheckInterval, GRACE, RULE_TIMEOUT),
				this.workers, () -> this.wall, () -> this.nanos);
	}

	Client connect(String user) {
		return new Client(new Member(authentication(user), ACME, null, null));
	}

	Client connect(Member member) {
		return new Client(member);
	}

	static Authentication authentication(String user) {
		return new TestingAuthenticationToken(user, "", "ROLE_USER");
	}

	void publish(String topic) {
		this.engine.publish(new ChannelId("acme", null, topic),
				new PublicationRequest(new byte[0], Map.of(), null, null, null, null, HISTORY));
	}

	/**
	 * Says something as another node.
	 */
	void say(AccessCommand command) {
		say(command.toJson());
	}

	void say(byte[] data) {
		this.engine.publish(new ChannelId(null, null, "@access"), new PublicationRequest(data, Map.of(), null, null,
				null, null, new HistoryOptions(10, Duration.ofMinutes(1), 0)));
	}

	/**
	 * What nodes say from now on.
	 */
	BlockingQueue<String> listen() throws Exception {
		BlockingQueue<String> said = new LinkedBlockingQueue<>();
		CountDownLatch listening = new CountDownLatch(1);
		this.engine.nodeChannel("access", HISTORY, new NodeChannel.Listener() {

			@Override
			public void onListening() {
				listening.countDown();
			}

			@Override
			public void onMessage(byte[] data) {
				said.add(new String(data, StandardCharsets.UTF_8));
			}

			@Override
			public void onGap() {
			}

		}).listen();
		listening.await();
		return said;
	}

	/**
	 * Lets time go by, of which all connections take notice.
	 */
	void pass(Duration duration) {
		this.nanos += duration.toNanos();
		this.lane.execute(() -> this.lane.tick(this.nanos));
	}

	/**
	 * Waits until no rule runs any more.
	 */
	void settle() throws Exception {
		this.workers.submit(() -> {
		}).get();
	}

	@Override
	public void close() {
		this.control.close();
		this.workers.shutdownNow();
	}

	/**
	 * A right whose answer a test may change.
	 */
	static class TestRight implements Right {

		private final String topic;

		private final Supplier<Decision> decision;

		TestRight(String topic, Supplier<Decision> decision) {
			this.topic = topic;
			this.decision = decision;
		}

		@Override
		public String topic() {
			return this.topic;
		}

		@Override
		public Decision check(Authentication user, Tenant tenant) {
			return this.decision.get();
		}

	}

	/**
	 * A client.
	 */
	final class Client implements GuardedClient {

		final List<String> heard = Collections.synchronizedList(new ArrayList<>());

		final Connection<String> connection;

		final GuardedConnection guard;

		private final long since = AccessFixture.this.control.now();

		Client(Member member) {
			this.connection = AccessFixture.this.engine.connect(member.user().getName(), AccessFixture.this.lane,
					new Sink(this.heard));
			this.guard = AccessFixture.this.control.guard(this.connection, this, member, this.since);
		}

		Admission subscribe(String topic) {
			return subscribe(topic, new TestRight(topic, Decision::allow));
		}

		Admission subscribe(String id, Right right) {
			return this.guard.subscribe(right, (grant) -> AccessFixture.this.engine.subscribe(this.connection,
					new SubscriptionRequest(id, new ChannelId("acme", null, right.topic()), MessageFilter.all(),
							new Start.Live(), null, HISTORY, null, grant),
					(ex) -> this.heard.add("failed " + id)), () -> this.heard.add("timed out " + id));
		}

		List<String> subscriptions() {
			return this.connection.subscriptions().stream().map(Subscription::id).sorted().toList();
		}

		void disconnect() {
			AccessFixture.this.engine.disconnect(this.connection);
			this.guard.ended();
		}

		@Override
		public void withdrawn(Subscription<?> subscription, boolean live, Withdrawal reason) {
			this.heard.add((live ? "revoked " : "denied ") + subscription.id() + " " + reason);
		}

		@Override
		public void end(CloseReason reason) {
			this.heard.add("end " + reason);
		}

	}

	private record Encoder() implements FrameEncoder<String> {

		@Override
		public String message(Publication publication, Subscription<String> subscription, DeliveryMode mode) {
			return "message " + subscription.id() + " " + publication.position().offset();
		}

		@Override
		public String live(Subscription<String> subscription, String receipt, StreamPosition position,
				Boolean recovered) {
			return "live";
		}

		@Override
		public String gap(Subscription<String> subscription) {
			return "gap";
		}

	}

	private record Sink(List<String> heard) implements FrameSink<String> {

		@Override
		public void write(String frame, int frames) {
			this.heard.add(frame);
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
