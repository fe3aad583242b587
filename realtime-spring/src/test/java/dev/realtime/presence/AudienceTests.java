package dev.realtime.presence;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.stream.IntStream;

import dev.realtime.core.Ending;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Audience}: what viewers of a node are told, and how often.
 */
@Timeout(60)
class AudienceTests {

	private static final Duration WINDOW = TestPresence.OPTIONS.window();

	private static final Duration COUNT_WINDOW = TestPresence.OPTIONS.countWindow();

	private final Cluster cluster = new Cluster();

	private final Cluster.Node node = this.cluster.start("1");

	private final TestViewer viewer = new TestViewer();

	@Test
	void whenNobodyIsThereThenThatIsTold() {
		this.node.view(false, null, this.viewer);
		this.cluster.settle();
		assertThat(this.viewer.listed).isTrue();
		assertThat(this.viewer.count).isZero();
		this.cluster.pass(Duration.ofMinutes(1));
		assertThat(this.viewer.frames).isEqualTo(1);
	}

	@Test
	void whenMuchHappensWithinAWindowThenItIsOneMessage() {
		this.node.view(false, null, this.viewer);
		this.cluster.settle();
		this.node.join("first", "first");
		this.cluster.settle();
		int before = this.viewer.frames;
		this.node.join("early", "early");
		this.cluster.pass(Duration.ofMillis(1));
		for (int i = 0; i < 100; i++) {
			this.node.join("c" + i, "user" + i);
			this.node.join("t" + i, "temp" + i);
			this.node.leave("t" + i, Ending.LEFT);
		}
		this.cluster.pass(WINDOW);
		assertThat(this.viewer.frames - before).isEqualTo(2);
		assertThat(this.viewer.snapshots).isEqualTo(1);
		assertThat(this.viewer.members).hasSize(102).containsKey("user99").doesNotContainKey("temp99");
		this.node.join("t", "temp");
		this.cluster.pass(Duration.ofMillis(1));
		this.node.leave("t", Ending.LEFT);
		this.cluster.settle();
		assertThat(this.viewer.members).hasSize(102);
	}

	@Test
	void whenThingsHappenOneAfterTheOtherWithinAWindowThenTheyGoOutTogether() {
		this.node.view(false, null, this.viewer);
		this.cluster.settle();
		this.node.join("first", "first");
		this.cluster.pass(Duration.ofMillis(1));
		int before = this.viewer.frames;
		for (int i = 0; i < 40; i++) {
			this.node.join("c" + i, "user" + i);
			this.cluster.pass(Duration.ofMillis(1));
		}
		this.cluster.settle();
		assertThat(this.viewer.frames - before).isEqualTo(1);
		assertThat(this.viewer.members).hasSize(41);
	}

	@Test
	void whenOthersOnlyHearTheNumberMeanwhileThenWhoComesBackToTheListKnowsWhoIsThere() {
		this.node.view(true, null, new TestViewer());
		Runnable leave = this.node.view(false, null, this.viewer);
		this.node.join("c1", "ada");
		this.cluster.settle();
		leave.run();
		this.node.leave("c1", Ending.LEFT);
		this.node.join("c2", "ben");
		this.cluster.pass(COUNT_WINDOW);
		TestViewer again = new TestViewer();
		this.node.view(false, null, again);
		this.cluster.settle();
		assertThat(again.members).containsOnlyKeys("ben");
	}

	@Test
	void whenARestrictedViewerHasGoneThenNobodyIsAskedForIt() {
		this.node.thinking = new ArrayList<>();
		List<String> asked = new ArrayList<>();
		Runnable leave = this.node.view(false, (member) -> asked.add(member.id()), this.viewer);
		this.node.join("c1", "ada");
		this.cluster.settle();
		leave.run();
		this.cluster.settle();
		this.node.answer();
		assertThat(asked).isEmpty();
		assertThat(this.node.audience.isEmpty()).isTrue();
	}

