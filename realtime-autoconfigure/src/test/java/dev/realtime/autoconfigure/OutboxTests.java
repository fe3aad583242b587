package dev.realtime.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

import dev.realtime.autoconfigure.outbox.OutboxApplication;
import dev.realtime.autoconfigure.outbox.OutboxApplication.Contacts;
import dev.realtime.autoconfigure.outbox.OutboxApplication.Fate;
import dev.realtime.autoconfigure.outbox.OutboxApplication.Publications;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.modulith.events.IncompleteEventPublications;
import org.springframework.modulith.events.core.EventPublicationRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Events that are published to topics, with the event publication registry of Spring
 * Modulith on a real database.
 */
@Timeout(180)
class OutboxTests {

	private static final int PATIENCE_SECONDS = 120;

	@TempDir
	private Path directory;

	private String database;

	@BeforeEach
	void nameDatabase() {
		// By default H2 is half a second late with what was committed.
		this.database = "jdbc:h2:file:" + this.directory.resolve("db") + ";DB_CLOSE_ON_EXIT=FALSE;WRITE_DELAY=0";
	}

	@Test
	void whenProcessIsKilledBetweenCommitAndPublicationThenTheNextOnePublishes() throws Exception {
		Path log = this.directory.resolve("log");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), OutboxApplication.class.getName(), this.database,
				"--outbox.fate=KILL")
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		try {
			assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		assertThat(process.exitValue()).as(() -> read(log)).isEqualTo(OutboxApplication.KILLED);
		try (ConfigurableApplicationContext context = start()) {
			assertThat(context.getBean(Contacts.class).names()).containsExactly("Ada");
			assertThat(context.getBean(Publications.class).channels()).containsExactly("acme/contact.5");
			try (RawStompClient acme = connect(context, "sam@acme");
					RawStompClient globex = connect(context, "sam@globex")) {
				acme.subscribe("s1", "/realtime/contact.5");
				String message = acme.next();
				assertThat(RawStompClient.header(message, "event")).isEqualTo("renamed");
				assertThat(RawStompClient.body(message)).isEqualTo("{\"id\":5}");
				globex.subscribe("s1", "/realtime/contact.5");
				globex.expectNothingElse();
			}
			await().until(() -> incomplete(context).isEmpty());
		}
		try (ConfigurableApplicationContext context = start()) {
			assertThat(context.getBean(Publications.class).channels()).isEmpty();
		}
	}

	@Test
	void whenTransactionCommitsThenEventIsPublishedOnceAndCompleted() {
		try (ConfigurableApplicationContext context = start(); RawStompClient client = connect(context, "sam@acme")) {
			client.subscribe("s1", "/realtime/contact.7");
			context.getBean(Contacts.class).rename(7, "Ada", "acme");
			assertThat(RawStompClient.body(client.next())).isEqualTo("{\"id\":7}");
			client.expectNothingElse();
			await().until(() -> incomplete(context).isEmpty());
			assertThatIllegalStateException()
				.isThrownBy(() -> context.getBean(Contacts.class).failToRename(7, "Bob", "acme"));
			client.expectNothingElse();
			assertThat(incomplete(context)).isEmpty();
		}
	}

	@Test
	void whenBackplaneHasNotAnsweredThenEventIsNotCompleted() {
		try (ConfigurableApplicationContext context = start()) {
			Publications publications = context.getBean(Publications.class);
			publications.fate = Fate.HANG;
			context.getBean(Contacts.class).rename(7, "Ada", "acme");
			assertThat(publications.channels()).containsExactly("acme/contact.7");
			assertThat(incomplete(context)).hasSize(1);
			publications.hanging.complete(null);
			await().until(() -> incomplete(context).isEmpty());
		}
	}

	@Test
	void whenBackplaneFailsThenEventCanBePublishedAgain() {
		try (ConfigurableApplicationContext context = start(); RawStompClient client = connect(context, "sam@acme")) {
			Publications publications = context.getBean(Publications.class);
			client.subscribe("s1", "/realtime/contact.7");
			publications.fate = Fate.FAIL;
			context.getBean(Contacts.class).rename(7, "Ada", "acme");
			assertThat(incomplete(context)).hasSize(1);
			publications.fate = Fate.PUBLISH;
			await().untilAsserted(() -> {
				context.getBean(IncompleteEventPublications.class).resubmitIncompletePublications((event) -> true);
				assertThat(client.hasNext()).isTrue();
			});
			assertThat(RawStompClient.body(client.next())).isEqualTo("{\"id\":7}");
			await().until(() -> incomplete(context).isEmpty());
		}
	}

	private ConfigurableApplicationContext start() {
		return OutboxApplication.start(this.database);
	}

	private static RawStompClient connect(ConfigurableApplicationContext context, String user) {
		return RawStompClient.connect(context.getEnvironment().getRequiredProperty("local.server.port", int.class),
				user);
	}

	private static Collection<?> incomplete(ConfigurableApplicationContext context) {
		return context.getBean(EventPublicationRegistry.class).findIncompletePublications();
	}

	private static String read(Path log) {
		try {
			return Files.readString(log);
		}
		catch (IOException ex) {
			return "no log";
		}
	}

}
