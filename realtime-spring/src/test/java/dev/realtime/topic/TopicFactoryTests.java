package dev.realtime.topic;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import dev.realtime.CanSubscribe;
import dev.realtime.History;
import dev.realtime.Presence;
import dev.realtime.PresenceInfo;
import dev.realtime.PresenceMember;
import dev.realtime.PresenceStatus;
import dev.realtime.PresenceVisible;
import dev.realtime.RealtimeTopic;
import dev.realtime.Replay;
import dev.realtime.Scope;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.TopicVariable;
import dev.realtime.core.HistoryOptions;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TopicFactory}: what declarations mean and which are refused.
 */
@Timeout(30)
class TopicFactoryTests {

	private final TopicFactory factory = TestTopics.factory();

	@Test
	void whenNothingIsSaidThenNameComesFromTheClass() {
		assertThat(TopicFactory.defaultName(ContactUpdatedTopic.class)).isEqualTo("contact.updated");
		assertThat(TopicFactory.defaultName(URLChangedTopic.class)).isEqualTo("url.changed");
		assertThat(TopicFactory.defaultName(ContactURL.class)).isEqualTo("contact.url");
		assertThat(TopicFactory.defaultName(Html5PageTopic.class)).isEqualTo("html5.page");
		assertThat(TopicFactory.defaultName(Topic.class)).isEqualTo("topic");
		assertThat(TopicFactory.defaultName(Contact.class)).isEqualTo("contact");
	}

	@Test
	void whenNothingIsSaidThenDefaultsHold() {
		dev.realtime.topic.Topic topic = create(ContactUpdatedTopic.class);
		assertThat(topic.name()).hasToString("contact.updated");
		assertThat(topic.type()).isEqualTo(ContactUpdatedTopic.class);
		assertThat(topic.key()).isEmpty();
		assertThat(topic.history()).isEqualTo(TestTopics.DEFAULT_HISTORY);
		assertThat(topic.scope()).isEqualTo(Scope.TENANT);
		assertThat(topic.replay()).isEqualTo(Replay.LAST);
	}

	@Test
	void whenAllIsSaidThenItHolds() {
		dev.realtime.topic.Topic topic = create(Everything.class);
		assertThat(topic.name()).hasToString("every.{id}");
		assertThat(topic.key()).containsExactly("id", "kind");
		assertThat(topic.history()).isEqualTo(new HistoryOptions(7, Duration.ofMinutes(10), 1000));
		assertThat(topic.scope()).isEqualTo(Scope.USER);
		assertThat(topic.replay()).isEqualTo(Replay.NONE);
		assertThat(topic).hasToString("every.{id} (" + Everything.class.getName() + ")");
	}

	@Test
	void whenHistoryIsSwitchedOffThenNothingIsKept() {
		assertThat(create(NoHistory.class).history()).isEqualTo(new HistoryOptions(0, Duration.ofHours(1), 0));
	}

	@Test
	void onlyInstanceMethodsNeedABean() {
		assertThat(TopicFactory.needsBean(InstanceRule.class)).isTrue();
		assertThat(TopicFactory.needsBean(InheritedRule.class)).isTrue();
		assertThat(TopicFactory.needsBean(StaticRule.class)).isFalse();
		assertThat(TopicFactory.needsBean(Everything.class)).isFalse();
		assertThat(TopicFactory.needsBean(RecordWithInstanceRule.class)).isFalse();
	}

	@Test
	void whenPresenceIsDeclaredThenItHolds() throws Exception {
		dev.realtime.topic.Topic topic = TestTopics.factory().create(Lobby.class, Lobby::new);
		assertThat(topic.presence().mode()).isEqualTo(Presence.MEMBERS);
		assertThat(topic.presence().hasVisibility()).isTrue();
		assertThat(TopicFactory.needsBean(Lobby.class)).isTrue();
		SubscribeAttempt attempt = new SubscribeAttempt(new TestingAuthenticationToken("ada", ""), new Tenant("acme"),
				Map.of("id", "7"), TopicFilter.none());
		assertThat(topic.presence().info(attempt)).isEqualTo("{\"all\":[\"ada\",7,\"acme\"]}");
		PresenceMember member = new PresenceMember("ben", Map.of(), 1, PresenceStatus.ONLINE, null, Instant.EPOCH);
		assertThat(topic.presence().isVisible(member, attempt)).isTrue();
		assertThat(topic.presence()
			.isVisible(new PresenceMember("broken", Map.of(), 1, PresenceStatus.ONLINE, null, Instant.EPOCH), attempt))
			.isFalse();
		assertThat(create(ContactUpdatedTopic.class).presence().mode()).isEqualTo(Presence.NONE);
	}

