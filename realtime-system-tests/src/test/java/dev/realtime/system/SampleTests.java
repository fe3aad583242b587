package dev.realtime.system;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

import dev.realtime.system.SampleUser.Message;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample application, as its users start it, on two nodes.
 */
@Timeout(300)
class SampleTests {

	private static final int EDITS = 20;

	/** Less than the history of a topic holds. */
	private static final int MOST_EDITS_MEANWHILE = 80;

	private static Cluster cluster;

	@BeforeAll
	static void createCluster() throws Exception {
		cluster = new Cluster("sample", 2, List.of("-jar", System.getProperty("sample.jar")));
	}

	@BeforeEach
	void startNodes() throws Exception {
		cluster.start();
	}

	@AfterAll
	static void closeCluster() throws Exception {
		cluster.close();
	}

	@Test
	void whenContactsAreEditedOnBothNodesThenUsersOfTheTenantSeeItOnBothInOrder() throws Exception {
		try (SampleUser alice = new SampleUser(cluster.node(0), "alice");
				SampleUser bob = new SampleUser(cluster.node(1), "bob");
				SampleUser carol = new SampleUser(cluster.node(0), "carol");
				SampleUser dave = new SampleUser(cluster.node(1), "dave")) {
			for (int i = 0; i < EDITS; i++) {
				((i % 2 == 0) ? alice : bob).edit(1, i);
			}
			carol.edit(8, 0);
			for (SampleUser user : List.of(alice, bob)) {
				assertAllOnceInOrder(user, EDITS);
			}
			assertThat(alice.messages()).containsExactlyElementsOf(bob.messages());
			assertThat(alice.messages()).extracting(Message::body)
				.containsOnly("{\"id\":1,\"updatedBy\":\"alice\"}", "{\"id\":1,\"updatedBy\":\"bob\"}");
			for (SampleUser user : List.of(carol, dave)) {
				assertAllOnceInOrder(user, 1);
				assertThat(user.messages()).extracting(Message::body)
					.containsExactly("{\"id\":8,\"updatedBy\":\"carol\"}");
			}
		}
	}

	@Test
	void whenANodeIsKilledThenItsUsersGoOnAtTheOtherWithoutLossOrDuplicate() throws Exception {
		Node victim = cluster.node(0);
		Node other = cluster.node(1);
		List<SampleUser> users = new ArrayList<>();
		try (SampleUser editor = new SampleUser(other, "bob")) {
			for (int i = 0; i < 30; i++) {
				users.add(new SampleUser(victim, (i % 2 == 0) ? "alice" : "bob", () -> other));
			}
			int edits = edit(editor, 0, EDITS);
			users.forEach((user) -> awaitMessages(user, EDITS));
			victim.kill();
			while (edits < EDITS + MOST_EDITS_MEANWHILE && !areConnectedTo(other, users)) {
				edits = edit(editor, edits, edits + 1);
			}
			Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> areConnectedTo(other, users));
			assertThat(edits).as("edits, some of them while users were away").isGreaterThan(EDITS + 10);
			edits = edit(editor, edits, edits + EDITS);
			for (SampleUser user : users) {
				assertAllOnceInOrder(user, edits);
				assertThat(user.messages()).containsExactlyElementsOf(editor.messages());
				assertThat(user.faults()).isEmpty();
			}
		}
		finally {
			users.forEach(SampleUser::close);
		}
	}

	/**
	 * Edits at a pace at which users can come back in time.
	 */
	private static int edit(SampleUser editor, int from, int to) throws Exception {
		for (int i = from; i < to; i++) {
			editor.edit(1, i);
			Thread.sleep(20);
		}
		return to;
	}

	private static boolean areConnectedTo(Node node, List<SampleUser> users) {
		return users.stream().allMatch((user) -> user.isConnectedTo(node));
	}

	private static void assertAllOnceInOrder(SampleUser user, int count) {
		awaitMessages(user, count);
		long first = user.messages().element().offset();
		assertThat(user.messages()).extracting(Message::offset)
			.containsExactlyElementsOf(LongStream.range(first, first + count).boxed().toList());
	}

	private static void awaitMessages(SampleUser user, int count) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> user.messages().size() >= count);
	}

}
