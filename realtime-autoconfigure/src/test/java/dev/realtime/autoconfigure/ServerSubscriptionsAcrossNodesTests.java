package dev.realtime.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

import dev.realtime.access.AccessControl;
import dev.realtime.access.GuardedClient.Withdrawal;
import dev.realtime.serverside.ServerSubscriptionControl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What server code of one node subscribes clients of other nodes to, with a real Redis
 * between them.
 */
@Timeout(300)
@ExtendWith(OutputCaptureExtension.class)
class ServerSubscriptionsAcrossNodesTests {

	private static final String FEW_SUBSCRIPTIONS = "realtime.limits.subscriptions-per-connection=4";

	private RedisNodes nodes;

	private ConfigurableApplicationContext one;

	private ConfigurableApplicationContext other;

	@BeforeEach
	void start() {
		this.nodes = new RedisNodes();
		this.one = this.nodes.start(FEW_SUBSCRIPTIONS);
		this.other = this.nodes.start(FEW_SUBSCRIPTIONS);
	}

	@AfterEach
	void stop() {
		this.nodes.close();
	}

	@Test
	void whenAnotherNodeSubscribesThenTheClientIsAndGoesOnWhereverItComesBack() {
		String position;
		try (RawStompClient client = connect(this.other)) {
			RedisNodes.acme(this.one).connection(client.session()).subscribe("room.connection").join();
			assertThat(control(client)).isEqualTo("subscribed @room.connection");
			RedisNodes.acme(this.one).user("sam").subscribe("room.across").join();
			assertThat(control(client)).isEqualTo("subscribed @room.across");
			publish("room.across", 1);
			position = RawStompClient.header(client.next(), "message-id");
		}
		publish("room.across", 2);
		publish("room.across", 3);
		try (RawStompClient client = connect(this.one,
				"server-subscriptions:{\"@room.across\":\"" + position + "\"}")) {
			String subscribed = client.next();
			assertThat(RawStompClient.header(subscribed, "subscription")).isEqualTo("@room.across");
			assertThat(RawStompClient.header(subscribed, "recovered")).isEqualTo("true");
			assertThat(client.next(2)).extracting(RawStompClient::body).containsExactly("{\"n\":2}", "{\"n\":3}");
			publish("room.across", 4);
			assertThat(RawStompClient.body(client.next())).isEqualTo("{\"n\":4}");
			client.expectNothingElse();
		}
	}

	@Test
	void whenANodeStartsLaterThenItKnowsWhatWasOrderedBefore() {
		for (int i = 0; i < 250; i++) {
			RedisNodes.acme(this.one).user("user" + i).subscribe("room.early-" + i);
		}
		RedisNodes.acme(this.one).user("sam").subscribe("room.early").join();
		RedisNodes.acme(this.one).user("sam").subscribe("room.gone").join();
		RedisNodes.acme(this.other).user("sam").unsubscribe("room.gone").join();
		RedisNodes.acme(this.other).access().revokeTopic("room.early-249").join();
		try (ConfigurableApplicationContext late = this.nodes.start(FEW_SUBSCRIPTIONS)) {
			this.one.close();
			try (RawStompClient client = connect(late);
					RawStompClient third = RawStompClient.connect(RedisNodes.port(late), "user248@acme");
					RawStompClient revoked = RawStompClient.connect(RedisNodes.port(late), "user249@acme")) {
				assertThat(control(client)).isEqualTo("subscribed @room.early");
				assertThat(control(third)).isEqualTo("subscribed @room.early-248");
				client.expectNothingElse();
				revoked.expectNothingElse();
				RedisNodes.acme(this.other).user("sam").unsubscribe("room.early").join();
				assertThat(control(client)).isEqualTo("unsubscribed @room.early");
			}
		}
	}

	@Test
	@Tag("T8")
	void whenARightIsRevokedOnAnotherNodeThenTheSubscriptionEndsThereTooForGood() {
		RedisNodes.acme(this.one).user("sam").subscribe("room.revoked").join();
		RedisNodes.acme(this.one).user("sam").subscribe("room.kept").join();
		try (RawStompClient client = connect(this.other)) {
			client.next(2);
			RedisNodes.acme(this.one).connection(client.session()).subscribe("item.revoked").join();
			client.next();
			RedisNodes.acme(this.one).access().revoke("sam", "room.revoked").join();
			assertThat(control(client)).isEqualTo("revoked @room.revoked");
			assertThat(this.other.getBean(AccessControl.class).counters().withdrawals(Withdrawal.REVOKED)).isEqualTo(1);
			RedisNodes.acme(this.one).access().revokeTopic("item.{room}").join();
			assertThat(control(client)).isEqualTo("revoked @item.revoked");
			publish("room.revoked", 1);
			for (ConfigurableApplicationContext node : List.of(this.one, this.other)) {
				try (RawStompClient next = connect(node)) {
					assertThat(control(next)).isEqualTo("subscribed @room.kept");
					next.expectNothingElse();
				}
			}
			client.expectNothingElse();
		}
	}

