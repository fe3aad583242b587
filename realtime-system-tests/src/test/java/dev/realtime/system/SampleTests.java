package dev.realtime.system;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

import dev.realtime.system.SampleUser.Message;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample application, as its users start it, on two nodes.
 */
@Timeout(300)
class SampleTests {

	private static final int EDITS = 20;

	@Test
	void whenContactsAreEditedOnBothNodesThenUsersOfTheTenantSeeItOnBothInOrder() throws Exception {
		try (Cluster cluster = new Cluster("sample", 2, List.of("-jar", System.getProperty("sample.jar")))) {
			cluster.start();
			try (SampleUser alice = new SampleUser(cluster.node(0), "alice");
					SampleUser bob = new SampleUser(cluster.node(1), "bob");
					SampleUser carol = new SampleUser(cluster.node(0), "carol");
					SampleUser dave = new SampleUser(cluster.node(1), "dave")) {
				for (int i = 0; i < EDITS; i++) {
					((i % 2 == 0) ? alice : bob).edit(1, i);
				}
				carol.edit(8, 0);
				for (SampleUser user : List.of(alice, bob)) {
					awaitMessages(user, EDITS);
					assertThat(user.messages()).extracting(Message::offset)
						.containsExactlyElementsOf(LongStream.rangeClosed(1, EDITS).boxed().toList());
				}
				assertThat(alice.messages()).containsExactlyElementsOf(bob.messages());
				assertThat(alice.messages()).extracting(Message::body)
					.containsOnly("{\"id\":1,\"updatedBy\":\"alice\"}", "{\"id\":1,\"updatedBy\":\"bob\"}");
				for (SampleUser user : List.of(carol, dave)) {
					awaitMessages(user, 1);
					assertThat(user.messages()).extracting(Message::body)
						.containsExactly("{\"id\":8,\"updatedBy\":\"carol\"}");
				}
			}
		}
	}

	private static void awaitMessages(SampleUser user, int count) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> user.messages().size() >= count);
	}

}
