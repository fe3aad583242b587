package dev.realtime.presence;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.realtime.PresenceJoinedEvent;
import dev.realtime.PresenceLeftEvent;
import dev.realtime.PresenceStatus;
import dev.realtime.core.ChannelId;
import dev.realtime.core.Ending;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Replication}, {@link OwnSessions} and {@link MemberEvents}: what nodes
 * know of each other, whatever happens between them.
 */
@Timeout(60)
class ReplicationTests {

	private static final Duration LEASE = TestPresence.OPTIONS.lease();

	private static final Duration GRACE = TestPresence.OPTIONS.leaveGrace();

	private static final Duration MOMENT = Duration.ofSeconds(1);

	private final Cluster cluster = new Cluster();

	private final Cluster.Node one = this.cluster.start("1");

	private final Cluster.Node two = this.cluster.start("2");

	@Test
	void whenSomebodyJoinsOrLeavesThenAllNodesKnow() {
		this.one.join("c1", "ada");
		this.two.join("c1", "ben");
		assertThat(this.one.members()).as("at once where it happens").containsOnlyKeys("ada");
		this.cluster.settle();
		assertAll(Map.of("ada", 1, "ben", 1));
		assertThat(this.two.whereIs("ada")).containsExactly("room.1");
		this.one.leave("c1", Ending.LEFT);
		this.cluster.settle();
		assertAll(Map.of("ben", 1));
		assertThat(this.two.whereIs("ada")).isEmpty();
	}

	@Test
	void whenAUserHasSeveralConnectionsThenItIsOneMember() {
		this.one.join("c1", "ada");
		this.one.join("c2", "ada");
		this.two.join("c1", "ada");
		this.cluster.settle();
		assertAll(Map.of("ada", 3));
		this.one.leave("c2", Ending.LEFT);
		this.one.leave("c1", Ending.LEFT);
		this.cluster.settle();
		assertAll(Map.of("ada", 1));
		assertThat(events()).hasSize(1).allMatch(PresenceJoinedEvent.class::isInstance);
	}

	@Test
	void whenAConnectionSubscribesTwiceThenItIsOneSession() {
		this.one.join("c1", "ada");
		this.one.join("c1", "ada");
		this.cluster.settle();
		assertAll(Map.of("ada", 1));
		this.one.leave("c1", Ending.LEFT);
		this.cluster.settle();
		assertAll(Map.of("ada", 1));
		this.one.leave("c1", Ending.LEFT);
		this.cluster.settle();
		assertAll(Map.of());
	}

	@Test
	void whenANodeStartsLaterThenItLearnsWhatIsThere() {
		IntStream.range(0, 1000).forEach((i) -> this.one.join("c" + i, "user" + i));
		this.two.join("c1", "ben");
		this.cluster.settle();
		Cluster.Node three = this.cluster.start("3");
		this.cluster.pass(MOMENT);
		assertThat(three.members()).hasSize(1001).containsKeys("ben", "user0", "user999");
		assertThat(three.events).as("nobody came").isEmpty();
	}

	@Test
	void whenAConnectionBreaksThenTheMemberStaysForTheGrace() {
		this.one.join("c1", "ada");
		this.one.leave("c1", Ending.LOST);
		this.cluster.pass(GRACE.minus(MOMENT));
		assertAll(Map.of("ada", 1));
		this.cluster.pass(MOMENT.multipliedBy(2));
		assertAll(Map.of());
		assertThat(eventTypes()).containsExactly("PresenceJoinedEvent", "PresenceLeftEvent");
	}

	@Test
	void whenTheClientComesBackThenNothingHasHappened() {
		this.one.join("c1", "ada");
		this.one.join("c2", "ben");
		this.cluster.settle();
		long since = this.one.view("ada").since();
		for (String connection : List.of("c1", "c2")) {
			this.one.leave(connection, Ending.LOST);
		}
		this.cluster.pass(MOMENT);
		this.two.join("c9", "ada");
		this.one.join("c9", "ben");
		this.cluster.settle();
		assertAll(Map.of("ada", 1, "ben", 1));
		assertThat(this.one.view("ada").since()).isEqualTo(since);
		this.cluster.pass(GRACE.multipliedBy(2));
		assertAll(Map.of("ada", 1, "ben", 1));
		assertThat(this.two.view("ada").since()).isEqualTo(since);
		assertThat(events()).hasSize(2).allMatch(PresenceJoinedEvent.class::isInstance);
	}

