package dev.realtime.token;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.realtime.Overflow;
import dev.realtime.Presence;
import dev.realtime.Replay;
import dev.realtime.Scope;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.core.HistoryOptions;
import dev.realtime.json.FilterParser;
import dev.realtime.topic.ChannelSettings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a subscription token is bound to.
 */
@Timeout(60)
@Tag("T6")
class SubscriptionTokensTests {

	static final ChannelSettings SETTINGS = new ChannelSettings(Scope.USER, List.of("id", "kind"),
			new HistoryOptions(7, Duration.ofMillis(1234), 9), Replay.NONE, Overflow.CONFLATE);

	private static final TokenSubject ALICE = new TokenSubject("alice", new Tenant("acme"), "hash");

	private static final FilterParser PARSER = new FilterParser(1024, 8, 128);

	private Instant now = Instant.parse("2030-01-01T00:00:00Z");

	private final SubscriptionTokens tokens = new SubscriptionTokens(
			SigningKeys.of("0123456789abcdef0123456789abcdef", List.of()), Duration.ofSeconds(60), () -> this.now);

	@Test
	void whenATopicHasPresenceThenTheTokenSaysWhatIsSeen() throws Exception {
		for (PresenceGrant presence : List.of(new PresenceGrant(Presence.COUNT, false, null),
				new PresenceGrant(Presence.MEMBERS, true, "{\"name\":\"Alice \\\"A\\\"\"}"))) {
			String token = issue(ALICE, "document.42", "{}", new SubscriptionGrant(SETTINGS, null, presence, false));
			assertThat(this.tokens.verify(token, ALICE, "document.42", TopicFilter.none()).presence())
				.isEqualTo(presence);
		}
	}

	@Test
	void tokenSaysWhatARelayHasToKnow() throws Exception {
		Instant recheckAt = this.now.plusSeconds(600);
		String token = issue(ALICE, "document.42", "{\"id\":5}", new SubscriptionGrant(SETTINGS, recheckAt));
		assertThat(this.tokens.verify(token, ALICE, "document.42", PARSER.parse("{\"id\":5}")))
			.isEqualTo(new SubscriptionGrant(SETTINGS, recheckAt, this.now, PresenceGrant.NONE, false));
		ChannelSettings other = new ChannelSettings(Scope.TENANT, List.of(),
				new HistoryOptions(0, Duration.ofDays(365), 0), Replay.LAST, Overflow.DISCONNECT);
		token = issue(ALICE, "document.42", "{}", new SubscriptionGrant(other, null));
		assertThat(this.tokens.verify(token, ALICE, "document.42", TopicFilter.none()))
			.isEqualTo(new SubscriptionGrant(other, null, this.now, PresenceGrant.NONE, false));
	}

	@Test
	void whenTheRuleWantsToBeAskedAgainThenTokenEnds() throws Exception {
		String token = issue(ALICE, "news", "{}", new SubscriptionGrant(SETTINGS, this.now.plusSeconds(10)));
		this.now = this.now.plusSeconds(10);
		assertThatExceptionOfType(InvalidTokenException.class)
			.isThrownBy(() -> this.tokens.verify(token, ALICE, "news", TopicFilter.none()));
	}

	@ParameterizedTest
	@MethodSource
	void whenAnythingIsAnotherThenTokenIsRefused(TokenSubject subject, String topic, String filter) throws Exception {
		String token = issue(ALICE, "document.42", "{\"id\":5}", new SubscriptionGrant(SETTINGS, null));
		TopicFilter shown = PARSER.parse(filter);
		assertThatExceptionOfType(InvalidTokenException.class)
			.isThrownBy(() -> this.tokens.verify(token, subject, topic, shown));
	}

