package dev.realtime.autoconfigure;

import java.util.List;
import java.util.stream.Stream;

import dev.realtime.CanSubscribe;
import dev.realtime.History;
import dev.realtime.RealtimeTopic;
import dev.realtime.TopicVariable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InvalidTopicFailureAnalyzer}: what developers read when a topic can
 * not work.
 */
@Timeout(120)
class InvalidTopicFailureAnalyzerTests {

	private static final String WRITE_A_RULE = "Say who may subscribe: either with a method such as "
			+ "'@CanSubscribe boolean canSubscribe(Authentication user)', or with an expression such as "
			+ "'@RealtimeTopic(canSubscribe = \"isAuthenticated()\")'.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(RealtimeAutoConfiguration.class));

	@Test
	void isRegistered() {
		List<String> analyzers = SpringFactoriesLoader.forDefaultResourceLocation()
			.load(FailureAnalyzer.class, (type, name, failure) -> {
			})
			.stream()
			.map((analyzer) -> analyzer.getClass().getName())
			.toList();
		assertThat(analyzers).contains(InvalidTopicFailureAnalyzer.class.getName());
	}

	@ParameterizedTest
	@MethodSource
	void saysWhichTopicCanNotWorkAndWhatToWrite(Class<?> topic, String description, String action) {
		this.runner.withUserConfiguration(topic).run((context) -> {
			FailureAnalysis analysis = new InvalidTopicFailureAnalyzer().analyze(context.getStartupFailure());
			assertThat(analysis).isNotNull();
			assertThat(analysis.getDescription()).isEqualTo(description.replace("TYPE", topic.getName()));
			assertThat(analysis.getAction()).isEqualTo(action);
		});
	}

	static Stream<Arguments> saysWhichTopicCanNotWorkAndWhatToWrite() {
		return Stream.of(Arguments.of(NoRule.class, "Topic 'no.rule' (TYPE) has no rule.", WRITE_A_RULE),
				Arguments.of(TwoRules.class, "Topic 'two.rules' (TYPE) has more than one rule.",
						"Keep one @CanSubscribe method, or the expression, and remove the others."),
				Arguments.of(WrongType.class, "The rule TYPE.canSubscribe of topic 'wrong.type' answers void.",
						"Let it answer boolean: true for those who may subscribe, or a Decision."),
				Arguments.of(PrivateRule.class,
						"The rule TYPE.canSubscribe of topic 'private.rule' is private, so that proxies can not call "
								+ "it.",
						"Remove 'private'."),
				Arguments.of(RecordRule.class,
						"The rule TYPE.canSubscribe of topic 'record.rule' is an instance method of a record, of "
								+ "which there is no instance when somebody subscribes.",
						"Make it static, or write an expression: @RealtimeTopic(canSubscribe = \"...\")."),
				Arguments.of(UnknownParameter.class,
						"The rule TYPE.canSubscribe of topic 'unknown.parameter' has a parameter that nobody can "
								+ "supply: java.lang.String id.",
						"A rule takes TopicFilter or Map<String, Object> (the filter), @TopicVariable, Principal or "
								+ "Authentication, @AuthenticationPrincipal, and Tenant. Other beans belong into the "
								+ "constructor of the topic class."),
				Arguments.of(UnknownVariable.class,
						"The rule TYPE.canSubscribe of topic 'document.{id}' takes the variable 'key', which the name "
								+ "does not have.",
						"Add it to the name, such as 'document.{id}', or take one of [id]."),
				Arguments.of(BadName.class,
						"The name 'a b' of topic TYPE is not valid: 'a b' is neither a variable such as {id} nor made "
								+ "of letters, digits, '_', ':' and '-'.",
						"Write segments joined by dots, such as 'contact.updated' or 'document.{id}'."),
				Arguments.of(BadHistory.class, "The history ttl 'soon' of topic TYPE is not valid.",
						"Write a positive duration such as '10m' or 'PT10M'."),
				Arguments.of(BadExpression.class,
						"The expression 'hasRole(' of topic 'bad.expression' (TYPE) is not valid: EL1051E: Unexpectedly "
								+ "ran out of arguments.",
						"Write a Spring Security expression such as \"hasRole('ADMIN')\"."));
	}

	@Test
	void saysWhichTopicsHaveOneName() {
		this.runner.withUserConfiguration(One.class, Other.class).run((context) -> {
			FailureAnalysis analysis = new InvalidTopicFailureAnalyzer().analyze(context.getStartupFailure());
			assertThat(analysis).isNotNull();
			assertThat(analysis.getDescription()).isEqualTo("The topics document.{id} (" + One.class.getName()
					+ ") and document.archive (" + Other.class.getName() + ") could both be meant by the same name.");
			assertThat(analysis.getAction()).isEqualTo("Give one of them another name. A variable stands for one "
					+ "segment, so 'document.{id}' and 'document.archive' are ambiguous, 'document.{id}' and "
					+ "'documents.archive' are not.");
		});
	}

	@RealtimeTopic
	static class NoRule {

	}

	@RealtimeTopic(canSubscribe = "permitAll")
	static class TwoRules {

		@CanSubscribe
		boolean canSubscribe() {
			return true;
		}

	}

	@RealtimeTopic
	static class WrongType {

		@CanSubscribe
		void canSubscribe() {
		}

	}

	@RealtimeTopic
	static class PrivateRule {

		@CanSubscribe
		private boolean canSubscribe() {
			return true;
		}

	}

	@RealtimeTopic
	record RecordRule() {

		@CanSubscribe
		boolean canSubscribe() {
			return true;
		}

	}

	@RealtimeTopic("unknown.parameter")
	static class UnknownParameter {

		@CanSubscribe
		boolean canSubscribe(String id) {
			return true;
		}

	}

	@RealtimeTopic("document.{id}")
	static class UnknownVariable {

		@CanSubscribe
		boolean canSubscribe(@TopicVariable String key) {
			return true;
		}

	}

	@RealtimeTopic(name = "a b", canSubscribe = "permitAll")
	static class BadName {

	}

	@RealtimeTopic(canSubscribe = "permitAll", history = @History(ttl = "soon"))
	static class BadHistory {

	}

	@RealtimeTopic(canSubscribe = "hasRole(")
	static class BadExpression {

	}

	@RealtimeTopic(name = "document.{id}", canSubscribe = "permitAll")
	static class One {

	}

	@RealtimeTopic(name = "document.archive", canSubscribe = "permitAll")
	static class Other {

	}

}