	@Test
	void whenTheClientIsBackBeforeTheBreakIsNoticedThenNothingIsLeftOfTheOldConnection() {
		this.one.join("c1", "ada");
		this.cluster.pass(MOMENT);
		this.two.join("c9", "ada");
		this.cluster.settle();
		this.one.leave("c1", Ending.LOST);
		this.cluster.settle();
		assertAll(Map.of("ada", 1));
		assertThat(events()).hasSize(1);
	}

	@Test
	void whenTwoConnectionsBreakAndOneComesBackThenTheOtherGoesAfterTheGrace() {
		this.one.join("c1", "ada");
		this.one.join("c2", "ada");
		this.one.leave("c1", Ending.LOST);
		this.one.leave("c2", Ending.LOST);
		this.two.join("c1", "ada");
		this.cluster.settle();
		assertAll(Map.of("ada", 2));
		this.cluster.pass(GRACE);
		assertAll(Map.of("ada", 1));
	}

	@Test
	@Tag("T28")
	void whenANodeDiesThenItsMembersGoWithinTheLeaseAndOnlyThey() {
		Cluster.Node three = this.cluster.start("3");
		this.one.join("c1", "ada");
		three.join("c1", "ada");
		three.join("c2", "ben");
		this.two.join("c1", "cleo");
		this.cluster.settle();
		three.kill();
		this.cluster.pass(LEASE.dividedBy(2));
		assertAll(Map.of("ada", 2, "ben", 1, "cleo", 1));
		this.cluster.pass(LEASE);
		assertAll(Map.of("ada", 1, "cleo", 1));
		assertThat(events()).filteredOn(PresenceLeftEvent.class::isInstance)
			.extracting((event) -> ((PresenceLeftEvent) event).member().id())
			.containsExactly("ben");
		this.cluster.pass(LEASE.multipliedBy(3));
		assertAll(Map.of("ada", 1, "cleo", 1));
	}

	@Test
	void whenTheBackplaneIsAwayThenNobodyIsBuried() {
		this.one.join("c1", "ada");
		this.two.join("c1", "ben");
		this.cluster.settle();
		this.cluster.cut();
		this.cluster.pass(LEASE.multipliedBy(20));
		assertAll(Map.of("ada", 1, "ben", 1));
		this.one.join("c2", "cleo");
		this.two.leave("c1", Ending.LEFT);
		IntStream.range(0, 100).forEach((i) -> {
			this.one.join("t" + i, "temp");
			this.cluster.pass(MOMENT);
			this.one.leave("t" + i, Ending.LEFT);
		});
		assertThat(this.one.members()).as("what happens here").containsOnlyKeys("ada", "ben", "cleo");
		int before = this.cluster.messages;
		this.cluster.heal();
		this.cluster.pass(MOMENT);
		assertAll(Map.of("ada", 1, "cleo", 1));
		assertThat(this.cluster.messages - before).as("messages").isLessThan(10);
		this.cluster.pass(LEASE.multipliedBy(3));
		assertAll(Map.of("ada", 1, "cleo", 1));
	}

	@Test
	void whenANodeWasPausedThenItBuriesNobodyAndIsKnownAgain() {
		this.one.join("c1", "ada");
		this.two.join("c1", "ben");
		this.cluster.settle();
		this.two.timer.pause();
		this.cluster.pass(LEASE.multipliedBy(2));
		assertThat(this.one.members()).containsOnlyKeys("ada");
		this.two.timer.resume();
		assertThat(this.two.members()).containsOnlyKeys("ada", "ben");
		this.cluster.pass(LEASE);
		assertAll(Map.of("ada", 1, "ben", 1));
	}

	@Test
	void whenMessagesWereMissedThenAllIsToldAgain() {
		this.one.join("c1", "ada");
		this.one.join("c2", "ben");
		this.cluster.settle();
		this.two.deaf = true;
		this.one.leave("c1", Ending.LEFT);
		this.one.join("c3", "cleo");
		this.cluster.settle();
		this.two.deaf = false;
		assertThat(this.two.members()).containsOnlyKeys("ada", "ben");
		this.cluster.pass(LEASE.dividedBy(2));
		assertAll(Map.of("ben", 1, "cleo", 1));
	}