	static Stream<Object[]> whenAnythingIsAnotherThenTokenIsRefused() {
		String filter = "{\"id\":5}";
		return Stream.of(new Object[] { new TokenSubject("bob", new Tenant("acme"), "hash"), "document.42", filter },
				new Object[] { new TokenSubject("ALICE", new Tenant("acme"), "hash"), "document.42", filter },
				new Object[] { new TokenSubject("alice", new Tenant("globex"), "hash"), "document.42", filter },
				new Object[] { new TokenSubject("alice", new Tenant("acme"), "other"), "document.42", filter },
				new Object[] { new TokenSubject("alice", new Tenant("acme"), null), "document.42", filter },
				new Object[] { ALICE, "document.43", filter }, new Object[] { ALICE, "Document.42", filter },
				new Object[] { ALICE, "document.42", "{}" }, new Object[] { ALICE, "document.42", "{\"id\":6}" },
				new Object[] { ALICE, "document.42", "{\"id\":\"5\"}" },
				new Object[] { ALICE, "document.42", "{\"id\":[5,6]}" },
				new Object[] { ALICE, "document.42", "{\"id\":null}" },
				new Object[] { ALICE, "document.42", "{\"id\":5,\"kind\":null}" },
				new Object[] { ALICE, "document.42", "{\"Id\":5}" },
				new Object[] { ALICE, "document.42", "{\"id\":5.0000000000000001}" });
	}

	@Test
	void whenTokenWasIssuedWithoutSessionThenItHoldsInAll() throws Exception {
		String token = issue(new TokenSubject("alice", new Tenant("acme"), null), "news", "{}",
				new SubscriptionGrant(SETTINGS, null));
		this.tokens.verify(token, ALICE, "news", TopicFilter.none());
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{"a":5}                  | {"a":5.0}
			{"a":5}                  | {"a":[5]}
			{"a":5}                  | {"a":[5,5.00,5e0]}
			{"a":[5,6]}              | {"a":[6,5]}
			{"a":1,"b":2}            | {"b":2,"a":1}
			{"a":0}                  | {"a":-0.0}
			{"a":100}                | {"a":1e2}
			{"a":"x"}                | {"a":"\\u0078"}
			{"a":"\u00e4"}           | {"a":"\\u00e4"}
			{"a":1e400}              | {"a":10e399}
			{"a":0.10}               | {"a":1e-1}
			""")
	void filtersThatChooseTheSameAreTheSame(String one, String other) throws Exception {
		assertThat(CanonicalFilter.text(PARSER.parse(one))).isEqualTo(CanonicalFilter.text(PARSER.parse(other)));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{}                       | {"a":null}
			{"a":5}                  | {"a":"5"}
			{"a":null}               | {"a":"null"}
			{"a":true}               | {"a":"true"}
			{"a":"b"}                | {"b":"a"}
			{"a":[1,2]}              | {"a":"1,2"}
			{"a":["1","2"]}          | {"a":"1\\",\\"2"}
			{"a":"\\ud800"}          | {"a":"?"}
			{"a":"\\ud800"}          | {"a":"\\ud801"}
			{"a\\":[1],\\"b":[2]}    | {"a":[1],"b":[2]}
			{"a":9223372036854775807}| {"a":9223372036854775808}
			{"a":"e\u0301"}          | {"a":"\u00e9"}
			""")
	void filtersThatChooseDifferentlyDiffer(String one, String other) throws Exception {
		assertThat(CanonicalFilter.text(PARSER.parse(one))).isNotEqualTo(CanonicalFilter.text(PARSER.parse(other)));
	}

	@Test
	void filterOfTheApplicationIsTheOneOfTheClient() throws Exception {
		TopicFilter ours = TopicFilter.ofMap(Map.of("id", List.of(7L, 5), "kind", "x", "part", 1.50));
		assertThat(CanonicalFilter.text(ours))
			.isEqualTo(CanonicalFilter.text(PARSER.parse("{\"part\":1.5,\"id\":[5,7],\"kind\":\"x\"}")));
		assertThat(CanonicalFilter.text(TopicFilter.ofMap(Map.of()))).isEqualTo("{}");
	}

	@Test
	void largestFilterMakesNoLargerToken() throws Exception {
		String filter = "{\"a\":\"" + "x".repeat(1000) + "\"}";
		assertThat(issue(ALICE, "document.42", filter, new SubscriptionGrant(SETTINGS, null))).hasSizeLessThan(1000);
	}

	private String issue(TokenSubject subject, String topic, String filter, SubscriptionGrant grant) throws Exception {
		return this.tokens.issue(subject, topic, PARSER.parse(filter), grant).value();
	}

}
