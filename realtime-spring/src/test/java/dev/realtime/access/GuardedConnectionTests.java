package dev.realtime.access;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import dev.realtime.Decision;
import dev.realtime.Tenant;
import dev.realtime.access.AccessFixture.Client;
import dev.realtime.access.AccessFixture.TestRight;
import dev.realtime.access.Admission.Verdict;
import dev.realtime.core.ChannelId;
import dev.realtime.core.HistoryOptions;
import dev.realtime.core.MessageFilter;
import dev.realtime.core.Start;
import dev.realtime.core.SubscribeOutcome;
import dev.realtime.core.SubscriptionRequest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.security.core.Authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link GuardedConnection}.
 */
@Timeout(30)
@Tag("T8")
@Tag("T9")
class GuardedConnectionTests {

	private final AccessFixture node = new AccessFixture(null);

	private final Client alice = this.node.connect("alice");

	private final AtomicBoolean allowed = new AtomicBoolean(true);

	@AfterEach
	void nothingIsLeft() {
		this.alice.disconnect();
		assertThat(this.node.control.registry().size()).isZero();
		this.node.close();
	}

	@Test
	void whenTheRightIsThereThenItIsSubscribed() {
		assertThat(this.alice.subscribe("a").outcome()).isEqualTo(SubscribeOutcome.ACCEPTED);
		this.node.publish("a");
		assertThat(this.alice.heard).containsExactly("message a 1");
	}

	@Test
	void whenTheRightIsNotThereThenNothingIsSubscribed() {
		assertThat(this.alice.subscribe("a", right("a", Decision.deny())).verdict()).isEqualTo(Verdict.DENIED);
		assertThat(this.alice.subscriptions()).isEmpty();
	}

	@Test
	void whenRevokedThenTheSubscriptionsMeantEndAndNothingElse() {
		this.alice.subscribe("document.1");
		this.alice.subscribe("document.2");
		this.alice.subscribe("other");
		this.alice.guard.revoke(TopicPattern.of("document.2"), true);
		assertThat(this.alice.heard).containsExactly("revoked document.2 REVOKED");
		this.alice.guard.revoke(TopicPattern.of("document.{id}"), true);
		this.alice.guard.revoke(TopicPattern.of("document.{id}"), true);
		assertThat(this.alice.heard).containsExactly("revoked document.2 REVOKED", "revoked document.1 REVOKED");
		this.node.publish("document.1");
		this.node.publish("other");
		assertThat(this.alice.heard).endsWith("message other 1").hasSize(3);
		this.alice.guard.revoke(TopicPattern.ALL, true);
		assertThat(this.alice.subscriptions()).isEmpty();
		assertThat(this.alice.subscribe("other").verdict()).isEqualTo(Verdict.ALLOWED);
	}

	@Test
	void whenServerCodeSubscribedThenARevocationOnAnotherNodeIsLeftToItsOrder() {
		this.alice.subscribe("asked");
		AtomicReference<Object> grant = new AtomicReference<>();
		assertThat(this.alice.guard.grant(new ServerRight("given"), (attachment) -> {
			grant.set(attachment);
			return this.node.engine.subscribe(this.alice.connection,
					new SubscriptionRequest("given", new ChannelId("acme", null, "given"), MessageFilter.all(),
							new Start.Live(), null, new HistoryOptions(1, Duration.ofMinutes(1), 0), null, attachment),
					(ex) -> {
					});
		})).isEqualTo(SubscribeOutcome.ACCEPTED);
		assertThat(grant.get()).isInstanceOf(Grant.class);
		this.alice.guard.revoke(TopicPattern.ALL, false);
		assertThat(this.alice.heard).containsExactly("revoked asked REVOKED");
		this.alice.guard.revoke(TopicPattern.ALL, true);
		assertThat(this.alice.heard).containsExactly("revoked asked REVOKED", "revoked given REVOKED");
	}

