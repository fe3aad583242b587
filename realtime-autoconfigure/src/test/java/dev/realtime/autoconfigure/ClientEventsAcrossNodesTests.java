package dev.realtime.autoconfigure;

import java.util.List;

import dev.realtime.Decision;
import dev.realtime.autoconfigure.app.Permits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Events of clients from one node to another, with a real Redis between them.
 */
@Timeout(180)
class ClientEventsAcrossNodesTests {

	private RedisNodes nodes;

	private ConfigurableApplicationContext one;

	private ConfigurableApplicationContext other;

	@BeforeEach
	void start() {
		this.nodes = new RedisNodes();
		this.one = this.nodes.start();
		this.other = this.nodes.start();
	}

	@AfterEach
	void stop() {
		this.nodes.close();
	}

	@Test
	void whenSomebodySendsThenSubscribersOfAllNodesOfTheTenantGetIt() {
		try (RawStompClient ada = connect(this.one, "ada@acme");
				RawStompClient near = connect(this.one, "ben@acme");
				RawStompClient far = connect(this.other, "ben@acme");
				RawStompClient eve = connect(this.other, "eve@acme");
				RawStompClient stranger = connect(this.other, "ben@globex")) {
			for (RawStompClient each : List.of(ada, near, far, eve, stranger)) {
				each.subscribe("s1", "/realtime/parlour.1");
			}
			send(ada, "/realtime/parlour.1", "event:offer\nto-user:ben", "{\"sdp\":1}");
			for (RawStompClient each : List.of(near, far)) {
				String offer = each.next();
				assertThat(RawStompClient.header(offer, "from-user")).isEqualTo("ada");
				assertThat(RawStompClient.header(offer, "from-connection")).hasSize(16);
				assertThat(RawStompClient.header(offer, "ephemeral")).isEqualTo("true");
				assertThat(RawStompClient.body(offer)).isEqualTo("{\"sdp\":1}");
			}
			send(far, "/realtime/parlour.1", "event:typing", "{}");
			for (RawStompClient each : List.of(ada, near, eve)) {
				assertThat(RawStompClient.header(each.next(), "event")).isEqualTo("typing");
			}
			List.of(ada, near, far, eve, stranger).forEach(RawStompClient::expectNothingElse);
		}
	}

	@Test
	void whenEventsAreRecordedThenEveryNodeRecoversThemWithTheirSender() {
		try (RawStompClient ada = connect(this.one, "ada@acme"); RawStompClient ben = connect(this.other, "ben@acme")) {
			String start = RawStompClient.header(ben.subscribe("s1", "/realtime/chat.1"), "position");
			send(ada, "/realtime/chat.1", "event:said", "{\"id\":1}");
			send(ada, "/realtime/chat.1", "event:said", "{\"id\":2}");
			assertThat(ben.next(2)).extracting(RawStompClient::offset).containsExactly(1L, 2L);
			ben.unsubscribe("s1");
			ben.subscribe("s2", "/realtime/chat.1", "since:" + start);
			assertThat(ben.next(2)).allSatisfy((message) -> {
				assertThat(RawStompClient.header(message, "from-user")).isEqualTo("ada");
				assertThat(RawStompClient.header(message, "from-connection")).hasSize(16);
				assertThat(RawStompClient.header(message, "recovered")).isEqualTo("true");
			});
		}
	}

	@Test
	void whenARightToSendIsWithdrawnOnAnotherNodeThenTheNextEventIsRefused() {
		Permits permits = this.one.getBean(Permits.class);
		permits.set("ada", "stage 1", Decision.allow());
		try (RawStompClient ada = connect(this.one, "ada@acme")) {
			assertThat(send(ada, "/realtime/stage.1", "event:e", "{}")).isEqualTo("RECEIPT\nreceipt-id:r\n\n");
			permits.set("ada", "stage 1", Decision.deny());
			assertThat(send(ada, "/realtime/stage.1", "event:e", "{}")).isEqualTo("RECEIPT\nreceipt-id:r\n\n");
			RedisNodes.acme(this.other).access().recheck("ada").join();
			await().untilAsserted(
					() -> assertThat(send(ada, "/realtime/stage.1", "event:e", "{}")).contains("code:forbidden"));
		}
	}

	private static String send(RawStompClient client, String destination, String headers, String body) {
		return client.send("SEND\ndestination:" + destination + "\n" + headers + "\nreceipt:r\n\n" + body + "\0")
			.next();
	}

	private static RawStompClient connect(ConfigurableApplicationContext node, String login) {
		return RawStompClient.connect(RedisNodes.port(node), login);
	}

}
