package dev.realtime.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import dev.realtime.Access;
import dev.realtime.Decision;
import dev.realtime.Realtime;
import dev.realtime.access.AccessControl;
import dev.realtime.autoconfigure.app.Gates;
import dev.realtime.autoconfigure.app.Permits;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Rights that are withdrawn while somebody uses them, frame by frame, whatever the
 * transport.
 */
abstract class AccessScenarios {

	@Autowired
	private Realtime realtime;

	@Autowired
	private Permits permits;

	@Autowired
	private Gates gates;

	@Autowired
	private AccessControl control;

	/**
	 * Connects as a user of the tenant {@code acme}.
	 */
	abstract RawStompClient connect();

	abstract RawStompClient connectToOtherTenant();

	abstract String user();

	@Test
	void whenARightIsRevokedThenThatSubscriptionEndsAndNothingElse() {
		String room = Rooms.fresh();
		try (RawStompClient client = connect(); RawStompClient other = connectToOtherTenant()) {
			for (RawStompClient each : List.of(client, other)) {
				each.subscribe("s1", "/realtime/room." + room);
				each.subscribe("s2", "/realtime/item." + room);
			}
			assertThat(access().revoke(user(), "room." + room)).succeedsWithin(Duration.ofSeconds(10));
			assertRevoked(client.next(), "s1", "/realtime/room." + room);
			publish("room." + room);
			publish("item." + room);
			assertThat(RawStompClient.header(client.next(), "subscription")).isEqualTo("s2");
			client.expectNothingElse();
			other.expectNothingElse();
			client.send("UNSUBSCRIBE\nid:s1\n\n\0");
			client.subscribe("s1", "/realtime/room." + room, "replay:none");
			access().revoke(user()).join();
			assertThat(Stream.of(client.next(), client.next())).allSatisfy(
					(frame) -> assertThat(RawStompClient.header(frame, "realtime-control")).isEqualTo("revoked"));
			client.expectNothingElse();
		}
	}

	@RepeatedTest(3)
	void whenOthersPublishMeanwhileThenNothingComesAfterTheRevocation() throws Exception {
		String room = Rooms.fresh();
		try (RawStompClient client = connect()) {
			client.subscribe("s1", "/realtime/room." + room);
			AtomicBoolean running = new AtomicBoolean(true);
			List<Thread> publishers = Stream.generate(() -> new Thread(() -> {
				while (running.get()) {
					publish("room." + room);
					// No more than the client can take.
					LockSupport.parkNanos(100_000);
				}
			})).limit(2).toList();
			publishers.forEach(Thread::start);
			client.next(100);
			access().revokeTopic("room.{room}");
			long later = this.realtime.forTenant("acme").publish("room." + room, Map.of("n", 1)).join().offset();
			running.set(false);
			for (Thread publisher : publishers) {
				publisher.join();
			}
			String frame = client.next();
			while (RawStompClient.header(frame, "realtime-control") == null) {
				assertThat(RawStompClient.offset(frame)).isLessThan(later);
				frame = client.next();
			}
			assertRevoked(frame, "s1", "/realtime/room." + room);
			client.expectNothingElse();
		}
	}

	@Test
	void whenTheRuleSaysNoNowThenTheSubscriptionEndsAndNothingIsReplayed() {
		String room = Rooms.fresh();
		this.permits.set(user(), room, Decision.allow());
		try (RawStompClient client = connect()) {
			client.subscribe("s1", "/realtime/permitted." + room);
			access().recheck(user()).join();
			access().recheckTopic("permitted.{room}").join();
			publish("permitted." + room);
			assertThat(RawStompClient.header(client.next(), "message-id")).endsWith("-1");
			this.permits.set(user(), room, Decision.deny());
			access().recheckAll().join();
			assertRevoked(client.next(), "s1", "/realtime/permitted." + room);
			publish("permitted." + room);
			assertThat(client.subscribeInVain("s1", "/realtime/permitted." + room, "since:e-0")).isEqualTo("forbidden");
		}
	}

	@Test
	void whenADecisionHoldsForAWhileThenTheRuleRunsAgainAfterIt() {
		String room = Rooms.fresh();
		this.permits.set(user(), room, Decision.allow().recheckAfter(Duration.ofMillis(10)));
		try (RawStompClient client = connect()) {
			client.subscribe("s1", "/realtime/permitted." + room);
			this.permits.set(user(), room, Decision.deny());
			assertRevoked(client.next(), "s1", "/realtime/permitted." + room);
			client.expectNothingElse();
		}
	}

