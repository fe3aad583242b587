package dev.realtime.access;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.realtime.Decision;
import dev.realtime.Tenant;
import dev.realtime.access.AccessFixture.Client;
import dev.realtime.access.AccessFixture.TestRight;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link AccessControl}.
 */
@Timeout(30)
class AccessControlTests {

	private static final Tenant GLOBEX = new Tenant("globex");

	private static final String SESSION = "hash-1";

	private final AccessFixture node = new AccessFixture(null);

	/** Another node on the same backplane. */
	private final AccessControl other = new AccessControl(this.node.engine,
			new AccessOptions(null, Duration.ZERO, Duration.ofSeconds(1)));

	@AfterEach
	void close() {
		this.other.close();
		this.node.close();
	}

	@Test
	void whenThisNodeGivesAnOrderThenItIsObeyedHereAtOnceAndOnlyOnce() throws Exception {
		this.node.control.start();
		Client alice = this.node.connect("alice");
		alice.subscribe("a");
		this.node.control.revoke(AccessFixture.ACME, "alice", null);
		assertThat(alice.heard).containsExactly("revoked a REVOKED");
		alice.subscribe("a");
		this.other.revoke(AccessFixture.ACME, "nobody", null).join();
		this.other.disconnect(AccessFixture.ACME, "alice").join();
		await().until(() -> alice.heard.contains("end DISCONNECTED"));
		assertThat(alice.heard).hasSize(2);
	}

	@Test
	void whenAnotherNodeGivesAnOrderThenItIsObeyed() {
		this.node.control.start();
		Client alice = this.node.connect("alice");
		Client bob = this.node.connect("bob");
		AtomicBoolean allowed = new AtomicBoolean();
		alice.subscribe("a");
		alice.subscribe("b");
		alice.subscribe("c", new TestRight("c", () -> Decision.of(!allowed.getAndSet(true))));
		bob.subscribe("a");
		this.other.revoke(AccessFixture.ACME, "alice", "a").join();
		await().until(() -> alice.heard.contains("revoked a REVOKED"));
		this.other.recheck(AccessFixture.ACME, "alice", null).join();
		await().until(() -> alice.heard.contains("revoked c REVOKED"));
		this.other.revoke(GLOBEX, null, null).join();
		this.other.revoke(AccessFixture.ACME, null, "{topic}").join();
		await().until(() -> bob.heard.contains("revoked a REVOKED") && alice.heard.size() == 3);
		assertThat(alice.heard).containsExactly("revoked a REVOKED", "revoked c REVOKED", "revoked b REVOKED");
	}

	@Test
	@Tag("T8")
	void whenOrdersWereMissedThenRulesRunAgainAndProofsFromBeforeDoNotCount() throws Exception {
		Client alice = this.node.connect("alice");
		AtomicBoolean allowed = new AtomicBoolean(true);
		alice.subscribe("a", new TestRight("a", () -> Decision.of(allowed.get())));
		alice.subscribe("b");
		assertThat(this.node.control.isOutdated(AccessFixture.ACME, "alice", "a", this.node.wall)).isFalse();
		allowed.set(false);
		this.node.control.missed();
		this.node.settle();
		assertThat(alice.heard).containsExactly("revoked a REVOKED");
		assertThat(this.node.control.isOutdated(AccessFixture.ACME, "alice", "a", this.node.wall)).isTrue();
		assertThat(this.node.control.isOutdated(AccessFixture.ACME, "alice", "a", this.node.wall.plusMillis(1)))
			.isFalse();
	}

	@Test
	void whenAUserOrATenantHasToGoThenOnlyTheirConnectionsEnd() {
		Client alice = this.node.connect("alice");
		Client bob = this.node.connect("bob");
		Client sam = this.node.connect(new Member(AccessFixture.authentication("alice"), GLOBEX, null, null));
		this.node.control.reconnect(AccessFixture.ACME, "alice");
		assertThat(alice.heard).containsExactly("end ACCESS_CHANGED");
		this.node.control.disconnect(AccessFixture.ACME, null);
		assertThat(bob.heard).containsExactly("end DISCONNECTED");
		assertThat(sam.heard).isEmpty();
	}

	@Test
	void whenAnHttpSessionEndsThenItsConnectionsDoAndNobodyComesWithItLater() {
		Client alice = this.node.connect(member("alice", SESSION));
		Client elsewhere = this.node.connect(member("alice", "hash-2"));
		this.node.control.endSession(SESSION);
		assertThat(alice.heard).containsExactly("end SESSION_ENDED");
		assertThat(elsewhere.heard).isEmpty();
		this.node.pass(Duration.ofMinutes(2));
		assertThat(this.node.connect(member("alice", SESSION)).heard).containsExactly("end SESSION_ENDED");
		assertThat(this.node.connect("alice").heard).isEmpty();
	}

	@Test
	void whenAUserLogsOutAndTheSessionGoesOnThenItCanBeUsedAgain() {
		Client alice = this.node.connect(member("alice", SESSION));
		this.node.control.logout(SESSION);
		assertThat(alice.heard).containsExactly("end SESSION_ENDED");
		this.node.pass(Duration.ofSeconds(1));
		assertThat(this.node.connect(member("bob", SESSION)).heard).isEmpty();
	}

	@Test
	void whenASessionGetsAnotherIdThenItsConnectionsStayWithIt() {
		Client alice = this.node.connect(member("alice", SESSION));
		this.node.control.renameSession(SESSION, "hash-2");
		Client late = this.node.connect(member("alice", SESSION));
		this.node.control.renameSession("hash-2", "hash-3");
		this.node.control.endSession(SESSION);
		this.node.control.endSession("hash-2");
		assertThat(alice.heard).isEmpty();
		this.node.control.endSession("hash-3");
		assertThat(alice.heard).containsExactly("end SESSION_ENDED");
		assertThat(late.heard).containsExactly("end SESSION_ENDED");
		alice.disconnect();
		late.disconnect();
		assertThat(this.node.control.registry().size()).isZero();
	}

