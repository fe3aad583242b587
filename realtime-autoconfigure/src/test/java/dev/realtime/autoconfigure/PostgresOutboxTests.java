package dev.realtime.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.realtime.autoconfigure.app.TestApplication;
import dev.realtime.autoconfigure.outbox.OutboxApplication;
import dev.realtime.autoconfigure.outbox.OutboxApplication.Contacts;
import dev.realtime.autoconfigure.outbox.OutboxApplication.Fate;
import dev.realtime.autoconfigure.outbox.OutboxApplication.Publications;
import dev.realtime.redis.RedisServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.modulith.events.IncompleteEventPublications;
import org.springframework.modulith.events.core.EventPublicationRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Events that are published to topics by nodes that share a PostgreSQL, with the event
 * publication registry of Spring Modulith in it, and a Redis.
 */
@Timeout(300)
class PostgresOutboxTests {

	private static final Duration PATIENCE = Duration.ofSeconds(120);

	private static EmbeddedPostgres postgres;

	private final RedisServer redis = RedisServer.running();

	@TempDir
	private Path directory;

	private Process process;

	@BeforeAll
	static void startPostgres() throws IOException {
		postgres = EmbeddedPostgres.start();
	}

	@AfterAll
	static void stopPostgres() throws IOException {
		postgres.close();
	}

	@BeforeEach
	void createDatabase() throws SQLException {
		execute("postgres", "drop database if exists outbox with (force)");
		execute("postgres", "create database outbox");
	}

	@AfterEach
	void close() {
		if (this.process != null) {
			this.process.destroyForcibly();
		}
		this.redis.close();
	}

	@Test
	void whenProcessIsKilledBetweenCommitAndPublicationThenTheNextOnePublishes() throws Exception {
		kill();
		try (ConfigurableApplicationContext context = start()) {
			assertThat(context.getBean(Contacts.class).names()).containsExactly("Ada");
			assertThat(context.getBean(Publications.class).channels()).containsExactly("acme/contact.5");
			try (RawStompClient client = connect(context)) {
				client.subscribe("s1", "/realtime/contact.5");
				assertThat(RawStompClient.body(client.next())).isEqualTo("{\"id\":5}");
			}
			awaitCompleted(context);
		}
		try (ConfigurableApplicationContext context = start()) {
			assertThat(context.getBean(Publications.class).channels()).isEmpty();
		}
	}