	@Test
	void whenARightIsRevokedWhileTheRuleRunsThenTheSubscriptionIsDenied() {
		String room = Rooms.fresh();
		try (RawStompClient client = connect()) {
			client.sendSubscribe("s1", "/realtime/gated." + room);
			this.gates.awaitReached(room);
			access().revoke(user(), "gated." + room).join();
			publish("gated." + room);
			this.gates.open(room);
			assertThat(RawStompClient.code(client.next())).isEqualTo("forbidden");
			client.expectNothingElse();
		}
	}

	@Test
	void whenTheClientUnsubscribesWhileTheRuleRunsThenNothingIsLeft() {
		String room = Rooms.fresh();
		try (RawStompClient client = connect()) {
			client.sendSubscribe("s1", "/realtime/gated." + room);
			client.send("UNSUBSCRIBE\nid:s1\nreceipt:u\n\n\0");
			this.gates.awaitReached(room);
			this.gates.open(room);
			assertThat(client.next()).startsWith("RECEIPT\nreceipt-id:r-s1\n");
			assertThat(client.next()).isEqualTo("RECEIPT\nreceipt-id:u\n\n");
			publish("gated." + room);
			client.expectNothingElse();
		}
	}

	@Test
	void whenAConnectionUnsubscribesWhatIsNotItsOwnThenNothingHappens() {
		String room = Rooms.fresh();
		try (RawStompClient client = connect(); RawStompClient same = connect()) {
			client.subscribe("s1", "/realtime/room." + room);
			same.send("UNSUBSCRIBE\nid:s1\n\n\0");
			same.send("ACK\nid:s1\n\n\0");
			same.expectNothingElse();
			publish("room." + room);
			assertThat(RawStompClient.header(client.next(), "subscription")).isEqualTo("s1");
		}
	}

	@Test
	void whenUsersHaveToGoThenTheirConnectionsEndAndThoseOfOthersDoNot() {
		try (RawStompClient other = connectToOtherTenant()) {
			try (RawStompClient client = connect(); RawStompClient second = connect()) {
				access().reconnect(user()).join();
				assertThat(client.closeCode()).isEqualTo(4008);
				assertThat(second.closeCode()).isEqualTo(4008);
			}
			try (RawStompClient client = connect()) {
				access().disconnect(user()).join();
				assertThat(client.closeCode()).isEqualTo(4504);
			}
			try (RawStompClient client = connect()) {
				access().disconnectTenant().join();
				assertThat(client.closeCode()).isEqualTo(4504);
			}
			other.expectNothingElse();
		}
	}

	@Test
	void whenClientsAreGoneThenNothingIsLeftOfThem() {
		for (int i = 0; i < 20; i++) {
			try (RawStompClient client = connect()) {
				client.subscribe("s1", "/realtime/room." + Rooms.fresh());
			}
		}
		await().untilAsserted(() -> {
			Object registry = ReflectionTestUtils.getField(this.control, "registry");
			assertThat((int) ReflectionTestUtils.invokeMethod(registry, "size")).isZero();
		});
	}

	@Test
	void whenAClientAsksForTheOrdersOfNodesThenThereIsNoSuchTopic() {
		try (RawStompClient client = connect()) {
			assertThat(client.subscribeInVain("s1", "/realtime/@access")).isEqualTo("unknown-topic");
			client.send("SEND\ndestination:/realtime/@access\nevent:x\nreceipt:r\n\n{}\0");
			assertThat(client.next())
				.isEqualTo("RECEIPT\nreceipt-id:r\nrealtime-control:denied\ncode:unknown-topic\n\n");
		}
	}

	@Test
	void whenThereIsNoSuchTopicThenTheCallerIsTold() {
		assertThatIllegalArgumentException().isThrownBy(() -> access().revokeTopic("no.such.topic"))
			.withMessageStartingWith("There is no topic 'no.such.topic'");
	}

	private Access access() {
		return this.realtime.forTenant("acme").access();
	}

	private void publish(String topic) {
		this.realtime.forTenant("acme").publish(topic, Map.of("id", 1)).join();
	}

	private static void assertRevoked(String frame, String id, String destination) {
		assertThat(RawStompClient.header(frame, "realtime-control")).as(frame).isEqualTo("revoked");
		assertThat(RawStompClient.header(frame, "subscription")).isEqualTo(id);
		assertThat(RawStompClient.header(frame, "destination")).isEqualTo(destination);
		assertThat(RawStompClient.code(frame)).isEqualTo("access-revoked");
	}

}
