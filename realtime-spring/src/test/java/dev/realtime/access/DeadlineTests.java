package dev.realtime.access;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.realtime.access.AccessFixture.Client;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Deadline}.
 */
@Timeout(30)
class DeadlineTests {

	private final AccessFixture node = new AccessFixture(null);

	private final Client alice = this.node.connect("alice");

	private final List<String> missed = new ArrayList<>();

	@AfterEach
	void close() {
		this.node.close();
	}

	@Test
	void whenItIsMetThenItIsNotMissedLater() {
		Deadline deadline = expect("a");
		this.node.pass(AccessFixture.RULE_TIMEOUT.minusSeconds(1));
		assertThat(deadline.meet()).isTrue();
		assertThat(deadline.meet()).isFalse();
		this.node.pass(Duration.ofMinutes(1));
		assertThat(this.missed).isEmpty();
	}

	@Test
	void whenItIsMissedThenItCanNotBeMetLater() {
		Deadline deadline = expect("a");
		this.node.pass(AccessFixture.RULE_TIMEOUT);
		assertThat(this.missed).containsExactly("a");
		assertThat(deadline.meet()).isFalse();
		this.node.pass(Duration.ofMinutes(1));
		assertThat(this.missed).hasSize(1);
	}

	@Test
	void whenSeveralAreExpectedThenEachHasItsOwnTime() {
		this.alice.guard.expect(() -> "slow", Duration.ofMinutes(1), () -> this.missed.add("slow"));
		Deadline first = expect("first");
		this.node.pass(Duration.ofSeconds(5));
		expect("second");
		this.node.pass(Duration.ofSeconds(5));
		assertThat(this.missed).containsExactly("first");
		this.node.pass(Duration.ofSeconds(5));
		assertThat(this.missed).containsExactly("first", "second");
		this.node.pass(Duration.ofSeconds(44));
		assertThat(this.missed).hasSize(2);
		this.node.pass(Duration.ofSeconds(1));
		assertThat(this.missed).containsExactly("first", "second", "slow");
		assertThat(first.meet()).isFalse();
	}

	@Test
	void whenTheConnectionHasEndedThenNobodyIsTold() {
		expect("a");
		this.alice.disconnect();
		this.node.pass(Duration.ofMinutes(1));
		assertThat(this.missed).isEmpty();
	}

	private Deadline expect(String what) {
		return this.alice.guard.expect(() -> what, () -> this.missed.add(what));
	}

}