	@Test
	void whenSomebodyHasToGoWhoIsAboutToConnectThenTheyDoNotSlipThrough() {
		long before = this.node.control.now();
		this.node.pass(Duration.ofSeconds(1));
		this.node.control.disconnect(AccessFixture.ACME, "alice");
		this.node.pass(Duration.ofSeconds(1));
		Client slow = this.node.connect("slow");
		this.node.control.guard(slow.connection, slow, member("alice", null), before);
		assertThat(slow.heard).containsExactly("end DISCONNECTED");
		assertThat(this.node.connect("alice").heard).isEmpty();
	}

	@Test
	void whenManyComeAndGoThenNothingStaysBehind() {
		for (int i = 0; i < 1000; i++) {
			Client client = this.node.connect(member("user" + i % 10, "hash-" + i % 7));
			client.subscribe("a");
			if (i % 3 == 0) {
				this.node.control.renameSession("hash-" + i % 7, "hash-" + (i + 1) % 7);
			}
			client.disconnect();
			client.disconnect();
		}
		assertThat(this.node.control.registry().size()).isZero();
		assertThat(this.node.engine.statistics().channels()).isZero();
	}

	@Test
	void whenAnOrderToEndConnectionsIsRepeatedThenWhoCameLaterStays() {
		this.node.control.start();
		Client early = this.node.connect(member("alice", SESSION));
		this.node.pass(Duration.ofSeconds(10));
		long given = this.node.wall.toEpochMilli();
		this.node.wall = this.node.wall.plusSeconds(10);
		this.node.pass(Duration.ofSeconds(10));
		Client late = this.node.connect(member("alice", SESSION));
		for (AccessAction action : List.of(AccessAction.RECONNECT, AccessAction.LOGOUT, AccessAction.DISCONNECT)) {
			boolean session = action == AccessAction.LOGOUT;
			this.node.say(new AccessCommand(AccessCommand.VERSION, "n", action, session ? null : "acme",
					session ? null : "alice", null, session ? SESSION : null, null, given));
		}
		await().until(() -> early.heard.size() == 3);
		assertThat(early.heard).containsExactly("end ACCESS_CHANGED", "end SESSION_ENDED", "end DISCONNECTED");
		assertThat(late.heard).isEmpty();
		assertThat(this.node.connect(member("alice", SESSION)).heard).isEmpty();
	}

	@Test
	void whenANodeAsksThenOrdersToEndConnectionsAreRepeatedWithTheirTime() throws Exception {
		this.node.control.start();
		this.node.control.disconnect(AccessFixture.ACME, "bob");
		this.node.wall = this.node.wall.plus(Duration.ofMinutes(61));
		this.node.control.revoke(AccessFixture.ACME, "alice", "a");
		this.node.control.disconnect(AccessFixture.ACME, "alice").join();
		long given = this.node.wall.toEpochMilli();
		this.node.wall = this.node.wall.plusSeconds(10);
		BlockingQueue<String> said = this.node.listen();
		this.node.say(AccessCommand.repeat("other"));
		this.node.say(AccessCommand.repeat("third"));
		assertThat(said.poll(10, TimeUnit.SECONDS)).contains("REPEAT");
		assertThat(said.poll(10, TimeUnit.SECONDS)).contains("REPEAT");
		assertThat(said.poll(10, TimeUnit.SECONDS)).contains("DISCONNECT", "alice", "\"given\":" + given);
		assertThat(said.poll(2, TimeUnit.SECONDS)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "null", "{}", "[]", "x", "{\"version\":2,\"node\":\"n\",\"action\":\"REVOKE\"}",
			"{\"version\":1,\"node\":\"n\",\"action\":\"REVOKE\"}",
			"{\"version\":1,\"node\":\"n\",\"action\":\"NO_SUCH\",\"tenant\":\"acme\"}",
			"{\"version\":1,\"action\":\"REVOKE\",\"tenant\":\"acme\"}",
			"{\"version\":1,\"node\":\"n\",\"action\":\"REVOKE\",\"tenant\":\"\"}",
			"{\"version\":1,\"node\":\"n\",\"action\":\"REVOKE\",\"tenant\":\"acme\",\"topic\":\"**\"}" })
	void whenSomebodyWritesNonsenseToTheBackplaneThenItIsIgnored(String json) {
		this.node.control.start();
		Client alice = this.node.connect("alice");
		alice.subscribe("a");
		this.node.say(json.getBytes(StandardCharsets.UTF_8));
		this.other.revoke(AccessFixture.ACME, "alice", "a").join();
		await().until(() -> !alice.heard.isEmpty());
		assertThat(alice.heard).containsExactly("revoked a REVOKED");
	}

	@Test
	void whenACommandIsWrittenThenItIsReadBack() {
		AccessCommand command = new AccessCommand(AccessCommand.VERSION, "n", AccessAction.REVOKE, "acme", "alice",
				null, null, null, null);
		assertThat(AccessCommand.parse(command.toJson())).isEqualTo(command);
		assertThat(new String(command.toJson(), StandardCharsets.UTF_8))
			.startsWith("{\"version\":1,\"node\":\"n\",\"action\":\"REVOKE\",\"tenant\":\"acme\",\"user\":\"alice\"");
	}

	private static Member member(String user, String session) {
		return new Member(AccessFixture.authentication(user), AccessFixture.ACME, session, null);
	}

}
