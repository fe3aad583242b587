package dev.realtime.autoconfigure;

import java.io.IOException;

import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The HTTP side of the dedicated port.
 */
@NettyTest
class NettyHandshakeTests {

	private static final String KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

	@Autowired
	private NettyEndpoint endpoint;

	@ParameterizedTest
	@ValueSource(strings = { "/", "/realtime/", "/realtimes", "/Realtime", "/realtime/x", "/actuator/health",
			"/realtime%2f", "//realtime", "/realtime;x=y" })
	void whenPathIsAnotherThenItIsNotFound(String path) throws IOException {
		try (RawSocket client = open()) {
			client.write(client.handshake(path));
			assertRefused(client, 404);
		}
	}

	@Test
	void whenPathIsMalformedThenRequestIsRefused() throws IOException {
		try (RawSocket client = open()) {
			client.write(client.handshake("/%"));
			assertRefused(client, 400);
		}
	}

	@Test
	void whenPathHasAQueryThenItIsTheSamePath() throws IOException {
		try (RawSocket client = open()) {
			client.write(client.handshake("/realtime?token=x&y=%"));
			assertThat(client.response()).startsWith("HTTP/1.1 101 ");
		}
	}

	@Test
	void whenRequestIsPlainHttpThenItIsToldToUpgrade() throws IOException {
		try (RawSocket client = open()) {
			client.write(client.request("GET /realtime", "Accept: text/html"));
			String response = client.response();
			assertThat(response).startsWith("HTTP/1.1 426 Upgrade Required\r\n")
				.containsIgnoringCase("upgrade: websocket\r\n")
				.containsIgnoringCase("sec-websocket-version: 13\r\n")
				.containsIgnoringCase("connection: close\r\n");
			assertThat(client.rest()).isEqualTo("Upgrade Required");
		}
	}

	@Test
	void whenMethodIsNotGetThenItIsNotAllowed() throws IOException {
		try (RawSocket client = open()) {
			client.write(client.request("POST /realtime", "Content-Length: 2") + "{}");
			assertRefused(client, 405);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "Connection: Upgrade;Sec-WebSocket-Version: 13;" + KEY + " | 426",
					"Upgrade: h2c;Connection: Upgrade;Sec-WebSocket-Version: 13;" + KEY + " | 426",
					"Upgrade: websocket;Connection: Upgrade;" + KEY + " | 426",
					"Upgrade: websocket;Connection: Upgrade;Sec-WebSocket-Version: 8;" + KEY + " | 426",
					"Upgrade: websocket;Connection: Upgrade;Sec-WebSocket-Version: 0;" + KEY + " | 426",
					"Upgrade: websocket;Connection: Upgrade;Sec-WebSocket-Version: x;" + KEY + " | 426",
					"Upgrade: websocket;Connection: Upgrade;Sec-WebSocket-Version: 13 | 400",
					"Upgrade: websocket;Sec-WebSocket-Version: 13;" + KEY + " | 400",
					"Upgrade: websocket;Connection: close;Sec-WebSocket-Version: 13;" + KEY + " | 400" })
	void whenHeaderOfTheUpgradeIsMissingThenItIsRefused(String headers, int status) throws IOException {
		try (RawSocket client = open()) {
			client.write(client.request("GET /realtime", headers.split(";")));
			assertRefused(client, status);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "a b", "[", "\u0001", "<script>" })
	void whenHostIsMalformedThenRequestIsRefused(String host) throws IOException {
		try (RawSocket client = open()) {
			client.write(client.handshake("/realtime").replaceFirst("Host: [^\r]*", "Host: " + host));
			assertRefused(client, 400);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "x\r\n\r\n", "GET\r\n\r\n", "\u0016\u0003\u0001\r\n\r\n", "GET /realtime\r\n\r\n",
			"GET /realtime HTTP/1.1\r\nbroken\u0000header\r\n\r\n" })
	void whenRequestIsNoHttpThenConnectionEnds(String request) throws IOException {
		try (RawSocket client = open()) {
			client.write(request);
			assertThat(client.rest()).doesNotContain(" 101 ", " 200 ");
		}
	}

	@Test
	@Tag("T18")
	void whenHeadersNeverEndThenConnectionIsRefused() throws IOException {
		try (RawSocket client = open()) {
			client.write(client.request("GET /realtime", "Cookie: " + "x".repeat(20_000)));
			assertThat(client.response()).matches("(?s)HTTP/1.1 4(00|31) .*");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://localhost", "http://localhost:8080", "https://localhost", "HTTP://LOCALHOST:1",
			"https://app.example", "https://a.shop.example" })
	@Tag("T22")
	void whenOriginIsTheHostOrAllowedThenHandshakeIsAccepted(String origin) {
		assertThat(RawStompClient.handshake(port()).header("Origin", origin).status()).isEqualTo(101);
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://evil.example", "http://app.example", "https://app.example:444",
			"https://app.example.evil.example", "https://evil-shop.example", "https://shop.example", "null",
			"http://localhost.evil.example", "http://sub.localhost", "http://127.0.0.1", "localhost", "file://", "*",
			"http://evil.example/http://localhost", "http://localhost@evil.example", "http:// x" })
	@Tag("T22")
	void whenOriginIsForeignThenHandshakeIsRefused(String origin) {
		assertThat(RawStompClient.handshake(port()).header("Origin", origin).status()).isEqualTo(403);
	}

	@Test
	void whenClientIsNoBrowserThenHandshakeIsAccepted() {
		assertThat(RawStompClient.handshake(port()).status()).isEqualTo(101);
	}

	@ParameterizedTest
	@CsvSource(nullValues = "none", value = { "v12.stomp,v12.stomp", "v10.stomp,v10.stomp",
			"'v11.stomp, v12.stomp',v11.stomp", "'mqtt, v12.stomp',v12.stomp", "mqtt,none", "STOMP,none" })
	void whenSubProtocolsAreOfferedThenTheFirstKnownIsTaken(String offered, String agreed) throws IOException {
		try (RawSocket client = open()) {
			String response = client.upgrade("Sec-WebSocket-Protocol: " + offered);
			if (agreed == null) {
				assertThat(response).doesNotContainIgnoringCase("sec-websocket-protocol");
			}
			else {
				assertThat(response).containsIgnoringCase("sec-websocket-protocol: " + agreed + "\r\n");
			}
			client.sendText("CONNECT\naccept-version:1.2\npasscode:acme\n\n\0");
			assertThat(client.receiveText()).startsWith("CONNECTED\n");
		}
	}

	@Test
	@Tag("T20")
	@Tag("T21")
	void whenClientAsksForCompressionThenItIsNotGranted() throws IOException {
		try (RawSocket client = open()) {
			assertThat(client.upgrade("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"))
				.doesNotContainIgnoringCase("Sec-WebSocket-Extensions");
		}
	}

	private static void assertRefused(RawSocket client, int status) throws IOException {
		assertThat(client.response()).startsWith("HTTP/1.1 " + status + " ");
		assertThat(client.rest()).doesNotContain("Exception", "netty");
	}

	private RawSocket open() throws IOException {
		return new RawSocket(port());
	}

	private int port() {
		return this.endpoint.getPort();
	}

}