	@Test
	void whenSomebodyComesNewThenItKnowsWhatTheOthersKnow() {
		this.node.view(false, null, this.viewer);
		for (int i = 0; i < 50; i++) {
			TestViewer fresh = new TestViewer();
			this.node.join("c" + i, "user" + i);
			// The next turn is for both.
			this.cluster.pass(Duration.ofMillis(1));
			this.node.view(false, null, fresh);
			this.node.join("d" + i, "other" + i);
			this.cluster.settle();
			assertThat(fresh.members).isEqualTo(this.viewer.members).hasSize(2 * i + 2);
		}
	}

	@Test
	void whenOnlyTheNumberIsWantedThenItComesOncePerWindow() {
		this.node.view(true, null, this.viewer);
		this.cluster.settle();
		assertThat(this.viewer.listed).isFalse();
		for (int i = 0; i < 300; i++) {
			this.node.join("c" + i, "user" + i);
			this.cluster.pass(Duration.ofMillis(10));
		}
		TestViewer late = new TestViewer();
		this.node.view(true, null, late);
		this.cluster.pass(WINDOW.multipliedBy(2));
		assertThat(late.count).isEqualTo(300);
		this.cluster.pass(COUNT_WINDOW);
		assertThat(this.viewer.count).as("what the other was told meanwhile").isEqualTo(300);
		this.node.leave("c0", Ending.LEFT);
		this.node.join("x", "user0");
		this.cluster.pass(COUNT_WINDOW);
		assertThat(this.viewer.frames).isBetween(4, 6);
		assertThat(List.of(this.viewer, late)).allSatisfy((each) -> assertThat(each.count).isEqualTo(300));
	}

	@Test
	void whenSeveralComeNewBetweenCountsThenAllAreToldTheNumberInTheEnd() {
		this.node.view(true, null, this.viewer);
		this.cluster.settle();
		this.node.join("c1", "ada");
		this.cluster.pass(WINDOW);
		assertThat(this.viewer.count).isEqualTo(1);
		this.node.join("c2", "ben");
		TestViewer second = new TestViewer();
		TestViewer third = new TestViewer();
		for (TestViewer each : List.of(second, third)) {
			this.node.view(true, null, each);
			this.cluster.pass(WINDOW.multipliedBy(2));
			assertThat(each.count).isEqualTo(2);
		}
		this.cluster.pass(COUNT_WINDOW);
		assertThat(List.of(this.viewer, second, third)).allSatisfy((each) -> assertThat(each.count).isEqualTo(2));
	}

	@Test
	void whenTheApplicationTakesItsTimeThenWhatHappensMeanwhileIsOneQuestion() {
		this.node.thinking = new ArrayList<>();
		Queue<String> asked = new ArrayDeque<>();
		this.node.view(false, (member) -> asked.add(member.id()) && !member.id().equals("eve"), this.viewer);
		this.node.join("c1", "ada");
		this.cluster.settle();
		for (int i = 0; i < 20; i++) {
			this.node.join("t" + i, "temp" + i);
			this.cluster.settle();
			this.node.leave("t" + i, Ending.LEFT);
			this.cluster.settle();
		}
		this.node.join("c2", "eve");
		this.node.join("c3", "ben");
		this.cluster.settle();
		assertThat(this.node.thinking).hasSize(1);
		this.node.answer();
		assertThat(this.viewer.members).containsOnlyKeys("ada");
		this.cluster.settle();
		assertThat(this.node.thinking).hasSize(1);
		this.node.answer();
		assertThat(this.viewer.members).containsOnlyKeys("ada", "ben");
		assertThat(asked).containsExactly("ada", "eve", "ben");
		this.cluster.pass(Duration.ofMinutes(1));
		assertThat(this.node.thinking).isEmpty();
	}

	@Test
	void whenARoomGrowsTooLargeWhileTheApplicationIsAskedThenTheNumberComesAfterItsAnswer() {
		this.node.thinking = new ArrayList<>();
		this.node.view(false, (member) -> true, this.viewer);
		this.node.join("x", "ada");
		this.cluster.settle();
		IntStream.rangeClosed(0, TestPresence.OPTIONS.maxListed()).forEach((i) -> this.node.join("c" + i, "user" + i));
		this.cluster.pass(COUNT_WINDOW);
		assertThat(this.viewer.frames).isZero();
		this.node.answer();
		this.cluster.pass(COUNT_WINDOW);
		assertThat(this.viewer.frames).as("the list, and then the number").isEqualTo(2);
		assertThat(this.viewer.listed).isFalse();
		assertThat(this.viewer.count).isEqualTo(TestPresence.OPTIONS.maxListed() + 2);
		assertThat(this.node.thinking).isEmpty();
	}

