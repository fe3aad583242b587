package dev.realtime.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.concurrent.CompletionException;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import dev.realtime.Realtime;
import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The dedicated port with TLS.
 */
@SpringBootTest(classes = { TestApplication.class, NettyPortTests.TokenConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", TestApplication.SECRET, "realtime.ssl.bundle=web",
				"spring.ssl.bundle.jks.web.key.alias=web", "spring.ssl.bundle.jks.web.keystore.password=changeit" })
@ExtendWith(NoLeaks.class)
@Timeout(120)
class NettyTlsTests {

	private static final char[] PASSWORD = "changeit".toCharArray();

	@TempDir
	static Path directory;

	private static Path keyStore;

	@Autowired
	private NettyEndpoint endpoint;

	@Autowired
	private Realtime realtime;

	@DynamicPropertySource
	static void generateKeyStore(DynamicPropertyRegistry registry) throws Exception {
		keyStore = directory.resolve("web.p12");
		Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
		Process process = new ProcessBuilder(keytool.toString(), "-genkeypair", "-alias", "web", "-keyalg", "EC",
				"-dname", "CN=localhost", "-ext", "SAN=dns:localhost", "-storetype", "PKCS12", "-storepass", "changeit",
				"-keystore", keyStore.toString())
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		assertThat(process.waitFor()).isZero();
		registry.add("spring.ssl.bundle.jks.web.keystore.location", () -> keyStore.toUri().toString());
	}

	@Test
	void whenClientTrustsTheCertificateThenItIsServed() throws Exception {
		String room = Rooms.fresh();
		String large = "x".repeat(12_000);
		try (RawStompClient client = RawStompClient.handshake(this.endpoint.getPort())
			.tls(trusting())
			.connect("passcode:acme")) {
			client.subscribe("s1", "/realtime/room." + room);
			for (int i = 0; i < 500; i++) {
				this.realtime.forTenant("acme").publish("room." + room, i + large);
				assertThat(RawStompClient.body(client.next())).startsWith("\"" + i + "x");
			}
			for (int i = 0; i < 50; i++) {
				this.realtime.forTenant("acme").publish("room." + room, i + large);
			}
			for (int i = 0; i < 50; i++) {
				assertThat(RawStompClient.body(client.next())).startsWith("\"" + i + "x");
			}
			client.send("DISCONNECT\n\n\0");
			assertThat(client.closeCode()).isEqualTo(1000);
		}
	}

	@Test
	void whenClientDoesNotTrustTheCertificateThenItCanNotConnect() throws Exception {
		assertThatExceptionOfType(CompletionException.class)
			.isThrownBy(() -> RawStompClient.handshake(this.endpoint.getPort()).tls(SSLContext.getDefault()).open())
			.withRootCauseInstanceOf(GeneralSecurityException.class);
	}

	@Test
	void whenClientSpeaksNoTlsThenConnectionEnds() throws IOException {
		try (RawSocket client = new RawSocket(this.endpoint.getPort())) {
			client.write(client.handshake("/realtime"));
			assertThat(client.rest()).doesNotContain("HTTP");
		}
	}

	private static SSLContext trusting() throws GeneralSecurityException, IOException {
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(keyStore)) {
			keys.load(in, PASSWORD);
		}
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null, null);
		trusted.setCertificateEntry("web", keys.getCertificate("web"));
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(trusted);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		return context;
	}

}
