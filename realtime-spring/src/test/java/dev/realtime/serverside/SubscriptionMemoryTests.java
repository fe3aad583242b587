package dev.realtime.serverside;

import java.time.Duration;
import java.util.List;
import java.util.Set;

import dev.realtime.Tenant;
import dev.realtime.access.Member;
import dev.realtime.core.HistoryOptions;
import dev.realtime.serverside.Target.Kind;
import dev.realtime.topic.ChannelSettings;
import dev.realtime.topic.UserChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.security.authentication.TestingAuthenticationToken;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SubscriptionMemory}.
 */
@Timeout(30)
class SubscriptionMemoryTests {

	private static final ChannelSettings SETTINGS = UserChannel.of(new HistoryOptions(10, Duration.ofMinutes(1), 0))
		.settings();

	private static final Target ADA = new Target(Kind.USER, "acme", "ada");

	private static final Target SESSION = new Target(Kind.SESSION, "acme", "s1");

	private long nanos = Long.MAX_VALUE - 1000;

	private final SubscriptionMemory memory = new SubscriptionMemory(() -> this.nanos);

	@Test
	void whatIsOrderedForAUserOrASessionIsWhatTheirConnectionsGet() {
		put(ADA, "a");
		put(SESSION, "b");
		put(SESSION, "a");
		put(new Target(Kind.USER, "globex", "ada"), "c");
		assertThat(of("ada", "s1")).containsExactlyInAnyOrder("@a", "@b");
		assertThat(of("ada", null)).containsExactly("@a");
		assertThat(of("ben", "s1")).containsExactlyInAnyOrder("@a", "@b");
		this.memory.remove(SESSION, "a");
		assertThat(of("ada", "s1")).containsExactlyInAnyOrder("@a", "@b");
		assertThat(of("ben", "s1")).containsExactly("@b");
		this.memory.endSession("s1");
		assertThat(of("ben", "s1")).isEmpty();
	}

	@Test
	void whenASessionGetsAnotherIdThenItsSubscriptionsGoWithItAlsoThoseThatComeLate() {
		put(SESSION, "a");
		this.memory.renameSession("s1", "s2");
		put(SESSION, "b");
		assertThat(of("ada", "s2")).containsExactlyInAnyOrder("@a", "@b");
		assertThat(of("ada", "s1")).containsExactlyInAnyOrder("@a", "@b");
		this.memory.renameSession("s2", "s1");
		assertThat(of("ada", "s1")).containsExactlyInAnyOrder("@a", "@b");
		this.memory.remove(new Target(Kind.SESSION, "acme", "s2"), "a");
		assertThat(of("ada", "s1")).containsExactly("@b");
		this.memory.endSession("s2");
		assertThat(of("ada", "s1")).isEmpty();
	}

	@Test
	void whenARightIsRevokedThenUsersLoseItWhereverTheyHaveItFrom() {
		put(ADA, "document.1");
		put(ADA, "note");
		put(SESSION, "document.1");
		assertThat(this.memory.revoke(new Revocation("r", "acme", "ada", "document.{id}")))
			.containsExactlyInAnyOrder(ADA, SESSION);
		assertThat(of("ada", "s1")).containsExactly("@note");
		assertThat(of("ben", "s1")).containsExactly("@document.1");
		put(SESSION, "document.1");
		assertThat(of("ada", "s1")).containsExactlyInAnyOrder("@note", "@document.1");
		assertThat(this.memory.revoke(new Revocation("r", "globex", null, null))).isEmpty();
		assertThat(this.memory.revoke(new Revocation("r", "acme", null, "document.1"))).containsExactly(SESSION);
		assertThat(of("ben", "s1")).isEmpty();
	}

	@Test
	void whenARightIsRevokedHereThenItDoesNotWaitForTheOthers() {
		put(ADA, "a");
		Revocation revocation = new Revocation("r", "acme", "ada", null);
		this.memory.revokeAhead(revocation);
		put(ADA, "b");
		assertThat(of("ada", null)).isEmpty();
		this.memory.revoke(revocation);
		put(ADA, "b");
		assertThat(of("ada", null)).containsExactly("@b");
	}

