package dev.realtime.presence;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

import dev.realtime.PresenceMember;
import dev.realtime.core.ChannelId;
import dev.realtime.core.Ending;
import dev.realtime.core.Subscription;

import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

/**
 * Nodes in one thread that hear each other in one order, with time and a wire that a test
 * holds in its hands.
 */
final class Cluster {

	static final ChannelId ROOM = new ChannelId("acme", null, "room.1");

	final ManualTimer time = new ManualTimer();

	final List<Node> nodes = new ArrayList<>();

	private final Queue<Runnable> confirmations = new ArrayDeque<>();

	/** Whether nothing gets through; what is sent waits. */
	private boolean away;

	/** Whether nothing gets through; what is sent is lost. */
	boolean failing;

	private final Queue<byte[]> waiting = new ArrayDeque<>();

	int messages;

	long bytes;

	Node start(String name) {
		Node node = new Node(name);
		this.nodes.add(node);
		node.replication.resync();
		node.tickLater();
		settle();
		return node;
	}

	private CompletableFuture<Void> send(byte[] data) {
		this.messages++;
		this.bytes += data.length;
		if (this.failing) {
			return CompletableFuture.failedFuture(new IllegalStateException("Expected by a test"));
		}
		CompletableFuture<Void> sent = new CompletableFuture<>();
		this.confirmations.add(() -> sent.complete(null));
		this.waiting.add(data);
		if (!this.away) {
			deliver();
		}
		return sent;
	}

	private void deliver() {
		for (byte[] data = this.waiting.poll(); data != null; data = this.waiting.poll()) {
			for (Node node : this.nodes) {
				NodeMessage message = NodeMessage.parse(data);
				node.timer.execute(() -> {
					if (!node.deaf) {
						node.replication.heard(message);
					}
				});
			}
			this.confirmations.remove().run();
		}
	}

	/**
	 * The backplane is away.
	 */
	void cut() {
		this.away = true;
	}

	void heal() {
		this.away = false;
		deliver();
		settle();
	}

	void pass(Duration duration) {
		this.time.pass(duration);
	}

	void settle() {
		this.time.pass(TestPresence.OPTIONS.window().multipliedBy(2));
	}

	/**
	 * A node.
	 */
	final class Node {

		final String name;

		final ManualTimer.Node timer = Cluster.this.time.node();

		final List<Object> events = new ArrayList<>();

		final Map<Subscription<?>, Consumer<String>> viewers = new HashMap<>();

		final Audience audience = new Audience(TestPresence.OPTIONS, new Stage(this),
				Cluster.this.time.node().nanoTime());

		final PresenceTable table;

		final Replication replication;

		final OwnSessions own;

		boolean deaf;

		/** Questions to the application that it takes its time for, if it does. */
		List<Runnable> thinking;

		Node(String name) {
			this.name = name;
			this.table = new PresenceTable((room, user) -> {
				if (room.equals(ROOM)) {
					this.audience.changed(user);
					turnLater();
				}
			});
			NodeSessions sessions = new NodeSessions(name, this.table, TestPresence.OPTIONS, this.timer,
					Cluster.this::send, this.events::add);
			this.replication = sessions.replication();
			this.own = sessions.own();
		}

		private void turnLater() {
			Long due = this.audience.claimTurn(this.table.room(ROOM));
			if (due != null) {
				this.timer.schedule(() -> {
					this.audience.turn(this.table.room(ROOM), this.timer.nanoTime());
					turnLater();
				}, Duration.ofNanos(Math.max(0, due - this.timer.nanoTime())));
			}
		}

		/**
		 * Lets somebody see who is there.
		 * @return what to call to see no more
		 */
		Runnable view(boolean countOnly, Predicate<PresenceMember> visibility, TestViewer viewer) {
			Subscription<?> subscription = mock(Subscription.class, withSettings().stubOnly());
			this.viewers.put(subscription, viewer);
			Viewer added = new Viewer(subscription, countOnly, visibility);
			viewer.viewer = added;
			this.timer.execute(() -> {
				this.audience.add(added);
				turnLater();
			});
			return () -> this.timer.execute(() -> {
				this.audience.remove(subscription);
				this.viewers.remove(subscription);
			});
		}

		/**
		 * Lets the application answer what it was asked.
		 */
		void answer() {
			List<Runnable> questions = List.copyOf(this.thinking);
			this.thinking.clear();
			questions.forEach(this.timer::execute);
			Cluster.this.time.settle();
		}

		private void tickLater() {
			this.timer.schedule(() -> {
				this.replication.tick();
				tickLater();
			}, Duration.ofSeconds(1));
		}

		/**
		 * Has the application asked again whom somebody may see.
		 */
		void doubt(TestViewer viewer) {
			this.timer.execute(() -> {
				this.audience.doubt(viewer.viewer);
				turnLater();
			});
		}

		void join(String connection, String user) {
			this.own.join(connection, ROOM, user, null);
		}

		void leave(String connection, Ending ending) {
			this.own.leave(connection, ROOM, ending);
		}

		/**
		 * The members with the number of their sessions.
		 */
		Map<String, Integer> members() {
			return members(ROOM);
		}

		Map<String, Integer> members(ChannelId room) {
			Map<String, Integer> members = new TreeMap<>();
			Room found = this.table.room(room);
			if (found != null) {
				found.views().forEach((view) -> members.put(view.id(), view.sessions()));
			}
			return members;
		}

		MemberView view(String user) {
			Room room = this.table.room(ROOM);
			return (room != null) ? room.view(user) : null;
		}

		/**
		 * Ends without a word.
		 */
		void kill() {
			Cluster.this.nodes.remove(this);
			this.timer.close();
		}

		/**
		 * Ends with a word.
		 */
		void stop() {
			this.replication.bye();
			kill();
		}

		Set<String> whereIs(String user) {
			return this.table.whereIs("acme", user);
		}

	}

	/**
	 * Tells viewers at once.
	 */
	private record Stage(Node node) implements Audience.Stage {

		@Override
		public void tell(List<Subscription<?>> subscriptions, byte[] body) {
			String text = new String(body, StandardCharsets.UTF_8);
			subscriptions.forEach((subscription) -> this.node.viewers.getOrDefault(subscription, (unheard) -> {
			}).accept(text));
		}

		@Override
		public void ask(Runnable question, Runnable then) {
			Runnable task = () -> {
				question.run();
				then.run();
				this.node.turnLater();
			};
			if (this.node.thinking != null) {
				this.node.thinking.add(task);
			}
			else {
				task.run();
			}
		}

	}

}
