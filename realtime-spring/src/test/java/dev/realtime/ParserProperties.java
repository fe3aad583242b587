package dev.realtime;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import dev.realtime.core.MessageFilter;
import dev.realtime.json.FilterParser;
import dev.realtime.json.InvalidFilterException;
import dev.realtime.stomp.TestDestinations;
import dev.realtime.token.ConnectionTokens;
import dev.realtime.token.InvalidTokenException;
import dev.realtime.token.SigningKeys;
import dev.realtime.token.TokenSubject;
import dev.realtime.topic.TestTopics;
import dev.realtime.topic.Topic;
import dev.realtime.topic.TopicName;
import dev.realtime.topic.Topics;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What holds for our parsers whatever a client writes: for {@link ParserFuzzTests} in
 * every build, and for {@code JazzerTests} in the profile {@code fuzz}.
 */
final class ParserProperties {

	static final List<String> FILTERS = List.of("{\"id\":5}", "{\"a\":[1,2.50,null,\"x\",true],\"b\":\"y\"}", "{}",
			"{\"\":[\"\"]}");

	static final List<String> POSITIONS = List.of("abc-17", "k3f9-0", "a-9223372036854775807");

	static final List<String> NAMES = List.of("contact.updated", "document.42", "a:b.c_d-e");

	static final List<String> DESTINATIONS = List.of("/realtime/contact.updated", "/realtime/document.42",
			"/realtime/room.a:b.c_d-e", "/realtime/document.{id}");

	private static final Topics TOPICS = TestTopics.of(Contact.class, Document.class, Room.class);

	/** The same, said in another way. */
	private static final Pattern DESTINATION = Pattern
		.compile("/realtime/(contact\\.updated|document\\.[\\w:-]+|room\\.[\\w:-]+\\.[\\w:-]+)");

	private static final ConnectionTokens TOKENS = new ConnectionTokens(
			SigningKeys.of("0123456789abcdef0123456789abcdef", List.of()), Duration.ofHours(2), InstantSource.system());

	private static final String TOKEN = TOKENS.issue(new TokenSubject("alice", new Tenant("acme"), null), false, null)
		.value();

	static final List<String> TOKENS_TO_START_FROM = List.of(TOKEN, "a.b.c");

	private static final FilterParser FILTER_PARSER = new FilterParser(1024, 8, 128);

	private ParserProperties() {
	}

	static void filterIsReadOrRefused(String text) {
		try {
			TopicFilter filter = FILTER_PARSER.parse(text);
			assertThat(filter.values()).hasSizeLessThanOrEqualTo(8);
			MessageFilter matcher = MessageFilter.of(filter.values());
			matcher.matches(Map.of("id", 5L, "a", "x"));
			assertThat(MessageFilter.of(filter.values())).isEqualTo(matcher);
		}
		catch (InvalidFilterException ex) {
			assertThat(ex.getDetail()).matches("[A-Z][a-zA-Z0-9 ',]+");
		}
	}

	static void positionIsReadBackOrRefused(String text) {
		try {
			assertThat(StreamPosition.parse(text)).hasToString(text);
		}
		catch (IllegalArgumentException ex) {
			assertThat(ex).hasMessageNotContaining("\n");
		}
	}

	static void nameIsWhatItWasOrRefused(String text) {
		try {
			assertThat(TopicName.parse(text)).hasToString(text);
			assertThat(text).matches("([A-Za-z0-9_:-]+|\\{[A-Za-z0-9_]+})(\\.([A-Za-z0-9_:-]+|\\{[A-Za-z0-9_]+}))*");
		}
		catch (IllegalArgumentException ex) {
			assertThat(text).satisfiesAnyOf((name) -> assertThat(name).hasSizeGreaterThan(200),
					(name) -> assertThat(name).containsPattern("[^A-Za-z0-9_:.-]"),
					(name) -> assertThat("." + name + ".").contains(".."));
		}
	}

	/**
	 * What clients subscribe and send to is one channel of one topic, and is written back
	 * the same.
	 */
	static void destinationIsAChannelOrRefused(String text) {
		String name = TestDestinations.topicName(text);
		Topic topic = (name != null) ? TOPICS.find(name) : null;
		Map<String, String> variables = (topic != null) ? topic.match(name) : null;
		if (variables == null) {
			assertThat(text).satisfiesAnyOf((refused) -> assertThat(refused).doesNotMatch(DESTINATION),
					(refused) -> assertThat(name).hasSizeGreaterThan(200));
			return;
		}
		assertThat(text).matches(DESTINATION);
		assertThat("/realtime/" + topic.name().render(List.copyOf(variables.values()))).isEqualTo(text);
		assertThat(TOPICS.all()).filteredOn((other) -> other.match(name) != null).containsExactly(topic);
	}

	static void tokenIsTheOneThatWasIssuedOrRefused(String text) {
		try {
			TOKENS.authenticate(text);
			assertThat(text).isEqualTo(TOKEN);
		}
		catch (InvalidTokenException ex) {
			assertThat(text).isNotEqualTo(TOKEN);
		}
	}

	@RealtimeTopic(name = "contact.updated", canSubscribe = "permitAll")
	record Contact() {

	}

	@RealtimeTopic(name = "document.{id}", canSubscribe = "permitAll")
	record Document() {

	}

	@RealtimeTopic(name = "room.{building}.{floor}", canSubscribe = "permitAll")
	record Room() {

	}

}
