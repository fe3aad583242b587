package dev.realtime.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.realtime.Realtime;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.autoconfigure.tokens.TokenApplication;
import dev.realtime.autoconfigure.tokens.TokenApplication.CountedTopic;
import dev.realtime.netty.NettyEndpoint;
import dev.realtime.token.SubscriptionGrant;
import dev.realtime.token.TokenSubject;
import dev.realtime.token.UserTokens;
import dev.realtime.topic.Topics;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What clients can do with tokens, on both ports.
 */
@SpringBootTest(classes = TokenApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", "realtime.token.secret=0123456789abcdef0123456789abcdef",
				"logging.level.dev.realtime=trace", "logging.level.org.springframework.messaging=trace",
				"logging.level.org.springframework.web=trace" })
@ExtendWith({ NoLeaks.class, OutputCaptureExtension.class })
@Tag("endpoint")
@Timeout(120)
class TokenTests {

	@LocalServerPort
	private int port;

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private Realtime realtime;

	@Autowired
	private CountedTopic counted;

	@Autowired
	private UserTokens tokens;

	@Autowired
	private Topics topics;

	private int port(boolean dedicated) {
		return dedicated ? this.endpoint.getPort() : this.port;
	}

	@ParameterizedTest
	@CsvSource({ "false,passcode:", "false,'Authorization:Bearer '", "true,passcode:", "true,'Authorization:Bearer '" })
	void whenClientHasTokensThenItSubscribesAsTheUserTheyWereIssuedTo(boolean dedicated, String header) {
		Browser browser = Browser.loggedIn(this.port, "alice");
		String room = "room." + UUID.randomUUID();
		try (RawStompClient alice = RawStompClient.handshake(port(dedicated))
			.connect(header + browser.connectionToken())) {
			assertThat(alice.connected()).contains("\nuser-name:alice\n");
			alice.subscribe("s1", "/realtime/" + room, "filter:{\"id\":[7,5]}",
					"token:" + browser.subscriptionToken(room, "{\"id\":[5,7.0]}"));
			this.realtime.forTenant("globex").publish(room, Map.of("id", 5)).join();
			this.realtime.forTenant("acme").publish(room, Map.of("id", 6)).join();
			this.realtime.forTenant("acme").publish(room, Map.of("id", 7)).join();
			assertThat(RawStompClient.body(alice.next())).isEqualTo("{\"id\":7}");
			alice.subscribe("s2", "/realtime/mail", "token:" + browser.subscriptionToken("mail", "{}"));
			this.realtime.forTenant("acme").to("mail").user("bob").data("not for her").publish().join();
			this.realtime.forTenant("acme").to("mail").user("alice").data("hello").publish().join();
			assertThat(RawStompClient.body(alice.next())).isEqualTo("\"hello\"");
		}
	}

	@Test
	void whenUserIsKnownByTokenThenNoRuleIsAskedAboutThem() {
		Browser browser = Browser.loggedIn(this.port, "alice");
		try (RawStompClient alice = connect(true, browser)) {
			int questions = this.counted.questions();
			assertThat(refusal(alice, "counted.a")).isEqualTo("token-required");
			assertThat(refusal(alice, "not.for.admins")).isEqualTo("token-required");
			assertThat(refusal(alice, "admin.alert")).isEqualTo("token-required");
			assertThat(refusal(alice, "nowhere")).isEqualTo("unknown-topic");
			assertThat(this.counted.questions()).isEqualTo(questions);
			assertThat(browser.subscriptionTokens("{\"topic\":\"not.for.admins\"}").body()).contains("forbidden")
				.doesNotContain("token");
			alice.subscribe("s1", "/realtime/admin.alert", "token:" + browser.subscriptionToken("admin.alert", "{}"));
			alice.subscribe("s2", "/realtime/counted.a", "token:" + browser.subscriptionToken("counted.a", "{}"));
			assertThat(this.counted.questions()).isEqualTo(questions + 1);
		}
	}

