package dev.realtime.autoconfigure;

import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.netty.NettyEndpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * The dedicated port as the application starts and stops.
 */
@ExtendWith({ OutputCaptureExtension.class, NoLeaks.class })
@Timeout(120)
class NettyLifecycleTests {

	@Test
	void whenPortIsInUseThenStartFailsWithAClearMessage(CapturedOutput output) throws IOException {
		try (ServerSocket taken = new ServerSocket(0)) {
			int port = taken.getLocalPort();
			List<Thread> before = lanes();
			assertThatException().isThrownBy(() -> run("--realtime.ws-port=" + port));
			assertThat(output).contains("APPLICATION FAILED TO START")
				.contains("Port " + port + " of realtime.ws-port can not be opened")
				.contains("or set realtime.ws-port to another port");
			await().untilAsserted(() -> assertThat(lanes()).hasSameSizeAs(before));
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenApplicationStopsThenClientsAreToldAndThePortIsClosed(boolean virtual, CapturedOutput output)
			throws IOException {
		int port;
		List<Thread> before = lanes();
		List<Integer> codes = new CopyOnWriteArrayList<>();
		try (ConfigurableApplicationContext context = run("--realtime.ws-port=0",
				"--spring.threads.virtual.enabled=" + virtual)) {
			port = context.getBean(NettyEndpoint.class).getPort();
			context.addApplicationListener((event) -> {
				if (event instanceof SessionDisconnectEvent disconnect) {
					codes.add(disconnect.getCloseStatus().getCode());
				}
			});
			RawStompClient first = RawStompClient.handshake(port).connect("passcode:acme");
			RawStompClient second = RawStompClient.handshake(port).connect("passcode:acme");
			try (RawSocket silent = new RawSocket(port)) {
				context.close();
				assertThat(first.closeCode()).isEqualTo(4000);
				assertThat(second.closeCode()).isEqualTo(4000);
				assertThat(silent.rest()).isEmpty();
				await().untilAsserted(() -> assertThat(codes).hasSize(2));
			}
		}
		assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Socket("localhost", port).close());
		await().untilAsserted(() -> assertThat(lanes()).hasSameSizeAs(before));
		assertThat(output).doesNotContain("Rejected", "Exception");
	}

	@Test
	void whenApplicationIsPausedThenThePortOpensAgain() {
		try (ConfigurableApplicationContext context = run("--realtime.ws-port=0")) {
			NettyEndpoint endpoint = context.getBean(NettyEndpoint.class);
			RawStompClient before = RawStompClient.handshake(endpoint.getPort()).connect("passcode:acme");
			context.stop();
			assertThat(before.closeCode()).isEqualTo(4000);
			assertThat(endpoint.getPort()).isEqualTo(-1);
			context.start();
			try (RawStompClient after = RawStompClient.handshake(endpoint.getPort()).connect("passcode:acme")) {
				after.expectNothingElse();
			}
		}
	}

	private static ConfigurableApplicationContext run(String... arguments) {
		SpringApplication application = new SpringApplication(TestApplication.class,
				NettyPortTests.TokenConfiguration.class);
		application.setRegisterShutdownHook(false);
		String[] all = new String[arguments.length + 2];
		all[0] = "--server.port=0";
		all[1] = "--" + TestApplication.SECRET;
		System.arraycopy(arguments, 0, all, 2, arguments.length);
		return application.run(all);
	}

	private static List<Thread> lanes() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("realtime-netty"))
			.toList();
	}

}
