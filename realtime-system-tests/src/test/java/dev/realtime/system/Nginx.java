package dev.realtime.system;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A real nginx with the configuration of {@code docs/deploy}, in which only addresses,
 * files and given texts are others. It has a certificate that its clients trust.
 */
final class Nginx implements AutoCloseable {

	private static final Path SNIPPET = Path.of("..", "docs", "deploy", "nginx.conf");

	private static final String HOST = "127.0.0.1";

	private final Path directory;

	private final int port;

	private final Process process;

	private final SSLContext ssl;

	/**
	 * Starts it, or skips the test, loudly, where there is no nginx.
	 * @param replacements what to write instead of texts of the snippet
	 */
	Nginx(String name, Node application, List<Node> relays, Map<String, String> replacements) throws Exception {
		Path nginx = find("nginx");
		Path openssl = find("openssl");
		if (nginx == null || openssl == null) {
			System.err.println("SKIPPED: there is no nginx, or no openssl, on the PATH, see CONTRIBUTING.md");
		}
		Assumptions.assumeTrue(nginx != null && openssl != null, "There is no nginx, or no openssl, on the PATH");
		this.directory = Files.createDirectories(Path.of("target", "nodes", name).toAbsolutePath());
		this.port = freePort();
		run(openssl.toString(), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
				"-addext", "subjectAltName=DNS:localhost", "-keyout", file("key.pem"), "-out", file("cert.pem"));
		this.ssl = trusting(this.directory.resolve("cert.pem"));
		Files.writeString(this.directory.resolve("snippet.conf"), snippet(application, relays, replacements));
		Files.writeString(this.directory.resolve("nginx.conf"), """
				daemon off;
				pid %1$s/nginx.pid;
				error_log %1$s/error.log;
				worker_processes 1;
				events { }
				http {
					access_log %1$s/access.log;
					client_body_temp_path %1$s;
					proxy_temp_path %1$s;
					fastcgi_temp_path %1$s;
					uwsgi_temp_path %1$s;
					scgi_temp_path %1$s;
					include %1$s/snippet.conf;
				}
				""".formatted(this.directory));
		this.process = start(nginx.toString(), "-p", this.directory.toString(), "-e", file("error.log"), "-c",
				file("nginx.conf"));
		awaitReady();
	}

	private static Path find(String program) {
		return Stream.concat(Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
			.map((directory) -> Path.of(directory, program))
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
	}

	private String file(String name) {
		return this.directory.resolve(name).toString();
	}

	private String snippet(Node application, List<Node> relays, Map<String, String> replacements) throws IOException {
		String snippet = Files.readString(SNIPPET);
		snippet = replace(snippet, "10.0.0.10:8080", HOST + ":" + application.port());
		snippet = replace(snippet, "10.0.0.11:8090", HOST + ":" + relays.get(0).dedicatedEndpoint().getPort());
		snippet = replace(snippet, "10.0.0.12:8090", HOST + ":" + relays.get(1).dedicatedEndpoint().getPort());
		snippet = replace(snippet, "listen 443 ssl", "listen " + HOST + ":" + this.port + " ssl");
		snippet = replace(snippet, "/etc/nginx/live.example.org.crt", file("cert.pem"));
		snippet = replace(snippet, "/etc/nginx/live.example.org.key", file("key.pem"));
		for (Map.Entry<String, String> replacement : replacements.entrySet()) {
			snippet = replace(snippet, replacement.getKey(), replacement.getValue());
		}
		return snippet;
	}

	private static String replace(String text, String part, String replacement) {
		assertThat(text).contains(part);
		return text.replace(part, replacement);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private static SSLContext trusting(Path certificate) throws Exception {
		KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
		store.load(null, null);
		try (InputStream pem = Files.newInputStream(certificate)) {
			store.setCertificateEntry("nginx", CertificateFactory.getInstance("X.509").generateCertificate(pem));
		}
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(store);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		return context;
	}

	private Process start(String... command) throws IOException {
		return new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(this.directory.resolve("output.log").toFile()))
			.start();
	}

	private void run(String... command) throws IOException, InterruptedException {
		Process started = start(command);
		assertThat(started.waitFor(60, TimeUnit.SECONDS)).isTrue();
		assertThat(started.exitValue()).as("see " + this.directory).isZero();
	}

	private void awaitReady() {
		Awaitility.await("nginx is ready, see " + this.directory)
			.atMost(Duration.ofSeconds(30))
			.failFast("nginx ended, see " + this.directory, () -> !this.process.isAlive())
			.ignoreException(IOException.class)
			.until(() -> {
				try (Socket socket = new Socket()) {
					socket.connect(new InetSocketAddress(HOST, this.port), 1000);
					return true;
				}
			});
	}

	SSLContext ssl() {
		return this.ssl;
	}

	URI page(String path) {
		return URI.create("https://localhost:" + this.port + path);
	}

	URI endpoint() {
		return URI.create("wss://localhost:" + this.port + "/realtime");
	}

	@Override
	public void close() throws InterruptedException {
		this.process.toHandle().destroy();
		this.process.waitFor(30, TimeUnit.SECONDS);
	}

}