	@Test
	void whenANodeStopsThenItsMembersStayUntilTheyAreElsewhere() {
		this.one.join("c1", "ada");
		this.one.join("c2", "ben");
		this.cluster.settle();
		this.one.leave("c1", Ending.LOST);
		this.one.stop();
		this.cluster.pass(MOMENT);
		assertThat(this.two.members()).isEqualTo(Map.of("ada", 1, "ben", 1));
		this.two.join("c1", "ada");
		this.cluster.settle();
		assertThat(this.two.members()).isEqualTo(Map.of("ada", 1, "ben", 1));
		this.cluster.pass(GRACE);
		assertThat(this.two.members()).isEqualTo(Map.of("ada", 1));
		assertThat(this.two.events).hasSize(1)
			.allMatch((event) -> event instanceof PresenceLeftEvent left && left.member().id().equals("ben"));
	}

	@Test
	void whenANodeGoesOnAfterAGoodByeThenItsMembersAreThere() {
		this.one.join("c1", "ada");
		this.cluster.settle();
		this.one.replication.bye();
		this.cluster.pass(GRACE.plus(MOMENT));
		assertThat(this.two.members()).isEmpty();
		this.one.replication.comeBack();
		this.one.join("c2", "ben");
		this.cluster.pass(MOMENT);
		assertAll(Map.of("ada", 1, "ben", 1));
		this.cluster.pass(GRACE.plus(LEASE));
		assertAll(Map.of("ada", 1, "ben", 1));
	}

	@Test
	void whenTheSameUserComesOnTwoNodesAtOnceThenTheApplicationHearsItOnce() {
		this.one.join("c1", "ada");
		this.two.join("c1", "ada");
		this.cluster.settle();
		this.one.leave("c1", Ending.LEFT);
		this.two.leave("c1", Ending.LEFT);
		this.cluster.settle();
		assertThat(eventTypes()).containsExactlyInAnyOrder("PresenceJoinedEvent", "PresenceLeftEvent");
	}

	@Test
	void whenMembersSayMuchThenTheNewestWinsAndLittleIsSent() {
		this.one.join("c1", "ada");
		this.two.join("c2", "ada");
		this.cluster.settle();
		int before = this.cluster.messages;
		for (int i = 1; i <= 1000; i++) {
			assertThat(this.one.own.say("c1", Cluster.ROOM,
					new PresenceState(PresenceStatus.AWAY, true, "{\"n\":" + i + "}")))
				.isTrue();
			this.cluster.pass(Duration.ofMillis(1));
		}
		this.cluster.settle();
		assertThat(this.two.view("ada").data()).isEqualTo("{\"n\":1000}");
		assertThat(this.two.view("ada").status()).isEqualTo(PresenceStatus.AWAY);
		assertThat(this.cluster.messages - before).isBetween(9, 14);
		this.two.own.say("c2", Cluster.ROOM, new PresenceState(PresenceStatus.BUSY, false, null));
		this.cluster.settle();
		assertThat(this.one.view("ada")).isEqualTo(this.two.view("ada"));
		assertThat(this.one.view("ada").status()).isEqualTo(PresenceStatus.BUSY);
		assertThat(this.one.view("ada").data()).as("that of the session that spoke last").isNull();
		this.two.leave("c2", Ending.LEFT);
		this.cluster.settle();
		assertThat(this.one.view("ada").status()).isEqualTo(PresenceStatus.AWAY);
	}

	@Test
	void whenTheTopicSaysSomethingElseOfAMemberThenAllHearTheNewest() {
		this.one.own.join("c1", Cluster.ROOM, "ada", "{\"n\":1}");
		this.cluster.pass(MOMENT);
		this.two.own.join("c2", Cluster.ROOM, "ada", "{\"n\":2}");
		this.one.own.say("c1", Cluster.ROOM, new PresenceState(PresenceStatus.AWAY, false, null));
		this.cluster.settle();
		assertInfo("{\"n\":2}");
		this.one.own.describe("c1", Cluster.ROOM, "{\"n\":3}");
		this.cluster.settle();
		assertInfo("{\"n\":3}");
		assertThat(this.two.view("ada").status()).isEqualTo(PresenceStatus.AWAY);
		int before = this.cluster.messages;
		this.one.own.join("c1", Cluster.ROOM, "ada", "{\"n\":3}");
		this.one.own.describe("c9", Cluster.ROOM, "{\"n\":4}");
		this.cluster.settle();
		assertThat(this.cluster.messages).as("nothing new").isEqualTo(before);
		this.cluster.start("3");
		this.cluster.pass(MOMENT);
		assertInfo("{\"n\":3}");
		this.two.own.describe("c2", Cluster.ROOM, null);
		this.cluster.settle();
		assertInfo(null);
		this.one.own.join("c1", Cluster.ROOM, "ada", "{\"n\":5}");
		this.cluster.settle();
		assertInfo("{\"n\":5}");
	}

