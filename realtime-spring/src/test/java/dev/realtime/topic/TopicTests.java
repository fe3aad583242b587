package dev.realtime.topic;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.security.Principal;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.realtime.CanSubscribe;
import dev.realtime.Decision;
import dev.realtime.RealtimeTopic;
import dev.realtime.Scope;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.TopicVariable;
import dev.realtime.core.ChannelId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Topic}: what rules get and what becomes of their answers.
 */
@Timeout(30)
@ExtendWith(OutputCaptureExtension.class)
class TopicTests {

	private static final Tenant ACME = new Tenant("acme");

	private final Account account = new Account("alice");

	private final Authentication alice = new TestingAuthenticationToken(this.account, "", "ROLE_USER");

	@AfterEach
	void clearSecurityContext() {
		SecurityContextHolder.clearContext();
	}

	@Test
	void ruleGetsEveryParameterItAsksFor() {
		EveryParameterTopic bean = new EveryParameterTopic();
		TopicFilter filter = filter(Map.of("kind", List.of("a", "b")));
		UUID uuid = UUID.randomUUID();
		assertThat(permits(bean, filter, Map.of("id", "42", "kind", "NEW", "uuid", uuid.toString()))).isTrue();
		assertThat(bean.arguments).containsExactly(filter, Map.of("kind", List.of("a", "b")), 42L, "42",
				Thread.State.NEW, uuid, this.alice, this.alice, this.alice, this.account, this.account, "alice", ACME);
	}

	@Test
	void mapIsTheFilterAsTheClientWroteIt() {
		MapTopic bean = new MapTopic();
		Map<String, List<Object>> values = new LinkedHashMap<>();
		values.put("one", List.of(5L));
		values.put("none", Arrays.asList((Object) null));
		values.put("any", Arrays.asList("x", null));
		assertThat(permits(bean, filter(values), Map.of())).isTrue();
		assertThat(bean.filter).containsEntry("one", 5L)
			.containsEntry("none", null)
			.containsEntry("any", Arrays.asList("x", null))
			.hasSize(3);
	}

	@Test
	void whenUserIsOfAnotherClassThenSubscriptionIsDenied(CapturedOutput output) {
		assertThat(permits(new PrincipalSubclassTopic(), TopicFilter.none(), Map.of())).isFalse();
		assertThat(output).contains("The rule of topic 'principal.subclass' (" + PrincipalSubclassTopic.class.getName()
				+ ") failed, which denies the subscription");
	}

	@ParameterizedTest
	@CsvSource({ "42,true", "43,false", "x,false", "99999999999999999999,false", "true,false" })
	void whenVariableDoesNotConvertThenSubscriptionIsDeniedWithoutAWarning(String id, boolean permitted,
			CapturedOutput output) {
		assertThat(permits(new NumberTopic(), TopicFilter.none(), Map.of("id", id))).isEqualTo(permitted);
		assertThat(output.getAll()).doesNotContain("WARN", "Exception");
	}

	@Test
	void whenRuleAnswersADecisionThenItCounts() {
		DecisionTopic bean = new DecisionTopic();
		Topic topic = TestTopics.factory().create(DecisionTopic.class, () -> bean);
		assertThat(topic.decide(attempt(TopicFilter.none(), Map.of("id", "42"))).validity())
			.isEqualTo(Duration.ofMinutes(42));
		assertThat(topic.permits(attempt(TopicFilter.none(), Map.of("id", "42")))).isTrue();
		assertThat(topic.permits(attempt(TopicFilter.none(), Map.of("id", "1")))).isFalse();
		assertThat(topic.permits(attempt(TopicFilter.none(), Map.of("id", "0")))).as("null").isFalse();
		assertThat(topic.permits(attempt(TopicFilter.none(), Map.of("id", "-1")))).as("failed").isFalse();
	}

	@Test
	void whenRuleAnswersNullThenSubscriptionIsDenied() {
		assertThat(permits(new NullTopic(), TopicFilter.none(), Map.of())).isFalse();
	}

	@Test
	void whenRuleThrowsThenSubscriptionIsDenied(CapturedOutput output) {
		assertThat(permits(new ThrowingTopic(), TopicFilter.none(), Map.of())).isFalse();
		assertThat(output).contains("The rule of topic 'throwing' (" + ThrowingTopic.class.getName() + ") failed")
			.contains("Caused on purpose");
	}

