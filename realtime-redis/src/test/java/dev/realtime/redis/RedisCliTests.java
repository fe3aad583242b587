package dev.realtime.redis;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.realtime.core.Publication;
import io.lettuce.core.RedisClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The example of {@code docs/redis.md} does what it says.
 */
@Timeout(120)
class RedisCliTests {

	private static final Path DOCUMENTATION = Path.of("../docs/redis.md");

	private static final File SCRIPTS = new File("src/main/resources/dev/realtime/redis");

	private final RedisServer server = RedisServer.running();

	private final Nodes nodes = new Nodes();

	@AfterEach
	void close() throws Exception {
		this.nodes.close();
		this.server.close();
	}

	@Test
	void whenAnotherProgramPublishesThenNodesReceiveItInOneOrderWithTheirs() throws Exception {
		Installed.require("redis-cli");
		RedisBackplane node = this.nodes.node(RedisClient.create(this.server.uri()),
				new RedisBackplaneOptions("realtime", 10_000, Duration.ofSeconds(1),
						List.of("the value of realtime.token.secret".getBytes(StandardCharsets.UTF_8))));
		Collector collector = this.nodes.collector(node);
		String epoch = Nodes.publish(node, 0).get(60, TimeUnit.SECONDS).epoch();
		assertThat(runExample()).isEqualTo(epoch + " 2");
		assertThat(Nodes.publish(node, 2).get(60, TimeUnit.SECONDS).offset()).isEqualTo(3);
		Nodes.await().until(() -> collector.count() == 3);
		assertThat(collector.received()).containsExactly("0", "{\"id\":5,\"name\":\"Ann\"}", "2");
		assertThat(collector.live()).isEqualTo(3);
		Publication last = node.lastByKey(Nodes.CHANNEL, List.of(List.of(5L))).get(60, TimeUnit.SECONDS).get(0);
		assertThat(last.attributes()).isEqualTo(Map.of("id", 5L));
		assertThat(last.position().offset()).isEqualTo(2);
	}

	private String runExample() throws Exception {
		String text = Files.readString(DOCUMENTATION);
		String example = text.substring(text.indexOf("```shell\n") + 9);
		example = example.substring(0, example.indexOf("```"));
		String script = "redis-cli() { command redis-cli -p " + this.server.port() + " \"$@\"; }\n" + example;
		Process process = new ProcessBuilder("bash", "-c", script).directory(SCRIPTS).redirectErrorStream(true).start();
		String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
		assertThat(process.waitFor()).as(answer).isZero();
		return answer.replace("\"", "");
	}

}