	@Test
	void whenNobodyUsesASubscriptionThenItIsForgottenAfterAWhile() {
		put(ADA, "a");
		put(ADA, "b");
		this.nanos += Duration.ofSeconds(40).toNanos();
		assertThat(this.memory.expiringWithin(Duration.ofSeconds(30))).hasSize(2);
		this.memory.renew(remembered(ADA, "a"));
		this.memory.renew(remembered(ADA, "unknown"));
		this.nanos += Duration.ofSeconds(30).toNanos();
		assertThat(of("ada", null)).containsExactly("@a");
		assertThat(this.memory.expire()).containsExactly(ADA);
		assertThat(this.memory.expire()).isEmpty();
		assertThat(this.memory.all()).containsExactly(
				new Remembered(remembered(ADA, "a").subscription(), Duration.ofSeconds(30).toMillis(), Set.of()));
	}

	@Test
	void whenANodeStartsThenWhatItHeardItselfCounts() {
		this.memory.beginCatchUp();
		put(ADA, "new");
		put(ADA, "removed");
		this.memory.remove(ADA, "removed");
		this.memory.revoke(new Revocation("r", "acme", "ada", "revoked"));
		put(ADA, "again");
		this.memory.revoke(new Revocation("r", "acme", "ada", "again"));
		put(ADA, "again");
		Set<Target> changed = this.memory.catchUp(List.of(remembered(ADA, "old"), remembered(ADA, "removed"),
				remembered(ADA, "revoked"), remembered(ADA, "again")), true);
		assertThat(changed).containsExactly(ADA);
		assertThat(of("ada", null)).containsExactlyInAnyOrder("@new", "@old", "@again");
	}

	@Test
	void whenANodeHadAGapThenItForgetsWhatTheOthersDoNotKnow() {
		put(ADA, "kept");
		put(ADA, "removed meanwhile");
		this.memory.beginCatchUp();
		put(ADA, "new");
		List<Remembered> others = List.of(remembered(ADA, "kept"), remembered(SESSION, "old"));
		assertThat(this.memory.catchUp(others, false)).containsExactlyInAnyOrder(ADA, SESSION);
		assertThat(of("ada", "s1")).containsExactlyInAnyOrder("@kept", "@removed meanwhile", "@new", "@old");
		this.memory.catchUp(others, true);
		assertThat(of("ada", "s1")).containsExactlyInAnyOrder("@kept", "@new", "@old");
	}

	@Test
	void whenAUserLostARightOfASessionThenOthersLearnThatToo() {
		put(SESSION, "a");
		this.memory.revoke(new Revocation("r", "acme", "ada", null));
		List<Remembered> all = this.memory.all();
		SubscriptionMemory other = new SubscriptionMemory(() -> 0);
		other.catchUp(all, true);
		assertThat(other.of(member("ada", "s1"))).isEmpty();
		assertThat(other.of(member("ben", "s1"))).containsOnlyKeys("@a");
	}

	@Test
	void ordersAreReadAsTheyWereWritten() {
		ServerSubscription subscription = new ServerSubscription(SESSION, "document.1",
				ServerSubscription.canonical(dev.realtime.TopicFilter.ofMap(java.util.Map.of("id", 5))), SETTINGS);
		Remembered remembered = new Remembered(subscription, 5, Set.of("ada"));
		for (Order order : List.of(Order.subscribe("n", "o", remembered), Order.unsubscribe("n", "o", ADA, "a"),
				Order.revoke("n", new Revocation("r", "acme", null, null)), Order.renew("n", List.of(remembered)),
				Order.refused("n", "m", "text"), Order.ask("n", "q"),
				Order.answer("n", "q", List.of(remembered), true, false))) {
			assertThat(Order.parse(order.toJson())).isEqualTo(order);
		}
		assertThat(Order.parse("{\"version\":1,\"node\":\"n\",\"action\":\"SUBSCRIBE\"}".getBytes())).isNull();
		assertThat(Order.parse("{\"version\":2,\"node\":\"n\",\"action\":\"ASK\",\"request\":\"q\"}".getBytes()))
			.isNull();
		assertThat(Order.parse("null".getBytes())).isNull();
		assertThat(Order.parse("x".getBytes())).isNull();
		assertThat(subscription.id()).isEqualTo("@document.1?%7B%22id%22%3A%5B5%5D%7D");
		assertThat(ServerSubscription.filterOf(subscription.id())).isEqualTo("{\"id\":[5]}");
	}

	private void put(Target target, String topic) {
		this.memory.put(remembered(target, topic));
	}

	private static Remembered remembered(Target target, String topic) {
		return new Remembered(new ServerSubscription(target, topic, "", SETTINGS), 60_000, Set.of());
	}

	private Set<String> of(String user, String session) {
		return this.memory.of(member(user, session)).keySet();
	}

	private static Member member(String user, String session) {
		return new Member(new TestingAuthenticationToken(user, ""), new Tenant("acme"), session, null);
	}

}
