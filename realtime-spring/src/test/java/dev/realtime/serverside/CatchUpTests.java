package dev.realtime.serverside;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import dev.realtime.Tenant;
import dev.realtime.access.Member;
import dev.realtime.core.HistoryOptions;
import dev.realtime.serverside.Target.Kind;
import dev.realtime.topic.UserChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.security.authentication.TestingAuthenticationToken;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CatchUp}: nodes that hear each other in one order.
 */
@Timeout(30)
class CatchUpTests {

	private final List<Node> nodes = new ArrayList<>();

	/** What was said and not heard yet. */
	private final List<Order> said = new ArrayList<>();

	@Test
	void whenANodeStartsThenOneOfTheOthersTellsIt() {
		Node first = alone();
		for (int i = 0; i < 250; i++) {
			first.memory.put(remembered("t" + i));
		}
		Node second = new Node();
		second.catchUp.begin();
		hear();
		assertThat(first.pass(Duration.ofMillis(200)) + second.pass(Duration.ofMillis(200))).isEqualTo(1);
		hear();
		assertThat(second.topics()).hasSize(250).isEqualTo(first.topics());
		assertThat(second.catchUp.isCertain()).isTrue();
		Node third = new Node();
		third.catchUp.begin();
		hear();
		first.pass(Duration.ofMillis(200));
		hear();
		second.pass(Duration.ofMillis(200));
		assertThat(this.said).as("one answer is enough").isEmpty();
		assertThat(third.topics()).hasSize(250);
	}

	@Test
	void whenANodeThatKnowsNothingIsAskedThenItDoesNotMakeOthersForget() {
		Node first = new Node();
		first.memory.put(remembered("a"));
		Node second = new Node();
		first.catchUp.begin();
		second.catchUp.begin();
		hear();
		this.nodes.forEach((node) -> node.pass(Duration.ofSeconds(1)));
		hear();
		assertThat(first.topics()).containsExactly("@a");
		assertThat(second.topics()).containsExactly("@a");
		assertThat(second.catchUp.isCertain()).isFalse();
		this.nodes.forEach((node) -> node.pass(Duration.ofSeconds(5)));
		assertThat(this.nodes).allMatch((node) -> node.catchUp.isCertain());
	}

	@Test
	void whenAnAnswerIsForAnOlderQuestionThenItDoesNotCount() {
		Node first = alone();
		first.memory.put(remembered("a"));
		Node second = new Node();
		second.catchUp.begin();
		hear();
		first.pass(Duration.ofMillis(200));
		second.catchUp.begin();
		hear();
		assertThat(second.catchUp.isCertain()).isFalse();
		assertThat(second.topics()).isEmpty();
		first.pass(Duration.ofMillis(200));
		hear();
		assertThat(second.topics()).containsExactly("@a");
	}

	private Node alone() {
		Node node = new Node();
		node.catchUp.begin();
		hear();
		node.pass(Duration.ofSeconds(5));
		assertThat(node.catchUp.isCertain()).isTrue();
		return node;
	}

	/**
	 * Lets all hear what was said.
	 */
	private void hear() {
		while (!this.said.isEmpty()) {
			Order order = this.said.remove(0);
			this.nodes.forEach((node) -> node.hear(order));
		}
	}

	private static Remembered remembered(String topic) {
		return new Remembered(new ServerSubscription(new Target(Kind.USER, "acme", "ada"), topic, "",
				UserChannel.of(new HistoryOptions(10, Duration.ofMinutes(1), 0)).settings()), 60_000, Set.of());
	}

	private final class Node {

		private final String name = "node" + CatchUpTests.this.nodes.size();

		private final SubscriptionMemory memory = new SubscriptionMemory(() -> 0);

		private final List<Later> later = new ArrayList<>();

		private final CatchUp catchUp = new CatchUp(this.name, this.memory, CatchUpTests.this.said::add,
				(task, delay) -> this.later.add(new Later(task, delay)), (targets) -> {
				});

		Node() {
			CatchUpTests.this.nodes.add(this);
		}

		void hear(Order order) {
			if (order.action() == Order.Action.ANSWER) {
				this.catchUp.answered(order);
			}
			else if (!order.node().equals(this.name)) {
				this.catchUp.asked(order.request());
			}
		}

		/**
		 * Does what is due within a time.
		 * @return how much that was
		 */
		int pass(Duration time) {
			List<Later> due = Stream.of(this.later.toArray(Later[]::new))
				.filter((later) -> later.delay().compareTo(time) <= 0)
				.toList();
			this.later.removeAll(due);
			due.forEach((later) -> later.task().run());
			return due.size();
		}

		Set<String> topics() {
			return this.memory.of(new Member(new TestingAuthenticationToken("ada", ""), new Tenant("acme"), null, null))
				.keySet();
		}

	}

	private record Later(Runnable task, Duration delay) {

	}

}