	@Test
	void whenAViewerIsLookedAtAgainThenItSeesWhomItMayNow() {
		Set<String> hidden = new HashSet<>(Set.of("ben"));
		List<String> asked = new ArrayList<>();
		this.node.view(false, (member) -> asked.add(member.id()) && !hidden.contains(member.id()), this.viewer);
		List.of("ada", "ben", "cleo", "dan").forEach((user) -> this.node.join(user, user));
		this.cluster.settle();
		assertThat(this.viewer.members).containsOnlyKeys("ada", "cleo", "dan");
		int frames = this.viewer.frames;
		hidden.clear();
		hidden.add("cleo");
		this.cluster.settle();
		assertThat(this.viewer.frames).isEqualTo(frames);
		this.node.doubt(this.viewer);
		this.node.leave("dan", Ending.LEFT);
		this.cluster.settle();
		assertThat(this.viewer.members).containsOnlyKeys("ada", "ben");
		assertThat(this.viewer.count).isEqualTo(2);
		assertThat(this.viewer.frames).as("a diff").isEqualTo(frames + 1);
		assertThat(this.viewer.snapshots).isEqualTo(1);
		asked.clear();
		this.node.join("eve", "eve");
		this.cluster.settle();
		assertThat(asked).containsExactly("eve");
	}

	@Test
	void whenARoomGrowsTooLargeThenItsNumberIsToldUntilItShrinks() {
		int max = TestPresence.OPTIONS.maxListed();
		TestViewer restricted = new TestViewer();
		this.node.view(false, null, this.viewer);
		this.node.view(false, (member) -> !member.id().endsWith("7"), restricted);
		IntStream.range(0, max).forEach((i) -> this.node.join("c" + i, "user" + i));
		this.cluster.pass(COUNT_WINDOW);
		assertThat(this.viewer.members).hasSize(max);
		assertThat(restricted.members).hasSize(max - max / 10).doesNotContainKey("user7");
		this.node.join("x", "straw");
		this.cluster.settle();
		for (TestViewer each : List.of(this.viewer, restricted)) {
			assertThat(each.listed).isFalse();
			assertThat(each.count).isEqualTo(max + 1);
		}
		int frames = this.viewer.frames;
		IntStream.range(0, 100).forEach((i) -> {
			this.node.leave("c" + i, Ending.LEFT);
			this.cluster.pass(Duration.ofMillis(10));
		});
		this.cluster.pass(COUNT_WINDOW);
		assertThat(this.viewer.count).isEqualTo(max - 99);
		assertThat(this.viewer.frames - frames).isLessThanOrEqualTo(3);
		assertThat(this.viewer.listed).as("not to and fro").isFalse();
		IntStream.range(100, max / 5).forEach((i) -> this.node.leave("c" + i, Ending.LEFT));
		this.cluster.pass(COUNT_WINDOW);
		assertThat(this.viewer.listed).isTrue();
		assertThat(this.viewer.members).hasSize(max - max / 5 + 1).containsKey("straw");
		assertThat(restricted.members).hasSize((max - max / 5) * 9 / 10 + 1)
			.containsKey("straw")
			.doesNotContainKey("user2497");
		this.node.leave("x", Ending.LEFT);
		this.cluster.settle();
		assertThat(this.viewer.members).doesNotContainKey("straw");
		assertThat(restricted.members).doesNotContainKey("straw");
	}

	@Test
	void whenAViewerHasGoneThenItHearsNothing() {
		Runnable leave = this.node.view(false, null, this.viewer);
		this.cluster.settle();
		leave.run();
		this.node.join("c1", "ada");
		this.cluster.settle();
		assertThat(this.viewer.frames).isEqualTo(1);
		assertThat(this.node.audience.isEmpty()).isTrue();
	}

}
