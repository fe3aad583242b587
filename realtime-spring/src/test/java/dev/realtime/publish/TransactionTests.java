package dev.realtime.publish;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.realtime.Realtime;
import dev.realtime.RealtimeTopic;
import dev.realtime.StreamPosition;
import dev.realtime.core.RealtimeEngine;
import dev.realtime.json.JsonPayloads;
import dev.realtime.presence.TestPresence;
import dev.realtime.tenant.DefaultTenantResolver;
import dev.realtime.tenant.Tenants;
import dev.realtime.token.SigningKeys;
import dev.realtime.token.UserTokens;
import dev.realtime.topic.TestTopics;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Publications inside transactions of a real database.
 */
@Timeout(60)
class TransactionTests {

	private final EmbeddedDatabase database = new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2)
		.generateUniqueName(true)
		.build();

	private final JdbcTemplate jdbc = new JdbcTemplate(this.database);

	private final DataSourceTransactionManager transactionManager = new DataSourceTransactionManager(this.database);

	private final TransactionTemplate transaction = new TransactionTemplate(this.transactionManager);

	private final RecordingBackplane backplane = new RecordingBackplane();

	private final RealtimeEngine engine = new RealtimeEngine(this.backplane, InstantSource.system(), 10);

	private final Realtime realtime = new DefaultRealtime(this.engine, TestTopics.of(Contact.class),
			new Tenants(new DefaultTenantResolver("tenant_id"), false), new JsonPayloads(new JsonMapper(), 1000),
			new UserTokens(SigningKeys.random(new SecureRandom()), Duration.ofMinutes(1), InstantSource.system()),
			TestAccess.of(this.engine), TestAccess.userChannel(), TestPresence.of(this.engine),
			TestAccess.subscriptions(this.engine));

	@BeforeEach
	void createTable() {
		this.jdbc.execute("create table contact (id int primary key)");
	}

	@AfterEach
	void shutDown() {
		assertThat(TransactionSynchronizationManager.isSynchronizationActive()).isFalse();
		this.database.shutdown();
	}

	@Test
	void whenThereIsNoTransactionThenItGoesOutAtOnce() {
		assertThat(publish("1")).isCompletedWithValue(new StreamPosition("e", 1));
		assertThat(this.backplane.published).containsExactly("contact \"1\"");
	}

	@Test
	void whenTransactionCommitsThenAllGoesOutInOrder() {
		List<CompletableFuture<StreamPosition>> results = new ArrayList<>();
		this.transaction.executeWithoutResult((status) -> {
			this.jdbc.update("insert into contact values (1)");
			results.add(publish("1"));
			results.add(publish("2"));
			results.add(publish("3"));
			assertThat(this.backplane.published).isEmpty();
			assertThat(results).noneMatch(CompletableFuture::isDone);
		});
		assertThat(this.backplane.published).containsExactly("contact \"1\"", "contact \"2\"", "contact \"3\"");
		assertThat(results).extracting(CompletableFuture::join)
			.extracting(StreamPosition::offset)
			.containsExactly(1L, 2L, 3L);
	}

	@Test
	void whenItGoesOutThenOthersSeeWhatWasCommitted() {
		List<Integer> seen = new ArrayList<>();
		this.backplane.answer = () -> {
			seen.add(countInOtherConnection());
			return CompletableFuture.completedFuture(new StreamPosition("e", 1));
		};
		this.transaction.executeWithoutResult((status) -> {
			this.jdbc.update("insert into contact values (1)");
			publish("1");
		});
		assertThat(seen).containsExactly(1);
	}

	@Test
	void whenARightIsWithdrawnInATransactionThenItHappensAfterCommitOrNotAtAll() {
		List<CompletableFuture<Void>> results = new ArrayList<>();
		this.transaction.executeWithoutResult((status) -> {
			this.jdbc.update("insert into contact values (1)");
			results.add(this.realtime.forTenant("acme").access().recheck("alice"));
			assertThat(this.backplane.published).isEmpty();
		});
		assertThat(this.backplane.published).singleElement().asString().startsWith("@access {").contains("RECHECK");
		this.transaction.executeWithoutResult((status) -> {
			results.add(this.realtime.forTenant("acme").access().disconnect("alice"));
			status.setRollbackOnly();
		});
		assertThat(this.backplane.published).hasSize(1);
		assertThat(results.get(0)).isCompleted();
		assertThat(results.get(1)).isCancelled();
	}

	@Test
	void whenSomebodyIsSubscribedInATransactionThenItHappensAfterCommitOrNotAtAll() {
		List<CompletableFuture<Void>> results = new ArrayList<>();
		Realtime acme = this.realtime.forTenant("acme");
		this.transaction.executeWithoutResult((status) -> {
			results.add(acme.user("alice").subscribe("contact"));
			results.add(acme.session("s").unsubscribe("contact"));
			results.add(acme.access().revoke("alice", "contact"));
			assertThat(this.backplane.published).isEmpty();
		});
		assertThat(this.backplane.published).hasSize(4);
		assertThat(this.backplane.published.get(0)).startsWith("@subscriptions {").contains("SUBSCRIBE", "alice");
		assertThat(this.backplane.published.get(1)).contains("UNSUBSCRIBE").doesNotContain("\"s\"");
		assertThat(this.backplane.published.get(2)).startsWith("@subscriptions {").contains("REVOKE");
		assertThat(this.backplane.published.get(3)).startsWith("@access {").contains("REVOKE");
		assertThat(results).allMatch((result) -> result.isDone() && !result.isCompletedExceptionally());
		this.transaction.executeWithoutResult((status) -> {
			results.set(0, acme.connection("c").subscribe("contact"));
			status.setRollbackOnly();
		});
		assertThat(this.backplane.published).hasSize(4);
		assertThat(results.get(0)).isCancelled();
	}

	private int countInOtherConnection() {
		return CompletableFuture
			.supplyAsync(() -> this.jdbc.queryForObject("select count(*) from contact", Integer.class))
			.join();
	}

	@Test
	void whenTransactionRollsBackThenNothingGoesOut() {
		List<CompletableFuture<StreamPosition>> results = new ArrayList<>();
		this.transaction.executeWithoutResult((status) -> {
			results.add(publish("1"));
			status.setRollbackOnly();
		});
		assertThatIllegalStateException().isThrownBy(() -> this.transaction.executeWithoutResult((status) -> {
			results.add(publish("2"));
			throw new IllegalStateException("Caused on purpose");
		}));
		assertThat(this.backplane.published).isEmpty();
		assertThat(results).hasSize(2).allMatch(CompletableFuture::isCancelled);
	}

	@Test
	void whenCommitFailsThenNothingGoesOut() {
		List<CompletableFuture<StreamPosition>> results = new ArrayList<>();
		assertThatIllegalStateException().isThrownBy(() -> this.transaction.executeWithoutResult((status) -> {
			results.add(publish("1"));
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void beforeCommit(boolean readOnly) {
					throw new IllegalStateException("Caused on purpose");
				}

			});
		}));
		assertThat(this.backplane.published).isEmpty();
		assertThat(results).allMatch(CompletableFuture::isCancelled);
	}

	@Test
	void whenCallerOptsOutThenItGoesOutAtOnce() {
		this.transaction.executeWithoutResult((status) -> {
			publish("1");
			assertThat(this.realtime.to("contact").data("now").now().publish()).isCompleted();
			assertThat(this.backplane.published).containsExactly("contact \"now\"");
			status.setRollbackOnly();
		});
		assertThat(this.backplane.published).containsExactly("contact \"now\"");
	}

	@Test
	void whenSeveralArePublishedTogetherThenTheyGoOutAfterCommitOrNotAtAll() {
		List<CompletableFuture<List<StreamPosition>>> results = new ArrayList<>();
		this.transaction.executeWithoutResult((status) -> {
			results.add(this.realtime.toUsers(List.of("alice", "bob")).data("hi").publish());
			results.add(this.realtime.publishAll(List.of(this.realtime.to("contact").data("1"),
					this.realtime.to("contact").data("now").now(), this.realtime.to("contact").data("2"))));
			assertThat(this.backplane.published).containsExactly("contact \"now\"");
			assertThat(results).noneMatch(CompletableFuture::isDone);
		});
		assertThat(this.backplane.published).containsExactly("contact \"now\"", "@me \"hi\"", "@me \"hi\"",
				"contact \"1\"", "contact \"2\"");
		assertThat(results.get(1).join()).extracting(StreamPosition::offset).containsExactly(4L, 1L, 5L);
		results.clear();
		this.transaction.executeWithoutResult((status) -> {
			results.add(this.realtime.toAll(List.of("contact")).data("lost").publish());
			results.add(this.realtime.publishAll(List.of(this.realtime.to("contact").data("lost"))));
			results.add(this.realtime.publishAll(
					List.of(this.realtime.to("contact").data("kept").now(), this.realtime.to("contact").data("lost"))));
			status.setRollbackOnly();
		});
		assertThat(this.backplane.published).hasSize(6).last().isEqualTo("contact \"kept\"");
		assertThat(results.subList(0, 2)).allMatch(CompletableFuture::isCancelled);
		assertThat(results.get(2)).isCompletedExceptionally();
	}

	@Test
	void programmingErrorsThrowAtOnceAlsoInATransaction() {
		this.transaction.executeWithoutResult((status) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> this.realtime.publish("unknown", 1));
			assertThatIllegalArgumentException().isThrownBy(() -> publish("x".repeat(1000)));
		});
	}

	@Test
	void publicationsOfAfterCommitCallbacksGoOut() {
		List<CompletableFuture<StreamPosition>> results = new ArrayList<>();
		this.transaction.executeWithoutResult((status) -> {
			publish("1");
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCommit() {
					results.add(publish("2"));
				}

			});
		});
		assertThat(this.backplane.published).containsExactly("contact \"1\"", "contact \"2\"");
		assertThat(results).hasSize(1).allMatch(CompletableFuture::isDone);
	}

	@Test
	void publicationsOfAfterCompletionCallbacksGoOut() {
		this.transaction.executeWithoutResult((status) -> {
			publish("1");
			TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {

				@Override
				public void afterCompletion(int status) {
					publish("completed");
				}

			});
		});
		assertThat(this.backplane.published).containsExactly("contact \"1\"", "contact \"completed\"");
	}

	@Test
	void publicationsOfTransactionalEventListenersGoOut() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean(Realtime.class, () -> this.realtime);
			context.register(ListenerConfiguration.class);
			context.refresh();
			this.transaction.executeWithoutResult((status) -> context.publishEvent("committed"));
			assertThat(this.backplane.published).containsExactly("contact \"committed\"");
			this.transaction.executeWithoutResult((status) -> {
				context.publishEvent("rolled back");
				status.setRollbackOnly();
			});
			assertThat(this.backplane.published).containsExactly("contact \"committed\"");
		}
	}

	@Test
	void whenBackplaneFailsThenOnlyTheFutureFails() {
		this.backplane.answer = () -> CompletableFuture.failedFuture(new IllegalStateException("Redis is away"));
		assertThat(publish("1")).isCompletedExceptionally();
		List<CompletableFuture<StreamPosition>> results = new ArrayList<>();
		this.transaction.executeWithoutResult((status) -> {
			this.jdbc.update("insert into contact values (1)");
			results.add(publish("2"));
			results.add(publish("3"));
		});
		assertThat(results).hasSize(2).allMatch(CompletableFuture::isCompletedExceptionally);
		assertThat(this.backplane.published).hasSize(3);
		assertThat(this.jdbc.queryForObject("select count(*) from contact", Integer.class)).isEqualTo(1);
	}

	@Test
	void whenBackplaneThrowsThenOnlyTheFutureFails() {
		this.backplane.answer = () -> {
			throw new IllegalStateException("Not started");
		};
		assertThat(publish("1")).isCompletedExceptionally();
		List<CompletableFuture<StreamPosition>> results = new ArrayList<>();
		this.transaction.executeWithoutResult((status) -> {
			results.add(publish("2"));
			results.add(publish("3"));
		});
		assertThat(results).hasSize(2).allMatch(CompletableFuture::isCompletedExceptionally);
	}

	@Test
	void whenBackplaneAnswersLaterThenTheFutureIsDoneLater() {
		CompletableFuture<StreamPosition> later = new CompletableFuture<>();
		this.backplane.answer = () -> later;
		List<CompletableFuture<StreamPosition>> results = new ArrayList<>();
		this.transaction.executeWithoutResult((status) -> results.add(publish("1")));
		assertThat(results.get(0)).isNotDone();
		later.complete(new StreamPosition("e", 7));
		assertThat(results.get(0)).isCompletedWithValue(new StreamPosition("e", 7));
	}

	@Test
	void whenNewTransactionCommitsInsideOneThatRollsBackThenOnlyItsPublicationsGoOut() {
		TransactionTemplate requiresNew = nested(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.transaction.executeWithoutResult((outer) -> {
			publish("outer 1");
			requiresNew.executeWithoutResult((inner) -> publish("inner"));
			assertThat(this.backplane.published).containsExactly("contact \"inner\"");
			publish("outer 2");
			outer.setRollbackOnly();
		});
		assertThat(this.backplane.published).containsExactly("contact \"inner\"");
	}

	@Test
	void whenNewTransactionRollsBackInsideOneThatCommitsThenItsPublicationsDoNotGoOut() {
		TransactionTemplate requiresNew = nested(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
		this.transaction.executeWithoutResult((outer) -> {
			publish("outer 1");
			requiresNew.executeWithoutResult((inner) -> {
				publish("inner");
				inner.setRollbackOnly();
			});
			publish("outer 2");
		});
		assertThat(this.backplane.published).containsExactly("contact \"outer 1\"", "contact \"outer 2\"");
	}

	@Test
	void whenThereIsNoTransactionInsideOneThenItGoesOutAtOnce() {
		TransactionTemplate notSupported = nested(TransactionDefinition.PROPAGATION_NOT_SUPPORTED);
		this.transaction.executeWithoutResult((outer) -> {
			notSupported.executeWithoutResult((inner) -> publish("inner"));
			assertThat(this.backplane.published).containsExactly("contact \"inner\"");
		});
	}

	@Test
	void whenTransactionRollsBackToASavepointThenWhatCameAfterItDoesNotGoOut() {
		TransactionTemplate nested = nested(TransactionDefinition.PROPAGATION_NESTED);
		List<CompletableFuture<StreamPosition>> results = new ArrayList<>();
		this.transaction.executeWithoutResult((outer) -> {
			publish("before");
			nested.executeWithoutResult((inner) -> {
				results.add(publish("nested"));
				nested.executeWithoutResult((innermost) -> results.add(publish("innermost")));
				inner.setRollbackOnly();
			});
			assertThat(results).hasSize(2).allMatch(CompletableFuture::isCancelled);
			publish("after");
		});
		assertThat(this.backplane.published).containsExactly("contact \"before\"", "contact \"after\"");
	}

	@Test
	void whenTransactionReleasesASavepointThenWhatCameAfterItGoesOut() {
		TransactionTemplate nested = nested(TransactionDefinition.PROPAGATION_NESTED);
		this.transaction.executeWithoutResult((outer) -> {
			publish("before");
			nested.executeWithoutResult((inner) -> publish("nested"));
			Object savepoint = createSavepoint(outer);
			publish("lost");
			outer.rollbackToSavepoint(savepoint);
			outer.releaseSavepoint(savepoint);
		});
		assertThat(this.backplane.published).containsExactly("contact \"before\"", "contact \"nested\"");
	}

	private static Object createSavepoint(TransactionStatus status) {
		return status.createSavepoint();
	}

	private TransactionTemplate nested(int propagation) {
		TransactionTemplate template = new TransactionTemplate(this.transactionManager);
		template.setPropagationBehavior(propagation);
		return template;
	}

	private CompletableFuture<StreamPosition> publish(String data) {
		return this.realtime.publish("contact", data);
	}

	@RealtimeTopic(canSubscribe = "permitAll")
	record Contact() {

	}

	@EnableTransactionManagement
	static class ListenerConfiguration {

		private final Realtime realtime;

		ListenerConfiguration(Realtime realtime) {
			this.realtime = realtime;
		}

		@TransactionalEventListener(phase = TransactionPhase.AFTER_COMMIT)
		void committed(String text) {
			this.realtime.publish("contact", text);
		}

	}

}
