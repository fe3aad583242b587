package dev.realtime.autoconfigure;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.embedded.RedisServer;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Redis 7 that speaks TLS only, and lets in only a user with a password, who may do
 * what the documentation says: the application reaches it with Boot's properties alone.
 */
@Timeout(300)
class SecuredRedisTests {

	private static final Path DOCUMENTATION = Path.of("../docs/redis.md");

	private static final char[] PASSWORD = "changeit".toCharArray();

	@TempDir
	static Path directory;

	private static RedisServer server;

	private static int port;

	@BeforeAll
	static void startServer() throws Exception {
		File executable = require("redis-server");
		generateCertificate();
		try (ServerSocket socket = new ServerSocket(0)) {
			port = socket.getLocalPort();
		}
		server = RedisServer.newRedisServer()
			.executableProvider(() -> executable)
			.port(0)
			.setting("bind 127.0.0.1")
			.setting("tls-port " + port)
			.setting("tls-cert-file " + directory.resolve("redis.crt"))
			.setting("tls-key-file " + directory.resolve("redis.key"))
			.setting("tls-ca-cert-file " + directory.resolve("redis.crt"))
			.setting("tls-auth-clients no")
			.setting("user default off")
			.setting("user crm on >opensesame resetchannels " + documentedPermissions())
			.setting("save \"\"")
			.build();
		server.start();
	}

	@AfterAll
	static void stopServer() throws IOException {
		if (server != null) {
			server.stop();
		}
	}

	/**
	 * Skips the tests, loudly, if there is no such program.
	 */
	private static File require(String program) {
		File found = Stream.of(System.getenv("PATH").split(File.pathSeparator))
			.map((folder) -> Path.of(folder, program))
			.filter(Files::isExecutable)
			.findFirst()
			.map(Path::toFile)
			.orElse(null);
		if (found == null) {
			System.err.println("SKIPPED: there is no " + program + " on the PATH, see CONTRIBUTING.md");
		}
		Assumptions.assumeTrue(found != null, () -> "There is no " + program + " on the PATH");
		return found;
	}

	private static void generateCertificate() throws Exception {
		Path keyStore = directory.resolve("redis.p12");
		Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
		Process process = new ProcessBuilder(keytool.toString(), "-genkeypair", "-alias", "redis", "-keyalg", "EC",
				"-dname", "CN=127.0.0.1", "-ext", "SAN=ip:127.0.0.1", "-storetype", "PKCS12", "-storepass",
				new String(PASSWORD), "-keystore", keyStore.toString())
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		assertThat(process.waitFor()).isZero();
		KeyStore keys = KeyStore.getInstance(keyStore.toFile(), PASSWORD);
		writePem("redis.crt", "CERTIFICATE", keys.getCertificate("redis").getEncoded());
		writePem("redis.key", "PRIVATE KEY", keys.getKey("redis", PASSWORD).getEncoded());
	}

	private static void writePem(String name, String type, byte[] content) throws IOException {
		Files.writeString(directory.resolve(name), "-----BEGIN " + type + "-----\n"
				+ Base64.getMimeEncoder().encodeToString(content) + "\n-----END " + type + "-----\n");
	}

	private static String documentedPermissions() throws IOException {
		return Files.readAllLines(DOCUMENTATION)
			.stream()
			.filter((line) -> line.startsWith("~realtime:*"))
			.findFirst()
			.orElseThrow();
	}

	@Test
	void whenPropertiesHaveBundleAndUserThenNodesPublishAndReceive() {
		List<String> properties = List.of("spring.data.redis.ssl.bundle=redis", "spring.data.redis.username=crm",
				"spring.data.redis.password=opensesame");
		try (ConfigurableApplicationContext one = node(properties);
				ConfigurableApplicationContext other = node(properties);
				RawStompClient client = RawStompClient.connect(port(other), "sam@acme")) {
			client.subscribe("s1", "/realtime/room.secured", "replay:none");
			for (int i = 0; i < 10; i++) {
				Realtime realtime = ((i % 2 == 0) ? one : other).getBean(Realtime.class);
				assertThat(realtime.forTenant("acme").publish("room.secured", Map.of("n", i)))
					.succeedsWithin(RawStompClient.TIMEOUT);
			}
			for (int i = 0; i < 10; i++) {
				assertThat(RawStompClient.body(client.next())).isEqualTo("{\"n\":" + i + "}");
			}
			assertThat(health(one).getStatus()).isEqualTo(Status.UP);
		}
	}

	@Test
	void whenNodeDoesNotTrustTheCertificateThenHealthSaysSo() {
		try (ConfigurableApplicationContext node = node(List.of("spring.data.redis.ssl.enabled=true",
				"spring.data.redis.username=crm", "spring.data.redis.password=opensesame"))) {
			assertThat(health(node).getStatus()).isEqualTo(Status.DOWN);
			assertThat(health(node).getDetails().get("reason").toString()).contains("certification path");
		}
	}

	private static Health health(ConfigurableApplicationContext node) {
		return node.getBean("realtimeHealthIndicator", HealthIndicator.class).health();
	}

	private static int port(ConfigurableApplicationContext node) {
		return node.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	private static ConfigurableApplicationContext node(List<String> properties) {
		SpringApplication application = new SpringApplicationBuilder(TestApplication.class)
			.properties("server.port=0", TestApplication.SECRET, "spring.data.redis.host=127.0.0.1",
					"spring.data.redis.port=" + port,
					"spring.ssl.bundle.pem.redis.truststore.certificate=" + directory.resolve("redis.crt").toUri())
			.properties(properties.toArray(String[]::new))
			.build();
		return application.run();
	}

}
