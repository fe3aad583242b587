package dev.realtime.http;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ClientUrl}.
 */
@Timeout(60)
class ClientUrlTests {

	@ParameterizedTest
	@CsvSource({ "https,example.org,443,'',wss://example.org/realtime",
			"http,example.org,80,'',ws://example.org/realtime",
			"http,localhost,8080,/app,ws://localhost:8080/app/realtime",
			"https,example.org,8443,'',wss://example.org:8443/realtime", "http,::1,8080,'',ws://[::1]:8080/realtime",
			"http,[::1],8080,'',ws://[::1]:8080/realtime" })
	void byDefaultClientsConnectWhereTheyAsk(String scheme, String host, int port, String context, String url) {
		assertThat(new ClientUrl(null, "/realtime", null, false).of(request(scheme, host, port, context)))
			.isEqualTo(url);
	}

	@Test
	void whenThereIsADedicatedPortThenClientsConnectThere() {
		MockHttpServletRequest request = request("https", "example.org", 443, "/app");
		assertThat(new ClientUrl(null, "/live", () -> 8090, false).of(request)).isEqualTo("ws://example.org:8090/live");
		assertThat(new ClientUrl(null, "/live", () -> 8090, true).of(request)).isEqualTo("wss://example.org:8090/live");
	}

	@ParameterizedTest
	@CsvSource({ "wss://live.example.org,wss://live.example.org/realtime",
			"https://live.example.org/,wss://live.example.org/realtime",
			"http://live.example.org:81,ws://live.example.org:81/realtime",
			"ws://live.example.org/other,ws://live.example.org/other" })
	void publicUrlWins(String publicUrl, String url) {
		assertThat(new ClientUrl(publicUrl, "/realtime", () -> 8090, true).of(request("http", "evil.example", 80, "")))
			.isEqualTo(url);
	}

	@ParameterizedTest
	@ValueSource(strings = { "live.example.org", "ftp://live.example.org", "wss://", "/realtime", "wss://a b",
			"wss://live.example.org?token=x", "wss://live.example.org#x" })
	void publicUrlIsOne(String publicUrl) {
		assertThatIllegalArgumentException().isThrownBy(() -> new ClientUrl(publicUrl, "/realtime", null, false));
	}

	@Test
	void contentSecurityPolicyAllowsItsOrigin() {
		MockHttpServletRequest request = request("https", "example.org", 443, "");
		assertThat(new ClientUrl(null, "/realtime", null, false).connectSrc(request))
			.isEqualTo("'self' wss://example.org");
		assertThat(new ClientUrl("wss://live.example.org:444/x", "/realtime", null, false).connectSrc(request))
			.isEqualTo("'self' wss://live.example.org:444");
	}

	private static MockHttpServletRequest request(String scheme, String host, int port, String context) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.setScheme(scheme);
		request.setSecure(scheme.equals("https"));
		request.setServerName(host);
		request.setServerPort(port);
		request.setContextPath(context);
		return request;
	}

}