	/**
	 * To the registry it is being published again, until it is told when to give that up.
	 */
	@Test
	void whenProcessIsKilledAgainWhileItPublishesOnceMoreThenTheRegistryWaitsUntilThatIsStale() throws Exception {
		kill();
		// This one dies of the publication that it finds at its start.
		startProcess(Fate.KILL);
		assertThat(this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(this.process.exitValue()).as(() -> log()).isEqualTo(OutboxApplication.KILLED);
		try (ConfigurableApplicationContext context = start()) {
			assertThat(context.getBean(Publications.class).channels()).isEmpty();
			assertThat(incomplete()).isEqualTo(1);
		}
		try (ConfigurableApplicationContext context = start("--spring.modulith.events.staleness.resubmission=1s",
				"--spring.modulith.events.staleness.check-intervall=1s")) {
			await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
				context.getBean(IncompleteEventPublications.class)
					.resubmitIncompletePublicationsOlderThan(Duration.ofMillis(1));
				assertThat(context.getBean(Publications.class).channels()).containsExactly("acme/contact.5");
			});
			awaitCompleted(context);
		}
	}

	@Test
	void whenAPublicationFailedThenTheNextStartPublishes() {
		try (ConfigurableApplicationContext context = start()) {
			context.getBean(Publications.class).fate = Fate.FAIL;
			context.getBean(Contacts.class).rename(5, "Ada", "acme");
			assertThat(context.getBean(Publications.class).channels()).containsExactly("acme/contact.5");
		}
		try (ConfigurableApplicationContext context = start()) {
			assertThat(context.getBean(Publications.class).channels()).containsExactly("acme/contact.5");
			awaitCompleted(context);
		}
	}

	@Test
	void whenAnotherNodeIsKilledThenThoseThatLiveCanPublishWhatItLeft() throws Exception {
		try (ConfigurableApplicationContext context = start(); RawStompClient client = connect(context)) {
			client.subscribe("s1", "/realtime/contact.5");
			kill();
			client.expectNothingElse();
			context.getBean(IncompleteEventPublications.class)
				.resubmitIncompletePublicationsOlderThan(Duration.ofMillis(1));
			assertThat(RawStompClient.body(client.next())).isEqualTo("{\"id\":5}");
			client.expectNothingElse();
			awaitCompleted(context);
		}
	}

	@Test
	void whenANodeStartsThenWhatAnotherIsPublishingComesTwiceAndNothingIsLost() {
		try (ConfigurableApplicationContext one = start(); RawStompClient client = connect(one)) {
			client.subscribe("s1", "/realtime/contact.5");
			Publications publications = one.getBean(Publications.class);
			publications.fate = Fate.HANG;
			one.getBean(Contacts.class).rename(5, "Ada", "acme");
			try (ConfigurableApplicationContext other = start()) {
				assertThat(RawStompClient.body(client.next())).isEqualTo("{\"id\":5}");
				awaitCompleted(other);
				publications.hanging.complete(null);
				assertThat(RawStompClient.body(client.next())).isEqualTo("{\"id\":5}");
				publications.fate = Fate.PUBLISH;
				one.getBean(Contacts.class).rename(5, "Bob", "acme");
				other.getBean(Contacts.class).rename(5, "Eve", "acme");
				assertThat(client.next(2)).extracting(RawStompClient::offset).containsExactly(3L, 4L);
				client.expectNothingElse();
				awaitCompleted(one);
				assertThat(other.getBean(Publications.class).channels()).containsExactly("acme/contact.5",
						"acme/contact.5");
			}
		}
	}

	/**
	 * Kills a process that has committed and not published.
	 */
	private void kill() throws Exception {
		startProcess(Fate.HANG);
		await().atMost(PATIENCE)
			.failFast(() -> assertThat(this.process.isAlive()).as(() -> log()).isTrue())
			.until(() -> incomplete() == 1);
		this.process.destroyForcibly();
		assertThat(this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
	}

	private void startProcess(Fate fate) throws IOException {
		this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), OutboxApplication.class.getName(), url("outbox"), redisHost(),
				redisPort(), "--" + TestApplication.SECRET, "--outbox.fate=" + fate)
			.redirectErrorStream(true)
			.redirectOutput(this.directory.resolve("log").toFile())
			.start();
	}

	private ConfigurableApplicationContext start(String... arguments) {
		return OutboxApplication.start(url("outbox"),
				Stream.concat(Stream.of(redisHost(), redisPort(), "--" + TestApplication.SECRET), Stream.of(arguments))
					.toArray(String[]::new));
	}

	private static String redisHost() {
		return "--spring.data.redis.host=127.0.0.1";
	}

	private String redisPort() {
		return "--spring.data.redis.port=" + this.redis.port();
	}

	private String log() {
		try {
			return Files.readString(this.directory.resolve("log"));
		}
		catch (IOException ex) {
			return "no log";
		}
	}

	private static String url(String database) {
		return postgres.getJdbcUrl("postgres", database);
	}

	private static RawStompClient connect(ConfigurableApplicationContext context) {
		return RawStompClient.connect(RedisNodes.port(context), "sam@acme");
	}

	private static void awaitCompleted(ConfigurableApplicationContext context) {
		await().until(() -> context.getBean(EventPublicationRegistry.class).findIncompletePublications().isEmpty());
	}

	private static void execute(String database, String sql) throws SQLException {
		try (Connection connection = postgres.getDatabase("postgres", database).getConnection();
				Statement statement = connection.createStatement()) {
			statement.execute(sql);
		}
	}

	private static int incomplete() throws SQLException {
		try (Connection connection = postgres.getDatabase("postgres", "outbox").getConnection();
				Statement statement = connection.createStatement();
				ResultSet tables = connection.getMetaData().getTables(null, null, "event_publication", null)) {
			if (!tables.next()) {
				return 0;
			}
			ResultSet count = statement
				.executeQuery("select count(*) from event_publication where completion_date is null");
			count.next();
			return count.getInt(1);
		}
	}

}
