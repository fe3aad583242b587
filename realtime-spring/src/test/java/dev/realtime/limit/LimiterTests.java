package dev.realtime.limit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.realtime.core.SubscriptionQuota;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link Limiter}.
 */
@Timeout(30)
class LimiterTests {

	private final AtomicLong nanos = new AtomicLong();

	@Test
	void whenNothingIsLimitedThenNothingIsRefusedOrKept() {
		Limiter limiter = limiter(Map.of());
		for (int i = 0; i < 1000; i++) {
			assertThat(limiter.handshake("10.0.0.1")).isNull();
			ConnectionLimits connection = limiter.open("10.0.0.1");
			assertThat(connection.refusal()).isNull();
			assertThat(connection.connected("acme", "alice")).isNull();
			assertThat(connection.subscriptions("acme", "alice").tryAcquire()).isTrue();
			assertThat(connection.frame()).isNull();
			assertThat(connection.bytes(Integer.MAX_VALUE)).isNull();
			assertThat(connection.subscribe()).isNull();
			assertThat(connection.exceedsHeaders(1_000_000, 1_000_000)).isFalse();
		}
		assertThat(limiter.isEmpty()).isTrue();
		assertThat(Limit.values()).allMatch((limit) -> limiter.refusedSoFar(limit) == 0);
	}

	@Test
	@Tag("T18")
	void whenNodeIsFullThenHandshakesAreRefusedUntilSomebodyLeaves() {
		Limiter limiter = limiter(Map.of(Limit.CONNECTIONS, 2L));
		ConnectionLimits first = limiter.open(null);
		limiter.open("10.0.0.1");
		Refusal refusal = limiter.handshake(null);
		assertThat(refusal).isNotNull();
		assertThat(refusal.limit()).isEqualTo(Limit.CONNECTIONS);
		assertThat(refusal.retryAfterSeconds()).isBetween(5L, 15L);
		assertThat(limiter.open(null).refusal()).as("came at the same time as others").isNotNull();
		assertThat(limiter.refusedSoFar(Limit.CONNECTIONS)).isEqualTo(2);
		first.close();
		first.close();
		assertThat(limiter.handshake(null)).isNull();
		limiter.open(null);
		assertThat(limiter.handshake(null)).as("closed twice, and counted once").isNotNull();
	}

	@Test
	@Tag("T18")
	void whenAddressHasConnectionsThatSayNothingThenItGetsNoMoreAndOthersDo() {
		Limiter limiter = limiter(Map.of(Limit.UNAUTHENTICATED_CONNECTIONS_PER_ADDRESS, 2L));
		ConnectionLimits first = limiter.open("10.0.0.1");
		ConnectionLimits second = limiter.open("10.0.0.1");
		assertThat(limiter.handshake("10.0.0.1")).isNotNull();
		assertThat(limiter.open("10.0.0.1").refusal()).isNotNull();
		assertThat(limiter.handshake("10.0.0.2")).isNull();
		assertThat(limiter.handshake(null)).isNull();
		assertThat(first.connected("acme", "alice")).isNull();
		assertThat(limiter.handshake("10.0.0.1")).isNull();
		second.close();
		first.close();
		assertThat(limiter.isEmpty()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "2001:db8:1:2::1,2001:db8:1:2:ffff::2,true", "2001:db8:1:2::1,2001:db8:1:3::1,false",
			"::ffff:10.0.0.1,10.0.0.1,true", "fe80::1%1,fe80::2%1,true", "unknown,_hidden,false",
			"a:b:not:an:address,a:b:not:an:other,false" })
	void whenAddressIsOfTheSameNetworkThenItCountsAsOne(String one, String other, boolean same) {
		Limiter limiter = limiter(Map.of(Limit.UNAUTHENTICATED_CONNECTIONS_PER_ADDRESS, 1L));
		limiter.open(one);
		assertThat(limiter.handshake(other) != null).isEqualTo(same);
	}