	@Test
	@Tag("T8")
	void whenARightIsRevokedAndGivenAgainThenItHoldsInTheEndOnAllNodes() {
		try (RawStompClient client = connect(this.other); RawStompClient here = connect(this.one)) {
			for (int i = 0; i < 50; i++) {
				RedisNodes.acme(this.one).user("sam").subscribe("room.again");
				RedisNodes.acme(this.one).access().revoke("sam", "room.again");
			}
			RedisNodes.acme(this.one).user("sam").subscribe("room.again").join();
			for (RawStompClient each : List.of(client, here)) {
				await().until(() -> {
					publish("room.again", 1);
					String frame = each.next();
					while (RawStompClient.header(frame, "realtime-control") != null) {
						frame = each.next();
					}
					return true;
				});
			}
			RedisNodes.acme(this.one).access().revoke("sam").join();
			int published = publish("room.again", 2);
			for (RawStompClient each : List.of(client, here)) {
				String frame = each.next();
				while (!"revoked".equals(RawStompClient.header(frame, "realtime-control"))) {
					frame = each.next();
				}
				each.expectNothingElse();
			}
			assertThat(published).isPositive();
		}
	}

	@Test
	void whenNodesOrderAtTheSameTimeThenAllRememberTheSame() {
		List<Thread> threads = Stream.of(this.one, this.other, this.one, this.other).map((node) -> new Thread(() -> {
			for (int i = 0; i < 500; i++) {
				var user = RedisNodes.acme(node).user("user" + ThreadLocalRandom.current().nextInt(5));
				String topic = "room.same-" + ThreadLocalRandom.current().nextInt(5);
				if (ThreadLocalRandom.current().nextInt(50) == 0) {
					RedisNodes.acme(node).access().revokeTopic(topic);
				}
				else if (ThreadLocalRandom.current().nextBoolean()) {
					user.subscribe(topic);
				}
				else {
					user.unsubscribe(topic);
				}
			}
		})).toList();
		threads.forEach(Thread::start);
		try (ConfigurableApplicationContext late = this.nodes.start(FEW_SUBSCRIPTIONS)) {
			for (Thread thread : threads) {
				thread.join();
			}
			RedisNodes.acme(this.one).user("last").subscribe("room.last").join();
			await().atMost(Duration.ofSeconds(60))
				.until(() -> Stream.of(this.one, this.other, late)
					.allMatch((node) -> remembered(node).stream().anyMatch((text) -> text.contains("room.last"))));
			assertThat(remembered(this.other)).isEqualTo(remembered(this.one)).hasSizeGreaterThan(1);
			await().untilAsserted(() -> assertThat(remembered(late)).isEqualTo(remembered(this.one)));
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Set<String> remembered(ConfigurableApplicationContext node) {
		Object memory = ReflectionTestUtils.getField(node.getBean(ServerSubscriptionControl.class), "memory");
		List<Object> all = ReflectionTestUtils.invokeMethod(memory, "all");
		Set<String> remembered = new TreeSet<>();
		for (Object each : all) {
			Object subscription = ReflectionTestUtils.invokeMethod(each, "subscription");
			remembered.add(String.valueOf(subscription));
		}
		return remembered;
	}

	@Test
	void whenThereIsNoPlaceOnAnotherNodeThenTheLogOfTheCallerSaysSo(CapturedOutput output) {
		try (RawStompClient client = connect(this.other)) {
			for (int i = 0; i < 5; i++) {
				RedisNodes.acme(this.one).connection(client.session()).subscribe("room.full-" + i);
			}
			client.next(4);
			await().until(() -> output.getOut()
				.contains("Another node says: Connection " + client.session() + " has as many subscriptions"));
		}
	}

	@Test
	@Tag("T24")
	void whenRedisWasAwayAndLostItsDataThenNodesStillKnow() throws Exception {
		RedisNodes.acme(this.one).user("sam").subscribe("room.before").join();
		try (RawStompClient client = connect(this.other)) {
			assertThat(control(client)).isEqualTo("subscribed @room.before");
			this.nodes.redis().stop();
			var waiting = RedisNodes.acme(this.one).user("sam").subscribe("room.meanwhile");
			assertThat(waiting).isNotDone();
			this.nodes.redis().start();
			assertThat(waiting).succeedsWithin(Duration.ofSeconds(60));
			String frame = client.next();
			while (!"subscribed".equals(RawStompClient.header(frame, "realtime-control"))) {
				frame = client.next();
			}
			assertThat(RawStompClient.header(frame, "subscription")).isEqualTo("@room.meanwhile");
		}
		// Longer than nodes ask each other.
		await().during(Duration.ofSeconds(5)).atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
			for (ConfigurableApplicationContext node : List.of(this.one, this.other)) {
				try (RawStompClient client = connect(node)) {
					assertThat(client.next(2)).extracting((frame) -> RawStompClient.header(frame, "subscription"))
						.containsExactlyInAnyOrder("@room.before", "@room.meanwhile");
				}
			}
		});
	}

	private static String control(RawStompClient client) {
		String frame = client.next();
		return RawStompClient.header(frame, "realtime-control") + " " + RawStompClient.header(frame, "subscription");
	}

	private int publish(String topic, int number) {
		return (int) RedisNodes.acme(this.other).publish(topic, Map.of("n", number)).join().offset();
	}

	private static RawStompClient connect(ConfigurableApplicationContext node, String... headers) {
		return RawStompClient.handshake(RedisNodes.port(node)).basic("sam@acme").connect(headers);
	}

}
