package dev.realtime.topic;

import java.util.List;

import dev.realtime.RealtimeTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Topics}.
 */
@Timeout(30)
class TopicsTests {

	private final TopicFactory factory = TestTopics.factory();

	@Test
	void whenTwoTopicsHaveOneNameThenBothAreNamed() {
		assertThatExceptionOfType(InvalidTopicException.class)
			.isThrownBy(() -> topics(Document.class, SameDocument.class))
			.withMessage("The topics document.{id} (" + Document.class.getName() + ") and document.{id} ("
					+ SameDocument.class.getName() + ") could both be meant by the same name.")
			.satisfies((ex) -> assertThat(ex.getAction()).startsWith("Give one of them another name."));
	}

	@Test
	void whenLiteralCouldBeAVariableThenStartFails() {
		assertThatExceptionOfType(InvalidTopicException.class).isThrownBy(() -> topics(Document.class, Archive.class));
		assertThatExceptionOfType(InvalidTopicException.class).isThrownBy(() -> topics(Archive.class, Document.class));
	}

	@Test
	void findsByDeclaredAndByFilledInName() {
		Topics topics = topics(Document.class, Contact.class);
		assertThat(topics.find("contact")).hasToString("contact (" + Contact.class.getName() + ")");
		assertThat(topics.find("document.{id}")).isSameAs(topics.find("document.42")).isNotNull();
		assertThat(topics.all()).hasSize(2);
	}

	@Test
	void findsNothingByOtherNames() {
		Topics topics = topics(Document.class, Contact.class);
		assertThat(topics.find("document")).isNull();
		assertThat(topics.find("Contact")).isNull();
		assertThat(topics.find("contact.")).isNull();
		assertThat(topics.find("document.*")).isNull();
		assertThat(topics.find("")).isNull();
	}

	@Test
	void findsByPayloadType() {
		Topics topics = topics(Document.class, Contact.class);
		assertThat(topics.find(Contact.class)).isSameAs(topics.find("contact"));
		assertThat(topics.find(String.class)).isNull();
	}

	private Topics topics(Class<?>... types) {
		return new Topics(List.of(types).stream().map((type) -> this.factory.create(type, () -> {
			throw new IllegalStateException("No bean is needed");
		})).toList());
	}

	@RealtimeTopic(name = "document.{id}", canSubscribe = "permitAll")
	record Document(long id) {

	}

	@RealtimeTopic(name = "document.{id}", canSubscribe = "permitAll")
	record SameDocument(long id) {

	}

	@RealtimeTopic(name = "document.archive", canSubscribe = "permitAll")
	record Archive() {

	}

	@RealtimeTopic(canSubscribe = "permitAll")
	record Contact() {

	}

}
