package dev.realtime.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.realtime.Realtime;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing crosses from one tenant to another, whatever a client writes.
 */
@EndpointTest
@Tag("T1")
class TenantIsolationTests {

	private static final int MESSAGES = 3000;

	@LocalServerPort
	private int port;

	@Autowired
	private Realtime realtime;

	@Test
	void whenTwoTenantsPublishAtTheSameTimeThenEachSeesItsOwnMessagesOnly() throws Exception {
		String room = Rooms.fresh();
		ExecutorService publishers = Executors.newFixedThreadPool(2);
		CountDownLatch start = new CountDownLatch(1);
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient carol = RawStompClient.connect(this.port, "carol")) {
			for (RawStompClient client : List.of(alice, carol)) {
				client.subscribe("all", "/realtime/item." + room);
				client.subscribe("some", "/realtime/item." + room, "filter:{\"id\"\\c[1,2]}");
			}
			List<Future<?>> done = new ArrayList<>();
			for (String tenant : List.of("acme", "globex")) {
				done.add(publishers.submit(() -> {
					start.await();
					for (int i = 0; i < MESSAGES; i++) {
						publish(tenant, "item." + room, Map.of("id", i % 5, "tenant", tenant));
					}
					return null;
				}));
			}
			start.countDown();
			for (Future<?> publisher : done) {
				publisher.get();
			}
			verifyAllAndOnly(alice, "acme");
			verifyAllAndOnly(carol, "globex");
		}
		finally {
			publishers.shutdownNow();
		}
	}

	private void verifyAllAndOnly(RawStompClient client, String tenant) {
		List<String> all = new ArrayList<>();
		int some = 0;
		for (String frame : client.next(MESSAGES + MESSAGES * 2 / 5)) {
			assertThat(frame).startsWith("MESSAGE\n");
			assertThat(RawStompClient.body(frame)).contains("\"tenant\":\"" + tenant + "\"");
			if (RawStompClient.header(frame, "subscription").equals("all")) {
				all.add(frame);
			}
			else {
				some++;
			}
		}
		client.expectNothingElse();
		assertThat(some).isEqualTo(MESSAGES * 2 / 5);
		assertThat(all).hasSize(MESSAGES);
		assertThat(all).extracting((frame) -> RawStompClient.header(frame, "message-id")).doesNotHaveDuplicates();
	}

	@Test
	@Tag("T29")
	void whenOtherTenantHasPublishedThenNothingIsReplayedOrCounted() {
		String room = Rooms.fresh();
		String position = publish("globex", "item." + room, Map.of("id", 1));
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient carol = RawStompClient.connect(this.port, "carol")) {
			assertThat(alice.subscribe("s1", "/realtime/item." + room, "filter:{\"id\"\\c1}")).endsWith("-0\n\n");
			alice.expectNothingElse();
			assertThat(carol.subscribe("s1", "/realtime/item." + room)).endsWith("position:" + position + "\n\n");
			assertThat(RawStompClient.header(carol.next(), "message-id")).isEqualTo(position);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "tenant:globex", "tenant_id:globex", "tenantId:globex", "X-Tenant:globex",
			"X-Tenant-Id:globex", "x-tenant:globex", "login:carol", "user:carol", "user-name:carol", "simpUser:carol",
			"simpSessionId:1", "host:globex", "simpSessionAttributes:x", "channel:globex" })
	void whenClientNamesAnotherTenantInHeadersThenNothingChanges(String header) {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.handshake(this.port)
			.basic("alice")
			.header("X-Tenant", "globex")
			.header("X-Tenant-Id", "globex")
			.header("tenant_id", "globex")
			.path("/realtime?tenant=globex&tenant_id=globex")
			.connect(header)) {
			alice.subscribe("s1", "/realtime/room." + room, header);
			publish("globex", "room." + room, Map.of("tenant", "globex"));
			publish("acme", "room." + room, Map.of("tenant", "acme"));
			assertThat(RawStompClient.body(alice.next())).isEqualTo("{\"tenant\":\"acme\"}");
			alice.expectNothingElse();
		}
	}

	@Test
	@Tag("T12")
	void whenFilterNamesAnotherTenantThenItChoosesAmongOwnMessagesOnly() {
		String room = Rooms.fresh();
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice")) {
			alice.subscribe("s1", "/realtime/room." + room, "filter:{\"tenant\"\\c\"globex\"}");
			publish("globex", "room." + room, Map.of("tenant", "globex", "n", 1));
			publish("acme", "room." + room, Map.of("tenant", "globex", "n", 2));
			assertThat(RawStompClient.body(alice.next())).contains("\"n\":2");
			alice.expectNothingElse();
		}
	}

	@Test
	void whenTenantsHaveUsersOfTheSameNameThenTheirChannelsAreTheirOwn() {
		String room = Rooms.fresh();
		try (RawStompClient acme = RawStompClient.connect(this.port, "sam@acme");
				RawStompClient globex = RawStompClient.connect(this.port, "sam@globex")) {
			assertThat(RawStompClient.header(acme.connected(), "user-name")).isEqualTo("sam");
			assertThat(RawStompClient.header(globex.connected(), "user-name")).isEqualTo("sam");
			acme.subscribe("s1", "/realtime/mail." + room);
			globex.subscribe("s1", "/realtime/mail." + room);
			this.realtime.forTenant("acme").to("mail." + room).user("sam").data("for acme").publish().join();
			this.realtime.forTenant("globex").to("mail." + room).user("sam").data("for globex").publish().join();
			assertThat(RawStompClient.body(acme.next())).isEqualTo("\"for acme\"");
			assertThat(RawStompClient.body(globex.next())).isEqualTo("\"for globex\"");
			acme.expectNothingElse();
			globex.expectNothingElse();
		}
	}

	@Test
	@Tag("T2")
	void whenTenantIdsLookAlikeThenTheyAreStillDifferent() {
		String room = Rooms.fresh();
		List<String> tenants = List.of("acme", "ACME", "acme ", "\u0430cme", "acme/x", "acme.x", "../acme", "*",
				"acme:x");
		try (RawStompClient alice = RawStompClient.connect(this.port, "alice");
				RawStompClient path = RawStompClient.connect(this.port, "sam@acme/x")) {
			alice.subscribe("s1", "/realtime/room." + room);
			path.subscribe("s1", "/realtime/room." + room);
			tenants.stream()
				.filter((tenant) -> !tenant.equals("acme"))
				.forEach((tenant) -> publish(tenant, "room." + room, tenant));
			publish("acme", "room." + room, "acme");
			assertThat(RawStompClient.body(alice.next())).isEqualTo("\"acme\"");
			assertThat(RawStompClient.body(path.next())).isEqualTo("\"acme/x\"");
			alice.expectNothingElse();
			path.expectNothingElse();
		}
	}

	@Test
	void whenUserHasNoTenantThenConnectionIsRefused() {
		try (RawStompClient nobody = RawStompClient.open(this.port, "nobody")) {
			nobody.send("CONNECT\naccept-version:1.2\ntenant:acme\n\n\0"
					+ "SUBSCRIBE\nid:s1\ndestination:/realtime/contact.updated\nreceipt:r\n\n\0");
			assertThat(nobody.expectFailure(4501)).isEqualTo("ERROR\nmessage:Authentication failed\n\n");
		}
	}

	private String publish(String tenant, String topic, Object payload) {
		return this.realtime.forTenant(tenant).publish(topic, payload).join().toString();
	}

}
