package dev.realtime.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * A server that can not be the backplane says so at the start.
 */
@Timeout(120)
class ServerCheckTests {

	private static final Path DOCUMENTATION = Path.of("../docs/redis.md");

	private final Nodes nodes = new Nodes();

	private RedisServer server;

	@AfterEach
	void close() throws Exception {
		this.nodes.close();
		this.server.close();
	}

	@Test
	void whenUserHasTheDocumentedPermissionsThenEverythingWorks() throws Exception {
		this.server = RedisServer.running();
		Collector collector = this.nodes.collector(nodeWith(documentedPermissions()));
		RedisBackplane publisher = this.nodes.publisher(this.server.uri());
		Nodes.publishAll(publisher, 10, (i) -> {
		});
		Nodes.await().until(() -> collector.count() == 10);
		assertThat(collector.received()).isEqualTo(Nodes.numbers(0, 10));
	}

	@ParameterizedTest
	@ValueSource(strings = { "~* &* +@all -xadd", "~* &* +@all -publish", "~* &* +@all -subscribe",
			"~* &* +@all -@scripting", "~other:* &* +@all", "~* &other:* +@all" })
	void whenUserMayNotDoWhatIsNeededThenStartFailsWithWhatToAllow(String permissions) {
		this.server = RedisServer.running();
		UnsuitableRedisException failure = failure(nodeWith(permissions));
		assertThat(failure).hasMessageStartingWith("Redis does not let its user do what the realtime backplane needs");
		assertThat(failure.getAction()).contains("~realtime:* &realtime:* ");
	}

	@Test
	void whenPasswordIsWrongThenStartFails() {
		this.server = RedisServer.running();
		assertThat(failure(this.nodes.node(uri("nobody", "wrong"))).getAction()).contains("spring.data.redis.password");
	}

	@Test
	void whenServerHasNoStreamsThenStartFailsWithTheVersionItTakes() {
		this.server = RedisServer.running("--rename-command", "XADD", "");
		UnsuitableRedisException failure = failure(this.nodes.node(this.server.uri()));
		assertThat(failure).hasMessageStartingWith("This Redis can not serve as the realtime backplane");
		assertThat(failure.getAction()).startsWith("Use Redis 6.2 or newer");
	}

	@Test
	void whenServerTurnsOutWrongLaterThenStatusSaysIt() throws Exception {
		this.server = RedisServer.stopped("--rename-command", "XADD", "");
		RedisBackplane node = this.nodes.publisher(this.server.uri());
		node.firstAttempt().get(60, TimeUnit.SECONDS);
		this.server.start();
		Nodes.await().until(() -> String.valueOf(node.status().reason()).startsWith("This Redis can not serve"));
		assertThat(node.status().connected()).isFalse();
	}

	@Test
	void whenKeyPrefixesDifferThenChannelsAreApart() throws Exception {
		this.server = RedisServer.running();
		Collector collector = this.nodes.collector(this.nodes.node(this.server.uri()));
		RedisBackplane other = this.nodes.node(RedisClient.create(this.server.uri()),
				new RedisBackplaneOptions("other", 10, Duration.ofSeconds(1)));
		other.start((channel, publication) -> {
		});
		Nodes.publishAll(other, 10, (i) -> {
		});
		RedisBackplane same = this.nodes.publisher(this.server.uri());
		assertThat(Nodes.publish(same, "mine").get(60, TimeUnit.SECONDS).offset()).isEqualTo(1);
		Nodes.await().until(() -> collector.count() == 1);
		assertThat(collector.received()).containsExactly("mine");
		List<String> keys = this.server.execute((redis) -> redis.keys("*"));
		assertThat(keys).allMatch((key) -> key.startsWith("realtime:{") || key.startsWith("other:{"));
	}

	private RedisBackplane nodeWith(String permissions) {
		this.server.execute((redis) -> redis.dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8),
				arguments("SETUSER limited on >secret resetchannels " + permissions)));
		return this.nodes.node(uri("limited", "secret"));
	}

	private RedisURI uri(String user, String password) {
		return RedisURI.Builder.redis("127.0.0.1", this.server.port()).withAuthentication(user, password).build();
	}

	private static CommandArgs<String, String> arguments(String words) {
		CommandArgs<String, String> arguments = new CommandArgs<>(StringCodec.UTF8);
		for (String word : words.split(" ")) {
			arguments.add(word);
		}
		return arguments;
	}

	private static UnsuitableRedisException failure(RedisBackplane node) {
		node.start((channel, publication) -> {
		});
		ExecutionException failure = catchThrowableOfType(ExecutionException.class,
				() -> node.firstAttempt().get(60, TimeUnit.SECONDS));
		assertThat(failure).hasCauseInstanceOf(UnsuitableRedisException.class);
		return (UnsuitableRedisException) failure.getCause();
	}

	private static String documentedPermissions() throws IOException {
		return Files.readAllLines(DOCUMENTATION)
			.stream()
			.filter((line) -> line.startsWith("~realtime:*"))
			.findFirst()
			.orElseThrow();
	}

}
