package dev.realtime.autoconfigure;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.netty.NettyEndpoint;
import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Floods where rates are not limited: what is bounded all the same.
 */
@SpringBootTest(classes = { TestApplication.class, NettyPortTests.TokenConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", TestApplication.SECRET, "realtime.limits.frames-per-second=0",
				"realtime.limits.bytes-per-second=0", "realtime.limits.subscribes-per-second=0" })
@ExtendWith(NoLeaks.class)
@Tag("endpoint")
@Timeout(120)
class FloodTests {

	@LocalServerPort
	private int port;

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private RealtimeEngine engine;

	@Autowired
	private Realtime realtime;

	@Test
	@Tag("T17")
	void whenClientSubscribesTwentyThousandTimesThenExactlyTheLimitIsLive() {
		String room = Rooms.fresh();
		awaitHubs(0);
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			int denied = 0;
			int live = 0;
			for (int batch = 0; batch < 200; batch++) {
				StringBuilder frames = new StringBuilder();
				for (int i = 0; i < 100; i++) {
					int number = batch * 100 + i;
					frames.append("SUBSCRIBE\nid:s" + number + "\ndestination:/realtime/room." + room + "-" + number
							+ "\nreceipt:r\n\n\0");
				}
				alice.send(frames.toString());
				for (String answer : alice.next(100)) {
					if (answer.startsWith("RECEIPT\n")) {
						live++;
					}
					else {
						assertThat(RawStompClient.code(answer)).isEqualTo("too-many-subscriptions");
						denied++;
					}
				}
			}
			assertThat(live).isEqualTo(128);
			assertThat(denied).isEqualTo(20_000 - 128);
			awaitHubs(128);
			publish(room + "-127", 1);
			publish(room + "-128", 2);
			assertThat(alice.next()).startsWith("MESSAGE\nsubscription:s127\n");
			alice.unsubscribe("s5");
			alice.subscribe("again", "/realtime/room." + room);
			assertThat(alice.hasNext()).isFalse();
		}
		awaitHubs(0);
	}

	@Test
	@Tag("T16")
	@Tag("T19")
	void whenClientPingsAndReadsNothingThenLittleIsPending() throws IOException {
		ByteArrayOutputStream pings = new ByteArrayOutputStream();
		for (int i = 0; i < 10_000; i++) {
			pings.write(RawSocket.header(RawSocket.PING, 125));
			pings.write(new byte[125]);
		}
		ChannelGroup connections = (ChannelGroup) ReflectionTestUtils.getField(this.endpoint, "connections");
		await().atMost(Duration.ofSeconds(30)).until(connections::isEmpty);
		try (RawSocket client = new RawSocket(this.endpoint.getPort(), 4096)) {
			client.upgrade();
			client.sendText("CONNECT\naccept-version:1.2\npasscode:acme\nheart-beat:0,0\n\n\0");
			assertThat(client.receiveText()).startsWith("CONNECTED\n");
			Channel channel = connections.iterator().next();
			for (int i = 0; i < 20; i++) {
				client.write(pings.toByteArray());
			}
			client.sendText("DISCONNECT\n\n\0");
			await().atMost(Duration.ofSeconds(30)).until(() -> !channel.isWritable() || connections.isEmpty());
			assertThat(channel.bytesBeforeWritable()).isLessThan(1024 * 1024);
		}
	}

	private void publish(String room, int number) {
		this.realtime.forTenant("acme").publish("room." + room, Map.of("n", number)).join();
	}

	private void awaitHubs(int count) {
		await().atMost(Duration.ofSeconds(40))
			.untilAsserted(() -> assertThat(this.engine.statistics().channels()).isEqualTo(count));
	}

}
