package dev.realtime.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.jayway.jsonpath.JsonPath;
import dev.realtime.system.node.NodeApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The configuration of nginx that the documentation shows, with TLS, in front of an
 * application and two relays. Its time-outs are shortened as the heart-beats are.
 */
@Timeout(300)
class NginxTests {

	private static final Map<String, String> SHORT = Map.of("proxy_read_timeout 60s", "proxy_read_timeout 4s",
			"proxy_send_timeout 60s", "proxy_send_timeout 4s");

	/** More than there are clients in the other tests, which all have one address. */
	private static final int PER_ADDRESS = 110;

	private static Cluster cluster;

	private static Node application;

	private static List<Node> relays;

	@BeforeAll
	static void createCluster() throws Exception {
		cluster = new Cluster("nginx");
		application = cluster
			.add("application", 1,
					List.of("-cp", System.getProperty("java.class.path"), NodeApplication.class.getName(),
							"--realtime.role=publisher", "--realtime.public-url=wss://live.example.org/realtime"))
			.get(0);
		relays = cluster.add("relay", 2,
				List.of("-jar", System.getProperty("relay.jar"), "--realtime.ws-port=0", "--realtime.heartbeat=1s",
						"--realtime.shutdown.spread=1s", "--realtime.trusted-proxies=127.0.0.1",
						"--realtime.limits.unauthenticated-connections-per-address=" + PER_ADDRESS));
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
	void whenClientComesThroughNginxThenTokensAreTheApplicationsAndTheConnectionIsARelays() throws Exception {
		try (Nginx nginx = new Nginx("nginx", application, relays, SHORT)) {
			HttpClient http = HttpClient.newBuilder().sslContext(nginx.ssl()).build();
			String token = JsonPath.read(post(http, nginx, "connection", "{}"), "$.token");
			String room = JsonPath.read(
					post(http, nginx, "subscription", "{\"subscriptions\":[{\"topic\":\"room.nginx\"}]}"),
					"$.subscriptions[0].token");
			try (Frames alice = new Frames(http, nginx.endpoint(), "https://localhost:" + nginx.endpoint().getPort())) {
				assertThat(alice.connect("passcode:" + token + "\n")).startsWith("CONNECTED");
				assertThat(alice.subscribe("room.nginx", "replay:none\ntoken:" + room + "\n")).startsWith("RECEIPT");
				assertThat(application.post("/acme/rooms/nginx?number=1")).isEqualTo(200);
				assertThat(alice.next()).endsWith("{\"number\":1,\"tenant\":\"acme\"}");
			}
		}
	}

	@Test
	void whenConnectionIsSilentThenHeartbeatsKeepItOpen() throws Exception {
		try (Nginx nginx = new Nginx("nginx", application, relays, SHORT)) {
			HttpClient http = HttpClient.newBuilder().sslContext(nginx.ssl()).build();
			String credentials = Credentials.tokens(application, "alice.acme").connect();
			try (Frames beating = new Frames(http, nginx.endpoint(), null);
					Frames silent = new Frames(http, nginx.endpoint(), null)) {
				assertThat(beating.connect(credentials, "0,1000")).startsWith("CONNECTED");
				assertThat(silent.connect(credentials, "0,0")).startsWith("CONNECTED");
				assertThat(silent.next()).isEqualTo("closed 1006");
				Thread.sleep(Duration.ofSeconds(4).toMillis());
				assertThat(beating.subscribe("room.x", "")).contains("token-required");
			}
		}
	}

	@Test
	void whenClientsComeThroughNginxThenTheRelayKnowsTheirAddressesAndNobodyCanClaimAnother() throws Exception {
		Node relay = relays.get(0);
		try (Nginx nginx = new Nginx("nginx", application, List.of(relay, relay), Map.of())) {
			List<Socket> silent = new ArrayList<>();
			try {
				for (int i = 0; i < PER_ADDRESS; i++) {
					silent.add(open(nginx, "127.0.0.2"));
					assertThat(handshake(silent.get(i), "10.9.9." + i)).startsWith("HTTP/1.1 101 ");
				}
				silent.add(open(nginx, "127.0.0.2"));
				assertThat(handshake(silent.get(PER_ADDRESS), "10.9.9.250")).startsWith("HTTP/1.1 429 ");
				silent.add(open(nginx, "127.0.0.3"));
				assertThat(handshake(silent.get(PER_ADDRESS + 1), "127.0.0.2")).startsWith("HTTP/1.1 101 ");
			}
			finally {
				for (Socket socket : silent) {
					socket.close();
				}
			}
		}
	}

	private static Socket open(Nginx nginx, String address) throws IOException {
		Socket socket = nginx.ssl()
			.getSocketFactory()
			.createSocket(InetAddress.getByName("127.0.0.1"), nginx.endpoint().getPort(),
					InetAddress.getByName(address), 0);
		socket.setSoTimeout(30_000);
		return socket;
	}

	private static String handshake(Socket socket, String forwardedFor) throws IOException {
		String request = "GET /realtime HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
				+ "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
				+ "Sec-WebSocket-Protocol: v12.stomp\r\nX-Forwarded-For: " + forwardedFor + "\r\n\r\n";
		socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
		return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).readLine();
	}

	@Test
	void whenRelaysRestartBehindNginxThenClientsGoOnWithoutLossOrDuplicate() throws Exception {
		try (Nginx nginx = new Nginx("nginx", application, relays, Map.of());
				Audience audience = new Audience("acme", "proxied", nginx::endpoint,
						Credentials.tokens(application, "user.acme"), nginx.ssl())) {
			audience.join(100, List.of(nginx.endpoint()));
			try (Publisher publisher = new Publisher("acme", "proxied", () -> application, 50)) {
				audience.awaitDelivered(50);
				relays.get(0).stop();
				audience.awaitLive();
				audience.awaitDelivered(audience.delivered() + 100);
				audience.awaitAll(publisher.stop());
				assertThat(audience.endings()).isNotEmpty();
			}
		}
	}

	private static String post(HttpClient http, Nginx nginx, String kind, String json) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(nginx.page("/realtime/tokens/" + kind))
			.header("Authorization", "Bearer alice.acme")
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(json))
			.build();
		HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		return response.body();
	}

}