	@Test
	void whenBeanCanNotBeHadThenSubscriptionIsDenied() {
		Topic topic = TestTopics.factory().create(NumberTopic.class, () -> {
			throw new IllegalStateException("No bean");
		});
		assertThat(topic.permits(attempt(TopicFilter.none(), Map.of("id", "42")))).isFalse();
	}

	@Test
	void staticRuleOfARecordNeedsNoInstance() {
		Topic topic = TestTopics.of(StaticRuleRecord.class).find("static.rule.record");
		assertThat(topic.permits(attempt(filter(Map.of("ok", List.of(true))), Map.of()))).isTrue();
		assertThat(topic.permits(attempt(TopicFilter.none(), Map.of()))).isFalse();
	}

	@Test
	void expressionSeesUserFilterTenantAndVariables() {
		Topic topic = TestTopics.of(ExpressionTopic.class).find("expression.42");
		TopicFilter filter = filter(Map.of("kind", List.of("a")));
		assertThat(topic.permits(attempt(filter, Map.of("id", "42")))).isTrue();
		assertThat(topic.permits(attempt(filter, Map.of("id", "43")))).isFalse();
		assertThat(topic.permits(attempt(TopicFilter.none(), Map.of("id", "42")))).isFalse();
		assertThat(topic.permits(new SubscribeAttempt(this.alice, new Tenant("globex"), Map.of("id", "42"), filter)))
			.isFalse();
		assertThat(topic
			.permits(new SubscribeAttempt(new TestingAuthenticationToken("bob", ""), ACME, Map.of("id", "42"), filter)))
			.isFalse();
	}

	@Test
	void whenRuleFailsWithAnErrorThenSubscriptionIsDeniedAsWell(CapturedOutput output) {
		assertThat(permits(new ErroneousTopic(), TopicFilter.none(), Map.of())).isFalse();
		assertThat(output).contains("The rule of topic 'erroneous'").contains("Caused on purpose");
	}

	@Test
	void whenExpressionFailsThenSubscriptionIsDenied(CapturedOutput output) {
		Topic topic = TestTopics.of(FailingExpressionTopic.class).find("failing.expression");
		assertThat(topic.permits(attempt(TopicFilter.none(), Map.of()))).isFalse();
		assertThat(output).contains("The rule of topic 'failing.expression'");
	}

	@Test
	void variableOfTheNameCanNotReplaceTheTenant() {
		Topic topic = TestTopics.of(TenantVariableTopic.class).find("of.globex");
		assertThat(topic.permits(attempt(TopicFilter.none(), Map.of("tenant", "globex")))).isFalse();
	}

	@Test
	void ruleRunsAsTheSubscriber() {
		ContextTopic bean = new ContextTopic();
		assertThat(permits(bean, TopicFilter.none(), Map.of())).isTrue();
		assertThat(bean.user).isSameAs(this.alice);
	}

	@Test
	void afterTheRuleThePreviousSecurityContextIsBack() {
		SecurityContext previous = new SecurityContextImpl(new TestingAuthenticationToken("somebody else", ""));
		SecurityContextHolder.setContext(previous);
		permits(new ContextTopic(), TopicFilter.none(), Map.of());
		assertThat(SecurityContextHolder.getContext()).isSameAs(previous);
		assertThat(previous.getAuthentication().getName()).isEqualTo("somebody else");
		permits(new ThrowingTopic(), TopicFilter.none(), Map.of());
		assertThat(SecurityContextHolder.getContext()).isSameAs(previous);
	}

	@Test
	void whenNobodyWasLoggedInThenNobodyIsAfterwards() {
		permits(new ContextTopic(), TopicFilter.none(), Map.of());
		assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
	}

	@Test
	void tenantIsPartOfTheChannel() {
		Topic topic = TestTopics.of(StaticRuleRecord.class).find("static.rule.record");
		assertThat(topic.channel("x", ACME, "alice")).isEqualTo(new ChannelId("acme", null, "x"));
		assertThatIllegalArgumentException().isThrownBy(() -> topic.channel("x", null, "alice"))
			.withMessage("A channel of topic 'x' needs a tenant");
	}

	@Test
	void userIsPartOfTheChannelWhereTheScopeIsUser() {
		Topic topic = TestTopics.of(UserTopic.class).find("user");
		assertThat(topic.channel("x", ACME, "alice")).isEqualTo(new ChannelId("acme", "alice", "x"));
		assertThatIllegalArgumentException().isThrownBy(() -> topic.channel("x", ACME, null))
			.withMessage("A channel of topic 'x' needs a tenant and a user");
		assertThatIllegalArgumentException().isThrownBy(() -> topic.channel("x", null, "alice"));
	}