	@Test
	void whenPresenceCanNotWorkThenTopicIsRefused() {
		assertRefused(InfoWithoutPresence.class, "says who is visible, but nobody is");
		assertRefused(InfoOfNothing.class, "answers nothing");
		assertRefused(InfoOfMember.class, "has a parameter that nobody can supply");
		assertRefused(VisibleNumber.class, "answers int");
		assertRefused(VisibleByFilter.class, "has a parameter that nobody can supply");
		assertRefused(TwoInfos.class, "is not the only one");
		assertRefused(InfoOfOtherVariable.class, "takes the variable 'other'");
		assertRefused(RecordInfo.class, "is an instance method of a record");
	}

	private void assertRefused(Class<?> type, String description) {
		assertThatExceptionOfType(InvalidTopicException.class).isThrownBy(() -> create(type))
			.withMessageContaining(description)
			.satisfies((ex) -> assertThat(ex.getAction()).isNotEmpty());
	}

	@Test
	void whenClassIsNotAnnotatedThenItIsNoTopic() {
		assertThatIllegalArgumentException().isThrownBy(() -> create(String.class))
			.withMessage("java.lang.String is not annotated with @RealtimeTopic");
	}

	@Test
	void whenThereIsNoRuleThenTopicIsRefused() {
		assertInvalid(NoRule.class, "Topic 'no.rule' (" + NoRule.class.getName() + ") has no rule.",
				"Say who may subscribe: either with a method such as "
						+ "'@CanSubscribe boolean canSubscribe(Authentication user)', or with an expression such as "
						+ "'@RealtimeTopic(canSubscribe = \"isAuthenticated()\")'.");
	}

	@Test
	void whenExpressionIsBlankThenThereIsNoRule() {
		assertInvalid(BlankRule.class).withMessageEndingWith("has no rule.");
	}

	@Test
	void whenThereAreTwoRulesThenTopicIsRefused() {
		assertInvalid(TwoRules.class, "Topic 'two.rules' (" + TwoRules.class.getName() + ") has more than one rule.",
				"Keep one @CanSubscribe method, or the expression, and remove the others.");
	}

	@Test
	void whenThereAreRuleAndExpressionThenTopicIsRefused() {
		assertInvalid(RuleAndExpression.class).withMessageEndingWith("has more than one rule.");
	}

	@Test
	void whenRuleDoesNotAnswerBooleanThenTopicIsRefused() {
		assertInvalid(WrongReturnType.class,
				"The rule " + WrongReturnType.class.getName()
						+ ".canSubscribe of topic 'wrong.return.type' answers String.",
				"Let it answer boolean: true for those who may subscribe, or a Decision.");
	}

	@Test
	void whenRuleIsPrivateThenTopicIsRefused() {
		assertInvalid(PrivateRule.class,
				"The rule " + PrivateRule.class.getName()
						+ ".canSubscribe of topic 'private.rule' is private, so that proxies can not call it.",
				"Remove 'private'.");
	}

	@Test
	void whenRuleIsInstanceMethodOfARecordThenTopicIsRefused() {
		assertInvalid(RecordWithInstanceRule.class,
				"The rule " + RecordWithInstanceRule.class.getName()
						+ ".canSubscribe of topic 'record.with.instance.rule' is an instance method of a record, of "
						+ "which there is no instance when somebody subscribes.",
				"Make it static, or write an expression: @RealtimeTopic(canSubscribe = \"...\").");
	}

	@Test
	void whenNobodyCanSupplyAParameterThenTopicIsRefused() {
		assertInvalid(UnsupportedParameter.class,
				"The rule " + UnsupportedParameter.class.getName() + ".canSubscribe of topic 'unsupported.parameter' "
						+ "has a parameter that nobody can supply: java.util.List users.",
				"A rule takes TopicFilter or Map<String, Object> (the filter), @TopicVariable, Principal or "
						+ "Authentication, @AuthenticationPrincipal, and Tenant. Other beans belong into the constructor "
						+ "of the topic class.");
	}