	private void assertInfo(String info) {
		assertThat(this.cluster.nodes).allSatisfy((node) -> assertThat(node.view("ada").info()).isEqualTo(info));
	}

	@Test
	void whenMessagesAreLostThenAllIsToldAgainAndNobodyHasLeft() {
		this.one.join("c1", "ada");
		this.cluster.settle();
		this.cluster.failing = true;
		this.one.leave("c1", Ending.LOST);
		this.one.join("c2", "ada");
		this.one.join("c3", "ben");
		this.cluster.settle();
		this.one.join("c4", "cleo");
		this.cluster.pass(MOMENT);
		assertThat(this.two.members()).containsOnlyKeys("ada");
		this.cluster.failing = false;
		this.cluster.pass(MOMENT.multipliedBy(2));
		assertAll(Map.of("ada", 1, "ben", 1, "cleo", 1));
		assertThat(eventTypes()).containsOnly("PresenceJoinedEvent").hasSize(3);
	}

	@Test
	void whenAPartOfAStateIsMissedThenNobodyHasLeftAndAllIsAskedForAgain() {
		hear(0, false, "ada");
		hear(1, false, "ben");
		hear(2, true, "cleo");
		assertThat(this.one.members()).containsOnlyKeys("ada", "ben", "cleo");
		int before = this.cluster.messages;
		hear(0, false, "ada");
		hear(2, true, "cleo");
		assertThat(this.one.members()).containsOnlyKeys("ada", "ben", "cleo");
		this.cluster.pass(LEASE.dividedBy(3));
		assertThat(this.cluster.messages).as("a question").isGreaterThan(before);
		hear(1, true, "ben");
		assertThat(this.one.members()).containsOnlyKeys("ada", "ben", "cleo");
		hear(0, false, "ada");
		hear(1, true, "cleo");
		assertThat(this.one.members()).containsOnlyKeys("ada", "cleo");
	}

	private void hear(int part, boolean last, String user) {
		Session session = new Session(Cluster.ROOM, user, null, PresenceStatus.ONLINE, null, 1, 1, 1, 0);
		this.one.replication.heard(new NodeMessage("9", NodeMessage.Kind.STATE, 1, part, last, null,
				List.of(new NodeMessage.Change(user, session, 0))));
	}

	@Test
	void whenANodeListsMembersThenInTheOrderTheyCame() {
		for (int i = 20; i > 0; i--) {
			((i % 3 == 0) ? this.one : this.two).join("c" + i, "user" + i);
			this.cluster.pass(MOMENT);
		}
		List<String> users = IntStream.rangeClosed(1, 20).mapToObj((i) -> "user" + (21 - i)).toList();
		this.cluster.start("3");
		this.cluster.pass(MOMENT);
		assertThat(this.cluster.nodes).allSatisfy((node) -> assertThat(
				node.table.room(Cluster.ROOM).views().stream().sorted(MemberView.ORDER).map(MemberView::id))
			.isEqualTo(users));
	}

	@Test
	void whenWhatMembersSayIsHardToWriteThenOtherNodesHearItAndWhatComesLater() {
		this.one.join("c1", "ada");
		for (String data : List.of("[0.1234567890123456789,1E+400]", "\"\ud800\"",
				"[".repeat(480) + "1" + "]".repeat(480))) {
			this.one.own.say("c1", Cluster.ROOM, new PresenceState(null, true, data));
			this.cluster.pass(MOMENT);
			assertThat(this.two.view("ada").data()).isEqualTo(data.replace('\ud800', '?'));
		}
		this.one.join("c2", "ben");
		this.cluster.settle();
		assertAll(Map.of("ada", 1, "ben", 1));
		Cluster.Node three = this.cluster.start("3");
		this.cluster.pass(MOMENT);
		assertThat(three.members()).containsOnlyKeys("ada", "ben");
	}

