package dev.realtime.autoconfigure;

import java.io.IOException;
import java.net.SocketException;
import java.util.List;
import java.util.regex.Pattern;

import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients that write into the log, with all that we log switched on.
 */
@SpringBootTest(classes = { TestApplication.class, NettyPortTests.TokenConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "realtime.ws-port=0", TestApplication.SECRET, "logging.level.dev.realtime=TRACE" })
@ExtendWith({ OutputCaptureExtension.class, NoLeaks.class })
@Tag("endpoint")
@Tag("T27")
@Timeout(120)
class LogInjectionTests {

	private static final String FORGED = "2026-01-01T00:00:00.000Z ERROR 1 forged";

	private static final List<String> TRICKS = List.of("\\n" + FORGED, "\\r" + FORGED, "\u2028" + FORGED,
			"\u0085" + FORGED, "\u001b[2J" + FORGED, "\u202e" + FORGED, "x".repeat(15_000));

	private static final Pattern TRICK = Pattern.compile("[\u001b\u2028\u0085\u202e]");

	@LocalServerPort
	private int port;

	@Autowired
	private NettyEndpoint endpoint;

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "netty" })
	void whenClientWritesLinesOfALogThenTheLogDoesNotShowThem(String transport, CapturedOutput output)
			throws IOException {
		int before = output.getAll().length();
		for (String trick : TRICKS) {
			for (String frame : List.of("SUBSCRIBE\nid:s1\ndestination:/realtime/" + trick + "\n\n\0",
					"SUBSCRIBE\nid:s1" + trick + "\ndestination:/realtime/room.x\n\n\0",
					"SUBSCRIBE\nid:s1\ndestination:/realtime/room.x\nfilter:" + trick + "\nsince:" + trick + "\n\n\0",
					"SEND\ndestination:/app/" + trick + "\n\n\0", "SEND\n" + trick + "\n\n\0", trick + "\n\n\0",
					"SEND\n" + trick + ":\\t\n\n\0")) {
				try (RawStompClient client = RawStompClient.handshake(port(transport)).connect("passcode:acme")) {
					client.send(frame + "DISCONNECT\n\n\0");
					assertThat(client.closeCode()).isIn(1000, 4500);
				}
			}
			try (RawSocket client = new RawSocket(port(transport))) {
				client.write(client.handshake("/realtime", "Origin: " + trick.replace('\\', ' '))
					.replace("Host: ", "Host: " + trick.replace('\\', ' ')));
				client.drain(100);
			}
			catch (SocketException ex) {
				// The server closes before it has read all.
			}
		}
		String logged = output.getAll().substring(before);
		assertThat(logged.lines()).noneMatch((line) -> line.startsWith(FORGED))
			.filteredOn((line) -> line.contains(" d.r") || line.contains(" dev.realtime"))
			.isNotEmpty()
			.noneMatch((line) -> line.length() > 1000)
			.noneMatch((line) -> TRICK.matcher(line).find());
	}

	private int port(String transport) {
		return transport.equals("netty") ? this.endpoint.getPort() : this.port;
	}

}