	@Test
	@Tag("T18")
	void whenUserHasTooManyConnectionsThenThatUserGetsNoMore() {
		Limiter limiter = limiter(Map.of(Limit.CONNECTIONS_PER_USER, 2L));
		List<ConnectionLimits> connections = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			connections.add(limiter.open(null));
			assertThat(connections.get(i).connected("acme", "alice")).isNull();
		}
		assertThat(connect(limiter, "acme", "alice").limit()).isEqualTo(Limit.CONNECTIONS_PER_USER);
		assertThat(connect(limiter, "globex", "alice")).as("another alice").isNull();
		assertThat(connect(limiter, "acme", "bob")).isNull();
		for (int i = 0; i < 10; i++) {
			assertThat(connect(limiter, "acme", null)).as("anonymous").isNull();
		}
		connections.get(0).close();
		assertThat(connect(limiter, "acme", "alice")).isNull();
	}

	@Test
	@Tag("T18")
	void whenTenantHasTooManyConnectionsThenThatTenantGetsNoMore() {
		Limiter limiter = limiter(Map.of(Limit.CONNECTIONS_PER_TENANT, 2L));
		assertThat(connect(limiter, "acme", "alice")).isNull();
		assertThat(connect(limiter, "acme", null)).isNull();
		assertThat(connect(limiter, "acme", "carol").limit()).isEqualTo(Limit.CONNECTIONS_PER_TENANT);
		assertThat(connect(limiter, "globex", "alice")).isNull();
	}

	@Test
	@Tag("T18")
	void whenUserHasTooManyConnectionsThenTheRefusedOneTakesNoPlaceOfTheTenant() {
		Limiter limiter = limiter(Map.of(Limit.CONNECTIONS_PER_USER, 1L, Limit.CONNECTIONS_PER_TENANT, 2L));
		assertThat(connect(limiter, "acme", "alice")).isNull();
		assertThat(connect(limiter, "acme", "alice").limit()).isEqualTo(Limit.CONNECTIONS_PER_USER);
		assertThat(connect(limiter, "acme", "bob")).isNull();
	}

	@Test
	void whenConnectionWasClosedBeforeItConnectedThenNothingIsKept() {
		Limiter limiter = limiter(allOn());
		ConnectionLimits connection = limiter.open("10.0.0.1");
		connection.close();
		assertThat(connection.connected("acme", "alice")).isNull();
		assertThat(limiter.isEmpty()).isTrue();
	}

	@Test
	@Tag("T17")
	void whenUserOrTenantHasTooManySubscriptionsThenItGetsNoMore() {
		Limiter limiter = limiter(Map.of(Limit.SUBSCRIPTIONS_PER_USER, 2L, Limit.SUBSCRIPTIONS_PER_TENANT, 3L));
		SubscriptionQuota alice = limiter.open(null).subscriptions("acme", "alice");
		SubscriptionQuota again = limiter.open(null).subscriptions("acme", "alice");
		SubscriptionQuota bob = limiter.open(null).subscriptions("acme", "bob");
		assertThat(alice.tryAcquire()).isTrue();
		assertThat(again.tryAcquire()).isTrue();
		assertThat(alice.tryAcquire()).isFalse();
		assertThat(bob.tryAcquire()).as("a refused one does not count").isTrue();
		assertThat(bob.tryAcquire()).isFalse();
		assertThat(limiter.refusedSoFar(Limit.SUBSCRIPTIONS_PER_USER)).isEqualTo(1);
		assertThat(limiter.refusedSoFar(Limit.SUBSCRIPTIONS_PER_TENANT)).isEqualTo(1);
		again.release();
		assertThat(bob.tryAcquire()).isTrue();
		alice.release();
		bob.release();
		bob.release();
		assertThat(limiter.isEmpty()).isTrue();
	}

	@ParameterizedTest
	@EnumSource(names = { "FRAMES_PER_SECOND", "BYTES_PER_SECOND", "SUBSCRIBES_PER_SECOND" })
	@Tag("T16")
	void whenClientSendsTooMuchThenItIsRefusedUntilTimePasses(Limit limit) {
		Limiter limiter = limiter(Map.of(limit, 5L));
		ConnectionLimits connection = limiter.open(null);
		for (int i = 0; i < 50; i++) {
			assertThat(use(connection, limit)).isNull();
		}
		Refusal refusal = use(connection, limit);
		assertThat(refusal).isNotNull();
		assertThat(refusal.limit()).isEqualTo(limit);
		assertThat(refusal.retryAfter()).isBetween(Duration.ofMillis(200), Duration.ofMillis(201));
		assertThat(use(limiter.open(null), limit)).as("another connection").isNull();
		pass(refusal.retryAfter());
		assertThat(use(connection, limit)).isNull();
		assertThat(use(connection, limit)).isNotNull();
		assertThat(limiter.refusedSoFar(limit)).isEqualTo(2);
	}

	@Test
	void whenRateIsBeyondAnyNetworkThenItIsAsGoodAsNone() {
		Limiter limiter = limiter(Map.of(Limit.BYTES_PER_SECOND, Long.MAX_VALUE));
		assertThat(limiter.open(null).bytes(Integer.MAX_VALUE)).isNull();
	}

	@Test
	void whenMoreComesAtOnceThanTheBucketHoldsThenItTakesAll() {
		Limiter limiter = limiter(Map.of(Limit.BYTES_PER_SECOND, 10L));
		ConnectionLimits connection = limiter.open(null);
		assertThat(connection.bytes(0)).isNull();
		assertThat(connection.bytes(1000)).isNull();
		assertThat(connection.bytes(0)).isNull();
		assertThat(connection.bytes(1)).isNotNull();
	}

	@Test
	@Tag("T16")
	void whenClientGoesOnThenItIsNotForgivenForEver() {
		Limiter limiter = limiter(Map.of());
		ConnectionLimits connection = limiter.open(null);
		Refusal own = new Refusal(Limit.FRAMES_PER_SECOND, Duration.ofMillis(1));
		Refusal ofTenant = new Refusal(Limit.FRAMES_PER_SECOND_PER_TENANT, Duration.ofMillis(1));
		for (int i = 0; i < 1000; i++) {
			assertThat(connection.forgives(ofTenant)).isTrue();
		}
		for (int i = 0; i < 100; i++) {
			assertThat(connection.forgives(own)).isTrue();
		}
		assertThat(connection.forgives(own)).isFalse();
		pass(Duration.ofSeconds(1));
		assertThat(connection.forgives(own)).isTrue();
	}

	@ParameterizedTest
	@EnumSource(names = { "FRAMES_PER_SECOND_PER_USER", "FRAMES_PER_SECOND_PER_TENANT", "BYTES_PER_SECOND_PER_USER",
			"BYTES_PER_SECOND_PER_TENANT" })
	@Tag("T16")
	void whenConnectionsCountTogetherThenTheyShareARate(Limit limit) {
		Limiter limiter = limiter(Map.of(limit, 1L));
		ConnectionLimits one = limiter.open(null);
		ConnectionLimits two = limiter.open(null);
		ConnectionLimits other = limiter.open(null);
		one.connected("acme", "alice");
		two.connected("acme", "alice");
		other.connected("globex", "alice");
		for (int i = 0; i < 10; i++) {
			assertThat(use((i % 2 == 0) ? one : two, limit)).isNull();
		}
		assertThat(use(one, limit).limit()).isEqualTo(limit);
		assertThat(use(two, limit)).isNotNull();
		assertThat(use(other, limit)).isNull();
		one.close();
		assertThat(use(two, limit)).as("is still shared").isNotNull();
		two.close();
		other.close();
		assertThat(limiter.isEmpty()).isTrue();
	}

	@Test
	@Tag("T26")
	void whenManyComeAtOnceThenHandshakesAreAdmittedOneAfterTheOther() {
		Limiter limiter = limiter(Map.of(Limit.HANDSHAKES_PER_SECOND, 10L));
		for (int i = 0; i < 100; i++) {
			assertThat(limiter.handshake(null)).isNull();
		}
		assertThat(limiter.handshake(null).retryAfterSeconds()).isEqualTo(1);
		pass(Duration.ofSeconds(1));
		for (int i = 0; i < 10; i++) {
			assertThat(limiter.handshake(null)).isNull();
		}
		assertThat(limiter.handshake(null)).isNotNull();
	}

	@Test
	@Tag("T31")
	void whenConnectionsComeAndGoAtRandomThenNothingIsLeftAndNoLimitIsExceeded() throws Exception {
		Limiter limiter = limiter(allOn());
		AtomicInteger open = new AtomicInteger();
		ExecutorService threads = Executors.newFixedThreadPool(4);
		try {
			List<Future<?>> done = new ArrayList<>();
			for (int thread = 0; thread < 4; thread++) {
				Random random = new Random(thread);
				done.add(threads.submit((Callable<Void>) () -> {
					for (int i = 0; i < 20_000; i++) {
						comeAndGo(limiter, random, open);
					}
					return null;
				}));
			}
			for (Future<?> each : done) {
				each.get();
			}
		}
		finally {
			threads.shutdownNow();
		}
		assertThat(limiter.isEmpty()).isTrue();
	}

	private static void comeAndGo(Limiter limiter, Random random, AtomicInteger open) {
		ConnectionLimits connection = limiter.open(random.nextBoolean() ? "10.0.0." + random.nextInt(3) : null);
		if (connection.refusal() == null) {
			assertThat(open.incrementAndGet()).isLessThanOrEqualTo(3);
			String tenant = "t" + random.nextInt(2);
			String user = random.nextBoolean() ? "u" + random.nextInt(2) : null;
			if (connection.connected(tenant, user) == null) {
				connection.frame();
				connection.bytes(random.nextInt(100));
				SubscriptionQuota quota = connection.subscriptions(tenant, user);
				if (quota.tryAcquire()) {
					quota.release();
				}
			}
			open.decrementAndGet();
		}
		connection.close();
	}

	@Test
	void whenLimitIsNegativeThenItSaysWhatToWrite() {
		assertThatIllegalArgumentException().isThrownBy(() -> new LimitOptions(Map.of(Limit.CONNECTIONS_PER_USER, -1L)))
			.withMessage("The limit 'connections-per-user' is -1; use a positive number, or 0 for no limit");
	}

	private static Map<Limit, Long> allOn() {
		Map<Limit, Long> all = new EnumMap<>(Limit.class);
		for (Limit limit : Limit.values()) {
			all.put(limit, 3L);
		}
		return all;
	}

	private static Refusal connect(Limiter limiter, String tenant, String user) {
		return limiter.open(null).connected(tenant, user);
	}

	private static Refusal use(ConnectionLimits connection, Limit limit) {
		if (limit == Limit.SUBSCRIBES_PER_SECOND) {
			return connection.subscribe();
		}
		return limit.label().startsWith("bytes") ? connection.bytes(1) : connection.frame();
	}

	private void pass(Duration time) {
		this.nanos.addAndGet(time.toNanos());
	}

	private Limiter limiter(Map<Limit, Long> values) {
		return new Limiter(new LimitOptions(values), this.nanos::get);
	}

}
