package dev.realtime.autoconfigure;

import java.util.List;

import dev.realtime.Access;
import dev.realtime.Realtime;
import dev.realtime.autoconfigure.tokens.TokenApplication;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rights that are withdrawn from clients that have them by tokens, at the dedicated port.
 */
@SpringBootTest(classes = TokenApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", "realtime.token.secret=0123456789abcdef0123456789abcdef" })
@Tag("endpoint")
@Timeout(120)
class TokenAccessTests {

	@LocalServerPort
	private int port;

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private Realtime realtime;

	@Test
	void whenRulesAreToRunAgainThenTheClientSubscribesAgainWithAFreshToken() {
		Browser browser = Browser.loggedIn(this.port, "alice");
		try (RawStompClient alice = connect(browser.connectionToken())) {
			String receipt = subscribe(alice, browser);
			String position = RawStompClient.header(receipt, "position");
			access().recheck("alice").join();
			String revoked = alice.next();
			assertThat(RawStompClient.header(revoked, "realtime-control")).isEqualTo("revoked");
			assertThat(RawStompClient.code(revoked)).isEqualTo("token-required");
			this.realtime.forTenant("acme").publish("room.live", 1).join();
			alice.subscribe("s1", "/realtime/room.live", "since:" + position,
					"token:" + browser.subscriptionToken("room.live", "{}"));
			assertThat(RawStompClient.header(alice.next(), "recovered")).isEqualTo("true");
			access().revoke("alice").join();
			assertThat(RawStompClient.code(alice.next())).isEqualTo("access-revoked");
		}
	}

	@Test
	@Tag("T4")
	void whenTheTokenOfTheSubscriptionSaysSoThenTheClientMaySendAndNobodyElse() {
		Browser browser = Browser.loggedIn(this.port, "alice");
		Browser other = Browser.loggedIn(this.port, "bob");
		try (RawStompClient alice = connect(browser.connectionToken());
				RawStompClient bob = connect(other.connectionToken())) {
			assertThat(send(alice)).startsWith("RECEIPT\nreceipt-id:r\nrealtime-control:denied\ncode:token-required\n");
			for (RawStompClient each : List.of(alice, bob)) {
				each.subscribe("s1", "/realtime/stage.1",
						"token:" + ((each == alice) ? browser : other).subscriptionToken("stage.1", "{}"));
			}
			alice.subscribe("s2", "/realtime/room.live", "replay:none",
					"token:" + browser.subscriptionToken("room.live", "{}"));
			assertThat(send(alice)).isEqualTo("RECEIPT\nreceipt-id:r\n\n");
			String message = bob.next();
			assertThat(RawStompClient.header(message, "from-user")).isEqualTo("alice");
			assertThat(send(bob)).isEqualTo("RECEIPT\nreceipt-id:r\nrealtime-control:denied\ncode:forbidden\n\n");
			assertThat(alice.hasNext()).isFalse();
			access().recheck("alice").join();
			assertThat(alice.next(2))
				.allSatisfy((frame) -> assertThat(RawStompClient.code(frame)).isEqualTo("token-required"));
			assertThat(send(alice)).contains("code:token-required");
		}
	}

	@Test
	void whenAMemberByTokenMaySendThenItSends() {
		Browser browser = Browser.loggedIn(this.port, "alice");
		try (RawStompClient alice = connect(browser.connectionToken())) {
			alice.subscribe("s1", "/realtime/stage.1", "presence:join",
					"token:" + browser.subscriptionToken("stage.1", "{}"));
			assertThat(alice.next()).contains("realtime-control:presence");
			assertThat(send(alice)).isEqualTo("RECEIPT\nreceipt-id:r\n\n");
		}
	}

	private static String send(RawStompClient client) {
		return client.send("SEND\ndestination:/realtime/stage.1\nevent:e\nreceipt:r\n\n{}\0").next();
	}

	@Test
	void whenTheUserLogsOutThenConnectionsByTokensOfTheSessionEndAndNoneComeLater() {
		Browser browser = Browser.loggedIn(this.port, "alice");
		String unused = browser.connectionToken();
		try (RawStompClient alice = connect(browser.connectionToken());
				RawStompClient elsewhere = connect(Browser.loggedIn(this.port, "alice").connectionToken());
				RawStompClient late = RawStompClient.handshake(this.endpoint.getPort()).open()) {
			browser.send("/logout", "application/x-www-form-urlencoded", "");
			assertThat(alice.closeCode()).isEqualTo(4503);
			late.send("CONNECT\naccept-version:1.2\nheart-beat:0,0\npasscode:" + unused + "\n\n\0");
			assertThat(late.closeCode()).isEqualTo(4503);
			assertThat(late.hasNext()).isFalse();
			assertThat(elsewhere.isClosed()).isFalse();
		}
	}

	@Test
	void whenTheSessionGetsAnotherIdThenTheConnectionTakesItsTokensAndEndsWithIt() {
		Browser browser = Browser.loggedIn(this.port, "alice");
		try (RawStompClient alice = connect(browser.connectionToken())) {
			String before = browser.cookie();
			browser.send("/login", "application/x-www-form-urlencoded", "username=alice&password=password");
			browser.readCsrf();
			assertThat(browser.cookie()).isNotEqualTo(before);
			subscribe(alice, browser);
			browser.send("/logout", "application/x-www-form-urlencoded", "");
			assertThat(alice.closeCode()).isEqualTo(4503);
		}
	}

	private static String subscribe(RawStompClient alice, Browser browser) {
		return alice.subscribe("s1", "/realtime/room.live", "replay:none",
				"token:" + browser.subscriptionToken("room.live", "{}"));
	}

	private RawStompClient connect(String token) {
		return RawStompClient.handshake(this.endpoint.getPort()).connect("passcode:" + token);
	}

	private Access access() {
		return this.realtime.forTenant("acme").access();
	}

}