	@ParameterizedTest
	@ValueSource(classes = { MapOfOtherKeys.class, PlainString.class, UnconvertibleVariable.class })
	void whenNobodyCanSupplyTheTypeThenTopicIsRefused(Class<?> type) {
		assertInvalid(type).withMessageContaining("has a parameter that nobody can supply: ");
	}

	@Test
	void whenVariableIsNotInTheNameThenTopicIsRefused() {
		assertInvalid(UnknownVariable.class, "The rule " + UnknownVariable.class.getName()
				+ ".canSubscribe of topic 'document.{id}.{part}' takes the variable 'name', which the name does "
				+ "not have.", "Add it to the name, such as 'document.{id}', or take one of [id, part].");
	}

	@Test
	void whenExpressionIsNotValidThenTopicIsRefused() {
		assertInvalid(BrokenExpression.class)
			.withMessageStartingWith("The expression 'hasRole(' of topic 'broken.expression' ("
					+ BrokenExpression.class.getName() + ") is not valid: ")
			.satisfies((ex) -> assertThat(ex.getAction())
				.isEqualTo("Write a Spring Security expression such as \"hasRole('ADMIN')\"."));
	}

	@Test
	void whenNameIsNotValidThenTopicIsRefused() {
		assertInvalid(BadName.class,
				"The name 'a/b' of topic " + BadName.class.getName()
						+ " is not valid: 'a/b' is neither a variable such as {id} nor made of letters, digits, '_', "
						+ "':' and '-'.",
				"Write segments joined by dots, such as 'contact.updated' or 'document.{id}'.");
	}

	@ParameterizedTest
	@ValueSource(classes = { BadTtl.class, ZeroTtl.class, NegativeTtl.class })
	void whenHistoryTtlIsNoPositiveDurationThenTopicIsRefused(Class<?> type) {
		String ttl = type.getAnnotation(RealtimeTopic.class).history().ttl();
		assertInvalid(type, "The history ttl '" + ttl + "' of topic " + type.getName() + " is not valid.",
				"Write a positive duration such as '10m' or 'PT10M'.");
	}

	private dev.realtime.topic.Topic create(Class<?> type) {
		return this.factory.create(type, () -> {
			throw new IllegalStateException("No bean is needed");
		});
	}

	private ThrowableAssertAlternative<InvalidTopicException> assertInvalid(Class<?> type) {
		return assertThatExceptionOfType(InvalidTopicException.class).isThrownBy(() -> create(type));
	}

	private void assertInvalid(Class<?> type, String description, String action) {
		assertInvalid(type).withMessage(description).satisfies((ex) -> assertThat(ex.getAction()).isEqualTo(action));
	}

	@RealtimeTopic(canSubscribe = "permitAll")
	static class ContactUpdatedTopic {

	}

	static class URLChangedTopic {

	}

	static class ContactURL {

	}

	static class Html5PageTopic {

	}

	static class Topic {

	}

	static class Contact {

	}

	@RealtimeTopic(name = "every.{id}", key = { "id", "kind" }, history = @History(size = 7, ttl = "10m"),
			scope = Scope.USER, replay = Replay.NONE, canSubscribe = "permitAll")
	record Everything(long id, String kind) {

	}

	@RealtimeTopic(history = @History(size = 0), canSubscribe = "permitAll")
	record NoHistory() {

	}

	@RealtimeTopic
	static class InstanceRule {

		@CanSubscribe
		boolean canSubscribe() {
			return true;
		}

	}

	@RealtimeTopic
	static class InheritedRule extends InstanceRule {

	}

	@RealtimeTopic
	static class StaticRule {

		@CanSubscribe
		static boolean canSubscribe() {
			return true;
		}

	}

	@RealtimeTopic
	static class NoRule {

		boolean canSubscribe() {
			return true;
		}

	}

	@RealtimeTopic(canSubscribe = " ")
	static class BlankRule {

	}

	@RealtimeTopic
	static class TwoRules {

		@CanSubscribe
		boolean one() {
			return true;
		}

		@CanSubscribe
		boolean two() {
			return true;
		}

	}

	@RealtimeTopic(canSubscribe = "permitAll")
	static class RuleAndExpression {