	@Test
	void whenRevokedWhileTheRuleRunsThenTheRevocationWins() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		CompletableFuture<Admission> admission = CompletableFuture
			.supplyAsync(() -> this.alice.subscribe("a", gated(asked, answer)));
		asked.await();
		this.alice.guard.revoke(TopicPattern.of("another"), true);
		this.alice.guard.revoke(TopicPattern.of("a"), true);
		answer.countDown();
		assertThat(admission.join().verdict()).isEqualTo(Verdict.DENIED);
		assertThat(this.alice.subscriptions()).isEmpty();
	}

	@Test
	void whenRulesAreToRunAgainWhileOneRunsThenItRunsOnceMore() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		AtomicInteger times = new AtomicInteger();
		CompletableFuture<Admission> admission = CompletableFuture
			.supplyAsync(() -> this.alice.subscribe("a", new TestRight("a", () -> {
				boolean before = this.allowed.get();
				times.incrementAndGet();
				asked.countDown();
				await(answer);
				return Decision.of(before);
			})));
		asked.await();
		this.allowed.set(false);
		this.alice.guard.recheck(TopicPattern.ALL);
		answer.countDown();
		assertThat(admission.join().verdict()).isEqualTo(Verdict.DENIED);
		assertThat(times).hasValue(2);
		assertThat(this.alice.subscriptions()).isEmpty();
	}

	@Test
	void whenTheConnectionEndsWhileTheRuleRunsThenNothingIsLeft() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		CompletableFuture<Admission> admission = CompletableFuture
			.supplyAsync(() -> this.alice.subscribe("a", gated(asked, answer)));
		asked.await();
		this.alice.disconnect();
		answer.countDown();
		assertThat(admission.join().outcome()).isEqualTo(SubscribeOutcome.CLOSED);
		assertThat(this.node.engine.statistics().channels()).isZero();
	}

	@Test
	void whenTheRuleSaysNoNowThenTheSubscriptionEnds() throws Exception {
		this.alice.subscribe("a", new TestRight("a", () -> Decision.of(this.allowed.get())));
		this.alice.subscribe("b");
		this.alice.guard.recheck(TopicPattern.ALL);
		this.node.settle();
		assertThat(this.alice.heard).isEmpty();
		this.allowed.set(false);
		this.alice.guard.recheck(TopicPattern.of("b"));
		this.node.settle();
		assertThat(this.alice.heard).isEmpty();
		this.alice.guard.recheck(TopicPattern.ALL);
		this.node.settle();
		assertThat(this.alice.heard).containsExactly("revoked a REVOKED");
		assertThat(this.alice.subscriptions()).containsExactly("b");
	}

	@Test
	void whenNobodyHereCanTellThenTheClientHasToSubscribeAgain() throws Exception {
		this.alice.subscribe("a", new TestRight("a", Decision::allow) {

			@Override
			public boolean isCheckable() {
				return false;
			}

		});
		this.alice.guard.refresh(this.alice.guard.member());
		this.node.settle();
		assertThat(this.alice.heard).isEmpty();
		this.alice.guard.recheck(TopicPattern.ALL);
		assertThat(this.alice.heard).containsExactly("revoked a PROOF_NEEDED");
	}

	@Test
	void whenADecisionHoldsForAWhileThenTheRuleRunsAgainAfterIt() throws Exception {
		AtomicInteger times = new AtomicInteger();
		this.alice.subscribe("a", new TestRight("a", () -> {
			times.incrementAndGet();
			return Decision.of(this.allowed.get()).recheckAfter(Duration.ofMinutes(5));
		}));
		pass(Duration.ofMinutes(5).minusSeconds(1));
		assertThat(times).hasValue(1);
		pass(Duration.ofSeconds(1));
		assertThat(times).hasValue(2);
		pass(Duration.ofMinutes(5).minusSeconds(1));
		assertThat(times).hasValue(2);
		this.allowed.set(false);
		pass(Duration.ofSeconds(1));
		assertThat(this.alice.heard).containsExactly("revoked a REVOKED");
		pass(Duration.ofHours(1));
		assertThat(times).hasValue(3);
	}

	@Test
	void whenTheRuleIsTooSlowThenTheSubscriptionIsDeniedInTime() throws Exception {
		CountDownLatch asked = new CountDownLatch(1);
		CountDownLatch answer = new CountDownLatch(1);
		CompletableFuture<Admission> admission = CompletableFuture
			.supplyAsync(() -> this.alice.subscribe("a", gated(asked, answer)));
		asked.await();
		this.node.pass(AccessFixture.RULE_TIMEOUT.minusSeconds(1));
		assertThat(this.alice.heard).isEmpty();
		this.node.pass(Duration.ofSeconds(1));
		this.node.pass(Duration.ofSeconds(1));
		assertThat(this.alice.heard).containsExactly("timed out a");
		answer.countDown();
		assertThat(admission.join().verdict()).isEqualTo(Verdict.TIMED_OUT);
		assertThat(this.alice.subscriptions()).isEmpty();
	}

	@Test
	void whenTheRuleIsTooSlowTheSecondTimeThenTheSubscriptionEnds() throws Exception {
		CountDownLatch answer = new CountDownLatch(1);
		CountDownLatch asked = new CountDownLatch(2);
		this.alice.subscribe("a", new TestRight("a", () -> {
			asked.countDown();
			if (asked.getCount() == 0) {
				await(answer);
			}
			return Decision.allow();
		}));
		this.alice.guard.recheck(TopicPattern.ALL);
		asked.await();
		this.node.pass(AccessFixture.RULE_TIMEOUT);
		assertThat(this.alice.heard).containsExactly("revoked a TIMED_OUT");
		answer.countDown();
		this.node.settle();
		assertThat(this.alice.heard).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenRulesHangThenThoseOfOthersRunAgainAllTheSame(boolean leaving) {
		CountDownLatch answer = new CountDownLatch(1);
		ThreadPoolExecutor workers = (ThreadPoolExecutor) AccessControl.workers();
		int threads = workers.getMaximumPoolSize();
		try (AccessFixture busy = new AccessFixture(null, workers)) {
			CountDownLatch asked = new CountDownLatch(threads);
			List<Client> stuck = IntStream.range(0, threads + 2).mapToObj((i) -> busy.connect("stuck" + i)).toList();
			for (Client client : stuck) {
				AtomicBoolean again = new AtomicBoolean();
				client.subscribe("a", new TestRight("a", () -> {
					if (again.getAndSet(true)) {
						asked.countDown();
						await(answer);
					}
					return Decision.allow();
				}));
			}
			Client other = busy.connect("other");
			AtomicBoolean allowed = new AtomicBoolean(true);
			other.subscribe("b", new TestRight("b", () -> Decision.of(allowed.getAndSet(false))));
			stuck.forEach((client) -> client.guard.recheck(TopicPattern.ALL));
			await(asked);
			other.guard.recheck(TopicPattern.ALL);
			if (leaving) {
				stuck.forEach(Client::disconnect);
			}
			else {
				assertThat(other.heard).isEmpty();
				busy.pass(AccessFixture.RULE_TIMEOUT);
			}
			Awaitility.await().until(() -> other.heard.contains("revoked b REVOKED"));
			answer.countDown();
			Awaitility.await().until(() -> workers.getMaximumPoolSize() == threads && workers.getActiveCount() == 0);
		}
		finally {
			answer.countDown();
		}
	}

	@Test
	void whenAnIntervalIsSetThenAllRulesRunAgainInEach() throws Exception {
		try (AccessFixture periodic = new AccessFixture(Duration.ofMinutes(1))) {
			Client bob = periodic.connect("bob");
			AtomicInteger times = new AtomicInteger();
			bob.subscribe("a", new TestRight("a", () -> {
				times.incrementAndGet();
				return Decision.of(this.allowed.get());
			}));
			periodic.pass(Duration.ofSeconds(29));
			periodic.settle();
			assertThat(times).hasValue(1);
			periodic.pass(Duration.ofSeconds(31));
			periodic.settle();
			assertThat(times).hasValue(2);
			this.allowed.set(false);
			periodic.pass(Duration.ofMinutes(1));
			periodic.settle();
			assertThat(bob.heard).containsExactly("revoked a REVOKED");
		}
	}

	@Test
	void whenTheAuthenticationExpiresThenTheConnectionEndsAfterAWhile() throws Exception {
		Client carol = expiring("carol", Duration.ofMinutes(1));
		assertThat(carol.guard.lifetime()).isEqualTo(Duration.ofMinutes(1));
		pass(Duration.ofMinutes(1).plus(AccessFixture.GRACE).minusSeconds(1));
		assertThat(carol.heard).isEmpty();
		assertThat(carol.guard.lifetime()).isZero();
		pass(Duration.ofSeconds(1));
		pass(Duration.ofSeconds(1));
		assertThat(carol.heard).containsExactly("end AUTHENTICATION_EXPIRED");
		assertThat(this.alice.heard).isEmpty();
		assertThat(this.alice.guard.lifetime()).isNull();
		carol.disconnect();
	}

	@Test
	@Tag("T33")
	void whenTheClockOnTheWallJumpsThenConnectionsLastAsLongAsBefore() throws Exception {
		Client carol = expiring("carol", Duration.ofMinutes(1));
		this.node.wall = this.node.wall.plus(Duration.ofHours(1));
		pass(Duration.ofSeconds(30));
		assertThat(carol.heard).isEmpty();
		this.node.wall = this.node.wall.minus(Duration.ofHours(2));
		pass(Duration.ofSeconds(30).plus(AccessFixture.GRACE));
		assertThat(carol.heard).containsExactly("end AUTHENTICATION_EXPIRED");
		carol.disconnect();
	}

	@Test
	void whenTheClientBringsAFreshTokenThenTheConnectionGoesOnAndRulesRunAsTheFreshUser() throws Exception {
		Client carol = expiring("carol", Duration.ofMinutes(1));
		AtomicReference<Authentication> asked = new AtomicReference<>();
		carol.subscribe("a", new TestRight("a", Decision::allow) {

			@Override
			public Decision check(Authentication user, Tenant tenant) {
				asked.set(user);
				return Decision.allow();
			}

		});
		Authentication fresh = AccessFixture.authentication("carol");
		carol.guard.refresh(new Member(fresh, AccessFixture.ACME, null, this.node.wall.plus(Duration.ofMinutes(10))));
		this.node.settle();
		assertThat(asked.get()).isSameAs(fresh);
		pass(Duration.ofMinutes(5));
		assertThat(carol.heard).isEmpty();
		pass(Duration.ofMinutes(5).plus(AccessFixture.GRACE));
		assertThat(carol.heard).containsExactly("end AUTHENTICATION_EXPIRED");
		assertThatIllegalArgumentException().isThrownBy(() -> carol.guard
			.refresh(new Member(AccessFixture.authentication("mallory"), AccessFixture.ACME, null, null)));
		carol.disconnect();
	}

	@Test
	void whenTheEndIsFarAwayThenThereIsNone() {
		Client carol = expiring("carol", Duration.ofDays(300_000));
		assertThat(carol.guard.lifetime()).isNull();
		carol.disconnect();
	}

	private Client expiring(String user, Duration after) {
		return this.node.connect(
				new Member(AccessFixture.authentication(user), AccessFixture.ACME, null, this.node.wall.plus(after)));
	}

	private void pass(Duration duration) throws Exception {
		this.node.pass(duration);
		this.node.settle();
	}

	private static TestRight right(String topic, Decision decision) {
		return new TestRight(topic, () -> decision);
	}

	private static TestRight gated(CountDownLatch asked, CountDownLatch answer) {
		return new TestRight("a", () -> {
			asked.countDown();
			await(answer);
			return Decision.allow();
		});
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private record ServerRight(String topic) implements Right {

		@Override
		public Decision check(Authentication user, Tenant tenant) {
			return Decision.allow();
		}

		@Override
		public boolean isServerSide() {
			return true;
		}

	}

}
