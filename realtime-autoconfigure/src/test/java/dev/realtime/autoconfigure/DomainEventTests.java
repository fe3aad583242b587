package dev.realtime.autoconfigure;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.realtime.PublishesTo;
import dev.realtime.RealtimeTopic;
import dev.realtime.Scope;
import dev.realtime.autoconfigure.events.UnpublishableEvents;
import dev.realtime.core.Backplane;
import dev.realtime.core.ChannelId;
import dev.realtime.core.InMemoryBackplane;
import dev.realtime.core.PublicationRequest;
import dev.realtime.event.EventPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurationPackage;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Application events that are published to topics, without an outbox.
 */
@Timeout(60)
class DomainEventTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RealtimeAutoConfiguration.class,
				RealtimeModulithAutoConfiguration.class, DataSourceAutoConfiguration.class,
				DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class))
		.withUserConfiguration(TestConfiguration.class)
		.withPropertyValues("spring.datasource.generate-unique-name=true");

	@Test
	void whenTransactionCommitsThenEventsArePublishedInOrder() {
		this.runner.run((context) -> {
			context.getBean(TransactionTemplate.class).executeWithoutResult((status) -> {
				context.publishEvent(new ContactRenamed(5, "Ada", "acme"));
				context.publishEvent(new ContactRenamed(6, "Bob", "acme"));
				assertThat(published(context)).isEmpty();
			});
			assertThat(published(context)).containsExactly(
					"acme contact.5 renamed {\"contactId\":5,\"name\":\"Ada\",\"company\":\"acme\"}",
					"acme contact.6 renamed {\"contactId\":6,\"name\":\"Bob\",\"company\":\"acme\"}");
		});
	}

	@Test
	void whenTransactionRollsBackThenNothingIsPublished() {
		this.runner.run((context) -> {
			context.getBean(TransactionTemplate.class).executeWithoutResult((status) -> {
				context.publishEvent(new ContactRenamed(5, "Ada", "acme"));
				status.setRollbackOnly();
			});
			assertThat(published(context)).isEmpty();
		});
	}

	@Test
	void whenThereIsNoTransactionThenEventIsPublishedAtOnce() {
		this.runner.run((context) -> {
			context.publishEvent(new Changed(1));
			context.publishEvent("something else");
			assertThat(published(context)).containsExactly("default contact.1 null {\"id\":1}");
		});
	}

	@Test
	void whenEventNamesSeveralTopicsThenItIsPublishedToEach() {
		this.runner.run((context) -> {
			context.publishEvent(new Assigned(5, "acme", "sam"));
			assertThat(published(context)).containsExactly("acme contact.5 null {\"id\":5}",
					"acme/sam inbox assigned {\"text\":\"Contact 5 is yours\"}");
		});
	}

	@Test
	void whenEventCanNotBePublishedThenItThrowsWhereItIsPublished() {
		this.runner.withPropertyValues("realtime.tenant.required=true").run((context) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> context.publishEvent(new Noted("a.b", "acme")))
				.withMessageContaining("has a value that is not made of letters");
			assertThatIllegalArgumentException().isThrownBy(() -> context.publishEvent(new Noted(null, "acme")))
				.withMessageContaining("'id' of topic 'contact.{id}' has no value");
			assertThatIllegalArgumentException().isThrownBy(() -> context.publishEvent(new Noted("1", null)))
				.withMessageContaining("'tenantId' in @PublishesTo of " + Noted.class.getName() + " has no value");
			assertThatIllegalStateException().isThrownBy(() -> context.publishEvent(new Changed(1)))
				.withMessageStartingWith("No tenant");
			assertThat(published(context)).isEmpty();
		});
	}

	@Test
	void whenEventInAPackageOfTheApplicationCanNotBePublishedThenItDoesNotStart() {
		this.runner.withUserConfiguration(UnpublishableConfiguration.class).run((context) -> {
			FailureAnalysis analysis = new InvalidTopicFailureAnalyzer().analyze(context.getStartupFailure());
			assertThat(analysis.getDescription()).isEqualTo("The event " + UnpublishableEvents.class.getName()
					+ "$Deleted is published to topic 'deleted.{id}', which does not exist.");
			assertThat(analysis.getAction())
				.startsWith("Declare a class with @RealtimeTopic(\"deleted.{id}\"), or correct @PublishesTo");
		});
	}

	@Test
	void whenRealtimeIsSwitchedOffThenEventsAreJustEvents() {
		this.runner.withPropertyValues("realtime.enabled=false").run((context) -> {
			assertThat(context).doesNotHaveBean(EventPublisher.class);
			context.publishEvent(new ContactRenamed(5, "Ada", "acme"));
		});
	}

	@SuppressWarnings("unchecked")
	private static List<String> published(ApplicationContext context) {
		return context.getBean("published", List.class);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ ContactTopic.class, InboxTopic.class })
	static class TestConfiguration {

		@Bean
		List<String> published() {
			return new CopyOnWriteArrayList<>();
		}

		@Bean
		Backplane backplane(List<String> published) {
			Backplane backplane = new InMemoryBackplane(InstantSource.system(), new SecureRandom());
			return (Backplane) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] { Backplane.class },
					(proxy, method, args) -> {
						if (method.getName().equals("append") && args[0] instanceof ChannelId channel
								&& !isOfNodes(channel)) {
							published.add(text(channel, (PublicationRequest) args[1]));
						}
						try {
							return method.invoke(backplane, args);
						}
						catch (InvocationTargetException ex) {
							throw ex.getCause();
						}
					});
		}

		private static boolean isOfNodes(ChannelId channel) {
			return channel.name().startsWith("@");
		}

		private static String text(ChannelId channel, PublicationRequest request) {
			String owner = (channel.user() != null) ? channel.tenant() + "/" + channel.user() : channel.tenant();
			return owner + " " + channel.name() + " " + request.event() + " " + new String(request.data());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@AutoConfigurationPackage(basePackageClasses = UnpublishableEvents.class)
	static class UnpublishableConfiguration {

	}

	@RealtimeTopic(name = "contact.{id}", canSubscribe = "permitAll()")
	static class ContactTopic {

	}

	@RealtimeTopic(name = "inbox", scope = Scope.USER, canSubscribe = "permitAll()")
	static class InboxTopic {

	}

	@PublishesTo(value = "contact.{contactId}", event = "renamed", tenant = "company")
	record ContactRenamed(long contactId, String name, String company) {

	}

	@PublishesTo(value = "contact.{contact}", data = "{id: contact}", tenant = "company")
	@PublishesTo(value = "inbox", event = "assigned", data = "{text: 'Contact ' + contact + ' is yours'}",
			tenant = "company", user = "owner")
	record Assigned(long contact, String company, String owner) {

	}

	@PublishesTo(value = "contact.{id}", tenant = "tenantId")
	record Noted(String id, String tenantId) {

	}

	@PublishesTo(value = "contact.{source}", data = "{id: source}")
	static class Changed extends ApplicationEvent {

		Changed(long id) {
			super(id);
		}

	}

}