	@Test
	void globalChannelHasNeitherTenantNorUser() {
		Topic topic = TestTopics.of(GlobalTopic.class).find("global");
		assertThat(topic.channel("x", ACME, "alice")).isEqualTo(new ChannelId(null, null, "x"));
	}

	private boolean permits(Object bean, TopicFilter filter, Map<String, String> variables) {
		return TestTopics.factory().create(bean.getClass(), () -> bean).permits(attempt(filter, variables));
	}

	private SubscribeAttempt attempt(TopicFilter filter, Map<String, String> variables) {
		return new SubscribeAttempt(this.alice, ACME, variables, filter);
	}

	private static TopicFilter filter(Map<String, List<Object>> values) {
		return TopicFilter.of(values);
	}

	record Account(String name) implements Principal {

		@Override
		public String getName() {
			return this.name;
		}

	}

	@Target(ElementType.PARAMETER)
	@Retention(RetentionPolicy.RUNTIME)
	@AuthenticationPrincipal
	@interface CurrentAccount {

	}

	@RealtimeTopic("every.{id}.{kind}.{uuid}")
	static class EveryParameterTopic {

		private List<Object> arguments = List.of();

		@CanSubscribe
		boolean canSubscribe(TopicFilter filter, Map<String, Object> map, @TopicVariable long id,
				@TopicVariable("id") String text, @TopicVariable Thread.State kind,
				@TopicVariable(name = "uuid") UUID unique, Principal principal, Authentication user,
				TestingAuthenticationToken token, @AuthenticationPrincipal Account account,
				@CurrentAccount Account current, @AuthenticationPrincipal(expression = "name") String name,
				Tenant tenant) {
			this.arguments = List.of(filter, map, id, text, kind, unique, principal, user, token, account, current,
					name, tenant);
			return true;
		}

	}

	@RealtimeTopic
	static class MapTopic {

		private Map<String, Object> filter = Map.of();

		@CanSubscribe
		boolean canSubscribe(Map<String, Object> filter) {
			this.filter = filter;
			return true;
		}

	}

	@RealtimeTopic
	static class PrincipalSubclassTopic {

		@CanSubscribe
		boolean canSubscribe(UsernamePasswordAuthenticationToken user) {
			return true;
		}

	}

	@RealtimeTopic("number.{id}")
	static class NumberTopic {

		@CanSubscribe
		Boolean canSubscribe(@TopicVariable long id) {
			return id == 42;
		}

	}

	@RealtimeTopic
	static class NullTopic {

		@CanSubscribe
		Boolean canSubscribe() {
			return null;
		}

	}

	@RealtimeTopic
	static class ErroneousTopic {

		@CanSubscribe
		boolean canSubscribe() {
			throw new AssertionError("Caused on purpose");
		}

	}

	@RealtimeTopic
	static class ThrowingTopic {

		@CanSubscribe
		boolean canSubscribe() throws Exception {
			throw new Exception("Caused on purpose");
		}

	}

	@RealtimeTopic
	static class ContextTopic {

		private Authentication user;

		@CanSubscribe
		boolean canSubscribe() {
			this.user = SecurityContextHolder.getContext().getAuthentication();
			return true;
		}

	}

	@RealtimeTopic
	record StaticRuleRecord(long id) {

		@CanSubscribe
		static boolean canSubscribe(TopicFilter filter) {
			return filter.contains("ok");
		}

	}

	@RealtimeTopic(name = "expression.{id}",
			canSubscribe = "hasRole('USER') and #id == '42' and #filter.get('kind') == 'a' and #tenant.id == 'acme'")
	static class ExpressionTopic {

	}

	@RealtimeTopic(canSubscribe = "@missing.visible()")
	static class FailingExpressionTopic {

	}

	@RealtimeTopic(name = "of.{tenant}", canSubscribe = "#tenant.id == 'globex'")
	static class TenantVariableTopic {

	}

	@RealtimeTopic(scope = Scope.USER, canSubscribe = "permitAll")
	static class UserTopic {

	}

	@RealtimeTopic(scope = Scope.GLOBAL, canSubscribe = "permitAll")
	static class GlobalTopic {

	}

	@RealtimeTopic("decision.{id}")
	static class DecisionTopic {

		@CanSubscribe
		Decision canSubscribe(@TopicVariable int id) {
			if (id == 0) {
				return null;
			}
			return (id == 1) ? Decision.deny() : Decision.allow().recheckAfter(Duration.ofMinutes(id));
		}

	}

}