	@Test
	void whenSomebodyWhoIsNotThereSaysSomethingThenItIsRefused() {
		PresenceState state = new PresenceState(PresenceStatus.BUSY, false, null);
		assertThat(this.one.own.say("c1", Cluster.ROOM, state)).isFalse();
		this.one.join("c1", "ada");
		assertThat(this.one.own.say("c2", Cluster.ROOM, state)).isFalse();
		assertThat(this.one.own.say("c1", new ChannelId("acme", null, "room.2"), state)).isFalse();
		assertThat(this.one.own.say("c1", Cluster.ROOM, state)).isTrue();
	}

	@Test
	void whenRequestsShowSomebodyThenItStaysForTheTimeAfterTheLast() {
		Duration ttl = TestPresence.OPTIONS.httpTtl();
		this.one.own.track(Cluster.ROOM, "ada", "{\"name\":\"Ada\"}");
		this.cluster.pass(ttl.minus(MOMENT));
		this.one.own.track(Cluster.ROOM, "ada", "{\"name\":\"Ada L.\"}");
		this.cluster.pass(ttl.minus(MOMENT));
		assertAll(Map.of("ada", 1));
		assertThat(this.two.view("ada").info()).isEqualTo("{\"name\":\"Ada L.\"}");
		this.cluster.pass(MOMENT.multipliedBy(2));
		assertAll(Map.of());
	}

	@Test
	@Tag("T28")
	void tenantsAndUsersOfTheSameNameDoNotMeet() {
		ChannelId other = new ChannelId("globex", null, "room.1");
		ChannelId own = new ChannelId("acme", "ada", "room.1");
		this.one.join("c1", "ada");
		this.one.own.join("c2", other, "ada", null);
		this.one.own.join("c3", own, "ada", null);
		this.one.own.join("c2", PresenceTable.online("globex"), "ada", null);
		this.cluster.settle();
		for (Cluster.Node node : this.cluster.nodes) {
			assertThat(node.members()).isEqualTo(Map.of("ada", 1));
			assertThat(node.members(other)).isEqualTo(Map.of("ada", 1));
			assertThat(node.members(own)).isEqualTo(Map.of("ada", 1));
			assertThat(node.table.isOnline("acme", "ada")).isFalse();
			assertThat(node.table.isOnline("globex", "ada")).isTrue();
		}
		this.one.own.leave("c2", PresenceTable.online("globex"), Ending.LEFT);
		this.cluster.settle();
		assertThat(this.two.table.lastSeen("globex", "ada")).isNotNull();
		assertThat(this.two.table.lastSeen("acme", "ada")).isNull();
	}

	@Test
	void whenAllAreGoneThenNothingIsLeft() {
		for (int i = 0; i < 50; i++) {
			this.one.join("c" + i, "user" + i);
			this.two.join("c" + i, "user" + i);
			this.one.own.join("c" + i, PresenceTable.online("acme"), "user" + i, null);
		}
		this.cluster.settle();
		for (int i = 0; i < 50; i++) {
			this.one.leave("c" + i, (i % 2 == 0) ? Ending.LEFT : Ending.LOST);
			this.two.leave("c" + i, Ending.LEFT);
			this.one.own.leave("c" + i, PresenceTable.online("acme"), Ending.LOST);
		}
		this.cluster.pass(GRACE.plus(MOMENT));
		assertThat(this.cluster.nodes).allSatisfy((node) -> {
			assertThat(node.table.size()).isZero();
			assertThat(node.own.members()).isZero();
		});
	}

	private List<Object> events() {
		return this.cluster.nodes.stream().flatMap((node) -> node.events.stream()).toList();
	}

	private List<String> eventTypes() {
		return events().stream().map((event) -> event.getClass().getSimpleName()).toList();
	}

	private void assertAll(Map<String, Integer> members) {
		assertThat(this.cluster.nodes)
			.allSatisfy((node) -> assertThat(node.members()).as("node %s", node.name).isEqualTo(members));
	}

}