	@Test
	void whenUserIsKnownByTheHandshakeThenRulesDecideAndTokensHaveToBeGoodTooIfShown() {
		Browser browser = Browser.loggedIn(this.port, "bob");
		try (RawStompClient bob = RawStompClient.handshake(this.port).header("Cookie", browser.cookie()).connect()) {
			String token = browser.subscriptionToken("counted.b", "{}");
			int questions = this.counted.questions();
			bob.subscribe("s1", "/realtime/counted.b", "token:" + token);
			assertThat(this.counted.questions()).isEqualTo(questions + 1);
			bob.subscribe("s2", "/realtime/counted.b");
			assertThat(this.counted.questions()).isEqualTo(questions + 2);
			assertThat(refusal(bob, "counted.other", "token:" + token)).isEqualTo("token-invalid");
			assertThat(refusal(bob, "admin.alert")).isEqualTo("forbidden");
			bob.expectNothingElse();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@Tag("T6")
	void whenTokenIsForSomethingOrSomebodyElseThenSubscriptionIsRefusedAndConnectionStays(boolean dedicated) {
		Browser browser = Browser.loggedIn(this.port, "alice");
		Browser again = Browser.loggedIn(this.port, "alice");
		Browser bob = Browser.loggedIn(this.port, "bob");
		String token = browser.subscriptionToken("room.1", "{\"id\":5}");
		try (RawStompClient alice = connect(dedicated, browser);
				RawStompClient elsewhere = connect(dedicated, again);
				RawStompClient other = connect(dedicated, bob)) {
			String filter = "filter:{\"id\":5}";
			assertThat(refusal(alice, "room.1", filter)).isEqualTo("token-required");
			assertThat(refusal(alice, "room.2", filter, "token:" + token)).isEqualTo("token-invalid");
			assertThat(refusal(alice, "room.1", "token:" + token)).isEqualTo("token-invalid");
			assertThat(refusal(alice, "room.1", "filter:{\"id\":\"5\"}", "token:" + token)).isEqualTo("token-invalid");
			assertThat(refusal(alice, "room.1", filter, "token:")).isEqualTo("token-invalid");
			assertThat(refusal(alice, "room.1", filter, "token:" + browser.connectionToken()))
				.isEqualTo("token-invalid");
			assertThat(refusal(alice, "room.1", filter, "token:" + foreign("alice", "globex")))
				.isEqualTo("token-invalid");
			assertThat(refusal(elsewhere, "room.1", filter, "token:" + token)).isEqualTo("token-invalid");
			assertThat(refusal(other, "room.1", filter, "token:" + token)).isEqualTo("token-invalid");
			alice.subscribe("s1", "/realtime/room.1", filter, "token:" + token);
		}
	}

	@Test
	@Tag("T8")
	void whenRightsWereWithdrawnThenTokensFromBeforeAreOfNoUse() {
		Browser browser = Browser.loggedIn(this.port, "alice");
		try (RawStompClient alice = connect(true, browser)) {
			String token = browser.subscriptionToken("room.1", "{}");
			this.realtime.forTenant("acme").access().revoke("alice", "room.{room}").join();
			assertThat(refusal(alice, "room.1", "token:" + token)).isEqualTo("token-invalid");
			alice.subscribe("s1", "/realtime/room.1", "token:" + browser.subscriptionToken("room.1", "{}"));
		}
	}

	private String foreign(String user, String tenant) {
		return this.tokens.subscriptions()
			.issue(new TokenSubject(user, new Tenant(tenant), null), "room.1", TopicFilter.ofMap(Map.of("id", 5)),
					new SubscriptionGrant(this.topics.find("room.1").settings(), null))
			.value();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenConnectionTokenIsNoGoodThenConnectionIsRefused(boolean dedicated) {
		Browser browser = Browser.loggedIn(this.port, "alice");
		String token = browser.connectionToken();
		String subscription = browser.subscriptionToken("room.1", "{}");
		for (String wrong : new String[] { token.substring(0, token.length() - 1), token + "x", subscription,
				subscription.substring(0, subscription.lastIndexOf('.')) + token.substring(token.lastIndexOf('.')),
				"eyJhbGciOiJub25lIn0." + token.split("\\.")[1] + "." }) {
			try (RawStompClient client = RawStompClient.handshake(port(dedicated)).open()) {
				client.send("CONNECT\naccept-version:1.2\nAuthorization:Bearer " + wrong + "\n\n\0");
				assertThat(client.expectFailure(4501)).isEqualTo("ERROR\nmessage:Authentication failed\n\n");
			}
		}
	}

	@Test
	void whenClientBringsAnApplicationsOwnTokenThenRulesDecide() {
		try (RawStompClient dora = RawStompClient.handshake(port(true)).connect("passcode:dora")) {
			assertThat(refusal(dora, "admin.alert")).isEqualTo("forbidden");
			dora.expectNothingElse();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheRuleWantsToBeAskedAgainThenAFreshTokenIsNeeded(boolean dedicated) {
		Browser browser = Browser.loggedIn(this.port, "alice");
		try (RawStompClient alice = connect(dedicated, browser)) {
			String token = browser.subscriptionToken("shift.early", "{}");
			alice.subscribe("s1", "/realtime/shift.early", "replay:none", "token:" + token);
			alice.subscribe("s2", "/realtime/room.other", "replay:none",
					"token:" + browser.subscriptionToken("room.other", "{}"));
			String revoked = alice.next();
			assertThat(RawStompClient.header(revoked, "realtime-control")).isEqualTo("revoked");
			assertThat(RawStompClient.header(revoked, "subscription")).isEqualTo("s1");
			assertThat(RawStompClient.code(revoked)).isEqualTo("token-required");
			assertThat(refusal(alice, "shift.early", "token:" + token)).isEqualTo("token-invalid");
			alice.subscribe("s1", "/realtime/shift.early", "replay:none",
					"token:" + browser.subscriptionToken("shift.early", "{}"));
			this.realtime.forTenant("acme").publish("room.other", 1).join();
			assertThat(RawStompClient.header(alice.next(), "subscription")).isEqualTo("s2");
		}
	}

	@Test
	@Tag("T7")
	void tokensAreNotInTheLog(CapturedOutput output) {
		Browser browser = Browser.loggedIn(this.port, "alice");
		String[] connections = { browser.connectionToken(), browser.connectionToken(), browser.connectionToken() };
		String valid = browser.subscriptionToken("room.1", "{}");
		String mismatched = browser.subscriptionToken("room.2", "{}");
		for (boolean dedicated : new boolean[] { false, true }) {
			try (RawStompClient alice = RawStompClient.handshake(port(dedicated))
				.connect("Authorization:Bearer " + connections[0])) {
				alice.subscribe("s1", "/realtime/room.1", "token:" + valid);
				assertThat(refusal(alice, "room.1", "token:" + mismatched)).isEqualTo("token-invalid");
				alice.send("SEND\ndestination:/app/x\ntoken:" + valid + "\nreceipt:r\n\nx\0");
				assertThat(alice.next()).contains("RECEIPT");
				alice.send("UNSUBSCRIBE\nid:s1\nreceipt:u\ntoken:" + valid + "\n\n\0");
				assertThat(alice.next()).contains("RECEIPT");
			}
			try (RawStompClient alice = RawStompClient.handshake(port(dedicated))
				.connect("passcode:" + connections[1])) {
				alice.send("DISCONNECT\nreceipt:d\n\n\0");
				assertThat(alice.next()).contains("RECEIPT");
			}
			try (RawStompClient client = RawStompClient.handshake(port(dedicated)).open()) {
				client.send("CONNECT\naccept-version:1.2\npasscode:" + connections[2] + "x\n\n\0");
				client.expectFailure(4501);
			}
			for (String malformed : List.of("CONNECT\npasscode " + connections[2],
					"SEND\nAuthorization:\\q" + connections[2], "SUBSCRIBE\ntoken:" + valid + "\\", valid)) {
				try (RawStompClient client = RawStompClient.handshake(port(dedicated)).open()) {
					client.send(malformed + "\n\n\0");
					client.expectFailure(4500);
				}
			}
		}
		assertThat(output).contains("Refused a subscription token", "Refused a connection", "Decoded SUBSCRIBE",
				"token=[[PROTECTED]]", "malformed or too large frame, Illegal header",
				"malformed or too large frame, Illegal escape sequence",
				"malformed or too large frame, No enum constant");
		for (String token : new String[] { connections[0], connections[1], connections[2], valid, mismatched }) {
			assertThat(output.toString().contains(token.substring(token.lastIndexOf('.') + 1))).isFalse();
			assertThat(output.toString().contains(token.split("\\.")[1].substring(0, 40))).isFalse();
		}
	}

	private RawStompClient connect(boolean dedicated, Browser browser) {
		return RawStompClient.handshake(port(dedicated)).connect("passcode:" + browser.connectionToken());
	}

	private static String refusal(RawStompClient client, String topic, String... headers) {
		client.sendSubscribe("x", "/realtime/" + topic, headers);
		String denied = client.next();
		assertThat(RawStompClient.header(denied, "realtime-control")).as(denied).isEqualTo("denied");
		return RawStompClient.code(denied);
	}

}