		@CanSubscribe
		boolean canSubscribe() {
			return true;
		}

	}

	@RealtimeTopic
	static class WrongReturnType {

		@CanSubscribe
		String canSubscribe() {
			return "true";
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
	record RecordWithInstanceRule(long id) {

		@CanSubscribe
		boolean canSubscribe() {
			return true;
		}

	}

	@RealtimeTopic
	static class UnsupportedParameter {

		@CanSubscribe
		boolean canSubscribe(List<String> users) {
			return true;
		}

	}

	@RealtimeTopic
	static class MapOfOtherKeys {

		@CanSubscribe
		boolean canSubscribe(Map<Integer, Object> filter) {
			return true;
		}

	}

	@RealtimeTopic("document.{id}")
	static class PlainString {

		@CanSubscribe
		boolean canSubscribe(String id) {
			return true;
		}

	}

	@RealtimeTopic("document.{id}")
	static class UnconvertibleVariable {

		@CanSubscribe
		boolean canSubscribe(@TopicVariable Runnable id) {
			return true;
		}

	}

	@RealtimeTopic("document.{id}.{part}")
	static class UnknownVariable {

		@CanSubscribe
		boolean canSubscribe(@TopicVariable String id, @TopicVariable String name) {
			return true;
		}

	}

	@RealtimeTopic(canSubscribe = "hasRole(")
	static class BrokenExpression {

	}

	@RealtimeTopic(name = "a/b", canSubscribe = "permitAll")
	static class BadName {

	}

	@RealtimeTopic(canSubscribe = "permitAll", history = @History(ttl = "soon"))
	static class BadTtl {

	}

	@RealtimeTopic(canSubscribe = "permitAll", history = @History(ttl = "0s"))
	static class ZeroTtl {

	}

	@RealtimeTopic(canSubscribe = "permitAll", history = @History(ttl = "-5m"))
	static class NegativeTtl {

	}

	@RealtimeTopic(name = "lobby.{id}", presence = Presence.MEMBERS, canSubscribe = "permitAll")
	static class Lobby {

		@PresenceInfo
		Map<String, Object> info(Authentication user, @TopicVariable long id, Tenant tenant) {
			return Map.of("all",
					List.of(SecurityContextHolder.getContext().getAuthentication().getName(), id, tenant.id()));
		}

		@PresenceVisible
		boolean isVisible(Authentication viewer, PresenceMember member) {
			if (member.id().equals("broken")) {
				throw new IllegalStateException("Expected by a test");
			}
			return viewer.getName().equals("ada") && member.id().equals("ben");
		}

	}

	@RealtimeTopic(canSubscribe = "permitAll")
	static class InfoWithoutPresence {

		@PresenceInfo
		static String info() {
			return "";
		}

	}

	@RealtimeTopic(presence = Presence.MEMBERS, canSubscribe = "permitAll")
	static class InfoOfNothing {

		@PresenceInfo
		static void info() {
		}

	}

	@RealtimeTopic(presence = Presence.MEMBERS, canSubscribe = "permitAll")
	static class InfoOfMember {

		@PresenceInfo
		static String info(PresenceMember member) {
			return "";
		}

	}

	@RealtimeTopic(presence = Presence.MEMBERS, canSubscribe = "permitAll")
	static class VisibleNumber {

		@PresenceVisible
		static int isVisible() {
			return 1;
		}

	}

	@RealtimeTopic(presence = Presence.MEMBERS, canSubscribe = "permitAll")
	static class VisibleByFilter {

		@PresenceVisible
		static boolean isVisible(TopicFilter filter) {
			return true;
		}

	}

	@RealtimeTopic(presence = Presence.MEMBERS, canSubscribe = "permitAll")
	static class TwoInfos {

		@PresenceInfo
		static String one() {
			return "";
		}

		@PresenceInfo
		static String two() {
			return "";
		}

	}

	@RealtimeTopic(name = "x.{id}", presence = Presence.MEMBERS, canSubscribe = "permitAll")
	static class InfoOfOtherVariable {

		@PresenceInfo
		static String info(@TopicVariable String other) {
			return "";
		}

	}

	@RealtimeTopic(presence = Presence.MEMBERS, canSubscribe = "permitAll")
	record RecordInfo(int id) {

		@PresenceInfo
		String info() {
			return "";
		}

	}

}
