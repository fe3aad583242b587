package dev.realtime.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.autoconfigure.app.TestApplication.ContactUpdated;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients of both transports see when the application stops.
 */
@Timeout(120)
class ShutdownTests {

	private static final Pattern REASON = Pattern.compile("going away, reconnect-after=(\\d+)");

	private static final int CLIENTS = 8;

	private ConfigurableApplicationContext context;

	@BeforeEach
	void start() {
		this.context = new SpringApplicationBuilder(TestApplication.class, NettyPortTests.TokenConfiguration.class)
			.properties("server.port=0", "realtime.ws-port=0", TestApplication.SECRET, "realtime.shutdown.spread=8s")
			.run();
	}

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	@Tag("T26")
	@Tag("T32")
	void whenTheApplicationStopsThenEveryClientIsToldWhenToComeBack() {
		List<RawStompClient> clients = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			clients.add((i % 2 == 0) ? servlet() : netty());
		}
		clients.forEach((client) -> client.subscribe("s1", "/realtime/contact.updated", "replay:none"));
		this.context.close();
		List<Long> delays = new ArrayList<>();
		for (RawStompClient client : clients) {
			assertThat(client.closeCode()).isEqualTo(4000);
			assertThat(client.hasNext()).isFalse();
			Matcher reason = REASON.matcher(client.closeReason());
			assertThat(reason.matches()).as(client.closeReason()).isTrue();
			delays.add(Long.valueOf(reason.group(1)));
		}
		assertThat(delays).doesNotHaveDuplicates().allMatch((delay) -> delay < 8000);
		assertThat(delays).as("early ones").anyMatch((delay) -> delay < 2000);
		assertThat(delays).as("late ones").anyMatch((delay) -> delay >= 6000);
	}

	@Test
	void whenTheApplicationStartsAgainThenEverythingWorks() {
		RawStompClient before = servlet();
		this.context.stop();
		assertThat(before.closeCode()).isEqualTo(4000);
		this.context.start();
		try (RawStompClient servlet = servlet(); RawStompClient netty = netty()) {
			servlet.subscribe("s1", "/realtime/contact.updated", "replay:none");
			netty.subscribe("s1", "/realtime/contact.updated", "replay:none");
			Realtime realtime = this.context.getBean(Realtime.class);
			realtime.forTenant("acme").publish(new ContactUpdated(5, "acme"));
			assertThat(RawStompClient.body(servlet.next())).isEqualTo("{\"id\":5,\"by\":\"acme\"}");
			assertThat(RawStompClient.body(netty.next())).isEqualTo("{\"id\":5,\"by\":\"acme\"}");
		}
	}

	@Test
	void whenAClientDoesNotReadThenTheShutdownGoesOn() {
		RawStompClient client = servlet();
		client.subscribe("s1", "/realtime/contact.updated", "replay:none");
		client.pause();
		this.context.close();
		assertThat(this.context.isActive()).isFalse();
	}

	private RawStompClient servlet() {
		return RawStompClient.connect(this.context.getEnvironment().getProperty("local.server.port", int.class),
				"alice");
	}

	private RawStompClient netty() {
		RawStompClient client = RawStompClient.handshake(this.context.getBean(NettyEndpoint.class).getPort()).open();
		client.send("CONNECT\naccept-version:1.2\nAuthorization:Bearer acme\nheart-beat:0,0\n\n\0");
		assertThat(client.next()).startsWith("CONNECTED\nversion:1.2\n");
		return client;
	}

}
