package dev.realtime.event;

import java.util.EventObject;
import java.util.stream.Stream;

import dev.realtime.PublishesTo;
import dev.realtime.RealtimeTopic;
import dev.realtime.Scope;
import dev.realtime.topic.InvalidTopicException;
import dev.realtime.topic.TestTopics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is told at start-up of events that could not be published.
 */
@Timeout(30)
class EventTopicsTests {

	private static final String TYPE = "dev.realtime.event.EventTopicsTests$";

	private final EventTopics topics = topics(false, false);

	private static Stream<Arguments> mistakes() {
		return Stream.of(
				Arguments.of(UnknownTopic.class, "is published to topic 'document.{id}', which does not exist.",
						"Declare a class with @RealtimeTopic(\"document.{id}\"), or correct @PublishesTo; there are ["),
				Arguments.of(NoVariable.class, "is published to topic 'contact', which does not exist.",
						"Declare a class with @RealtimeTopic(\"contact\"), or correct"),
				Arguments.of(NoProperty.class,
						"has no property 'number' to fill in topic 'contact.{number}' of @PublishesTo.",
						"Put the name of a record component, or of a property with a getter, between the braces."),
				Arguments.of(NoGetter.class, "has no property 'id' to fill in topic 'contact.{id}' of @PublishesTo.",
						"Put the name of"),
				Arguments.of(InvalidName.class,
						"The topic 'contact {id}' in @PublishesTo of TYPE is not valid: 'contact {id}' is neither",
						"Write the name of a topic, with properties of the event as its variables"),
				Arguments.of(InvalidExpression.class,
						"The expression '{id' for 'data' in @PublishesTo of TYPE is not valid: ",
						"Write a SpEL expression on the event, such as \"tenantId\" or \"{id: id}\"."));
	}

	@ParameterizedTest
	@MethodSource("mistakes")
	void whenEventCanNotBePublishedThenItSaysWhyAndWhatToWrite(Class<?> type, String description, String action) {
		assertThatExceptionOfType(InvalidTopicException.class).isThrownBy(() -> this.topics.check(type))
			.satisfies((ex) -> assertThat(ex.getMessage()).contains(type.getName())
				.contains(description.replace("TYPE", type.getName())))
			.satisfies((ex) -> assertThat(ex.getAction()).startsWith(action));
	}

	@Test
	void whenNobodyIsLoggedInThenEventHasToNameTenantAndUser() {
		EventTopics republished = topics(true, true);
		assertThatExceptionOfType(InvalidTopicException.class).isThrownBy(() -> republished.check(Renamed.class))
			.withMessageContaining(TYPE + "Renamed does not say which tenant it is for")
			.satisfies((ex) -> assertThat(ex.getAction())
				.contains("@PublishesTo(value = \"contact.{id}\", tenant = \"tenantId\")"));
		assertThatExceptionOfType(InvalidTopicException.class).isThrownBy(() -> republished.check(Mailed.class))
			.withMessageContaining(TYPE + "Mailed does not say which user's channel of 'inbox' it goes to")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("user = \"username\""));
		assertThatCode(() -> republished.check(Complete.class)).doesNotThrowAnyException();
		assertThatCode(() -> republished.check(Global.class)).doesNotThrowAnyException();
		assertThatCode(() -> topics(true, false).check(Renamed.class)).doesNotThrowAnyException();
		assertThatCode(() -> topics(false, true).check(Renamed.class)).doesNotThrowAnyException();
	}

	@Test
	void whenClassIsAnnotatedSomehowThenItsEventsArePublished() {
		assertThat(EventTopics.isPublished(Renamed.class)).isTrue();
		assertThat(EventTopics.isPublished(Complete.class)).isTrue();
		assertThat(EventTopics.isPublished(Special.class)).isTrue();
		assertThat(EventTopics.isPublished(String.class)).isFalse();
		assertThat(this.topics.of(Complete.class)).hasSize(2);
		assertThat(this.topics.of(Special.class)).hasSize(1);
	}

	private static EventTopics topics(boolean tenantRequired, boolean republished) {
		return new EventTopics(TestTopics.of(ContactTopic.class, InboxTopic.class, NewsTopic.class), tenantRequired,
				republished);
	}

	@RealtimeTopic(name = "contact.{id}", canSubscribe = "permitAll()")
	static class ContactTopic {

	}

	@RealtimeTopic(name = "inbox", scope = Scope.USER, canSubscribe = "permitAll()")
	static class InboxTopic {

	}

	@RealtimeTopic(name = "news", scope = Scope.GLOBAL, canSubscribe = "permitAll()")
	static class NewsTopic {

	}

	@PublishesTo("contact.{id}")
	record Renamed(long id) {

	}

	@PublishesTo(value = "contact.{contactId}", tenant = "company", event = "renamed", data = "{id: contactId}")
	@PublishesTo(value = "inbox", tenant = "company", user = "owner")
	record Complete(long contactId, String company, String owner) {

	}

	@PublishesTo(value = "inbox", tenant = "company")
	record Mailed(String company) {

	}

	@PublishesTo("news")
	record Global(String text) {

	}

	@PublishesTo("contact.{source}")
	static class General extends EventObject {

		General(long id) {
			super(id);
		}

	}

	static class Special extends General {

		Special(long id) {
			super(id);
		}

	}

	@PublishesTo("document.{id}")
	record UnknownTopic(long id) {

	}

	@PublishesTo("contact")
	record NoVariable(long id) {

	}

	@PublishesTo("contact.{number}")
	record NoProperty(long id) {

	}

	@PublishesTo("contact.{id}")
	static class NoGetter {

		long id;

	}

	@PublishesTo("contact {id}")
	record InvalidName(long id) {

	}

	@PublishesTo(value = "contact.{id}", data = "{id")
	record InvalidExpression(long id) {

	}

}
