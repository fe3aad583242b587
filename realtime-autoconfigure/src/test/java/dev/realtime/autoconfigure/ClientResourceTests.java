package dev.realtime.autoconfigure;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The browser client as the endpoint serves it.
 */
@EndpointTest
class ClientResourceTests {

	private static final int BUDGET = 20 * 1024;

	private final HttpClient http = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Test
	void clientIsAModuleWithASourceMap() throws Exception {
		HttpResponse<byte[]> response = get("client.js");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("text/javascript;charset=UTF-8");
		assertThat(text(response)).contains("export{").endsWith("//# sourceMappingURL=client.js.map\n");
		HttpResponse<byte[]> map = get("client.js.map");
		assertThat(map.headers().firstValue("Content-Type")).hasValue("application/json");
		assertThat(text(map)).startsWith("{").contains("\"sourcesContent\"");
	}

	@Test
	void whenBrowserTakesGzipThenClientIsSmall() throws Exception {
		HttpResponse<byte[]> response = get("client.js", "Accept-Encoding", "gzip, deflate, br");
		assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
		assertThat(response.headers().firstValue("Vary")).hasValue("Accept-Encoding");
		assertThat(response.body().length).isLessThan(BUDGET);
		byte[] plain = new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes();
		assertThat(plain).isEqualTo(get("client.js").body());
	}

	@Test
	void whenBrowserHasThisVersionThenItKeepsIt() throws Exception {
		HttpResponse<byte[]> first = get("client.js");
		String tag = first.headers().firstValue("ETag").orElseThrow();
		assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-cache");
		HttpResponse<byte[]> second = get("client.js", "If-None-Match", tag);
		assertThat(second.statusCode()).isEqualTo(304);
		assertThat(second.body()).isEmpty();
		assertThat(get("client.js", "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
	}

	@Test
	void clientIsReadOnly() throws Exception {
		HttpRequest.Builder request = request("client.js").POST(HttpRequest.BodyPublishers.ofString("x"));
		assertThat(this.http.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode()).isEqualTo(405);
		HttpResponse<String> head = this.http.send(
				request("client.js").method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
				HttpResponse.BodyHandlers.ofString());
		assertThat(head.statusCode()).isEqualTo(200);
		assertThat(head.body()).isEmpty();
	}

	private HttpResponse<byte[]> get(String file, String... headers) throws IOException, InterruptedException {
		HttpRequest.Builder request = request(file);
		if (headers.length > 0) {
			request.headers(headers);
		}
		return this.http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
	}

	private HttpRequest.Builder request(String file) {
		return HttpRequest.newBuilder(URI.create("http://localhost:" + this.port + "/realtime/" + file));
	}

	private static String text(HttpResponse<byte[]> response) {
		return new String(response.body(), StandardCharsets.UTF_8);
	}

}
