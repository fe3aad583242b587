package dev.realtime.topic;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.realtime.CanPublish;
import dev.realtime.ClientEvent;
import dev.realtime.OnClientEvent;
import dev.realtime.RealtimeTopic;
import dev.realtime.RejectedEventException;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.TopicVariable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.validation.annotation.Validated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link ClientEvents}: what a topic may say about events of clients, and what
 * comes of it.
 */
@Timeout(30)
class ClientEventsTests {

	private static final SubscribeAttempt ATTEMPT = new SubscribeAttempt(
			new TestingAuthenticationToken("ada", "password", "USER"), new Tenant("acme"), Map.of("id", "42"),
			TopicFilter.none());

	@Test
	void whenTopicSaysNothingThenNobodyMaySend() {
		Topic topic = create(Silent.class);
		assertThat(topic.clientEvents()).isNull();
		assertThat(topic.decideOnPublishing(ATTEMPT).isAllowed()).isFalse();
	}

	@Test
	void whenRuleThrowsThenItIsADenial() {
		assertThat(create(Throwing.class).decideOnPublishing(ATTEMPT).isAllowed()).isFalse();
	}

	@Test
	void whenMethodTakesEverythingThenItGetsItAndRunsAsTheSender() throws Exception {
		Topic topic = create(Complete.class);
		assertThat(topic.decideOnPublishing(ATTEMPT).isAllowed()).isTrue();
		assertThat(handle(topic, "all", "{\"x\":1}").data())
			.isEqualTo(List.of(42L, Map.of("x", 1), "all", "acme", "ada", "ada"));
		assertThat(SecurityContextHolder.getContext().getAuthentication()).isNull();
		assertThat(handle(topic, "other", "1")).isEqualTo(new ClientEvents.Result(true, null));
		assertThat(handle(topic, "null", "1").delivered()).isFalse();
	}

	@Test
	void whenEventIsRecordedThenOnlyThatOneIs() {
		ClientEvents events = create(Complete.class).clientEvents();
		assertThat(events).isNotNull();
		assertThat(events.isRecorded("null")).isTrue();
		assertThat(events.isRecorded("all")).isFalse();
		assertThat(events.isRecorded("unknown")).isFalse();
	}

	@Test
	void whenNothingValidatesThenNothingIsLetThrough() {
		assertThatIllegalStateException().isThrownBy(() -> handle(create(Complete.class), "validated", "{\"x\":1}"))
			.withMessageContaining("spring-boot-starter-validation");
	}

	@Test
	void whenBodyDoesNotFitThenNobodyIsToldOfClasses() {
		assertThatExceptionOfType(RejectedEventException.class)
			.isThrownBy(() -> handle(create(Complete.class), "point", "{\"inner\":[{\"x\":\"?\"}]}"))
			.withMessage("inner.0.x can not be read")
			.satisfies((ex) -> assertThat(ex.getData())
				.isEqualTo(Map.of("errors", List.of(Map.of("field", "inner.0.x", "message", "can not be read")))));
	}

	@ParameterizedTest
	@ValueSource(classes = { NoRule.class, TwoRules.class, WithFilter.class, Reserved.class, Unnamed.class,
			Answering.class, TwoBodies.class, Twice.class, NoSuchVariable.class })
	void whenDeclarationCanNotWorkThenTopicIsRefused(Class<?> type) {
		assertThatExceptionOfType(InvalidTopicException.class).isThrownBy(() -> create(type))
			.satisfies((ex) -> assertThat(ex.getAction()).isNotEmpty())
			.withMessageContaining(type.getSimpleName().toLowerCase(Locale.ROOT));
	}

	@Test
	void whenOnlyAnEventMethodIsAnInstanceMethodThenClassHasToBeABean() {
		assertThat(TopicFactory.needsBean(Bean.class)).isTrue();
		assertThat(TopicFactory.needsBean(Complete.class)).isFalse();
	}

	private static ClientEvents.Result handle(Topic topic, String event, String body) throws Exception {
		return topic.handle(ATTEMPT, new ClientEvent(event, "complete.42", "ada", "p1", null), body.getBytes());
	}

	private static Topic create(Class<?> type) {
		return TestTopics.factory().create(type, () -> {
			throw new IllegalStateException("No bean is needed");
		});
	}

	@RealtimeTopic(canSubscribe = "permitAll")
	static class Silent {

	}

	@RealtimeTopic(canSubscribe = "permitAll")
	static class Throwing {

		@CanPublish
		static boolean canPublish() {
			throw new IllegalStateException("on purpose");
		}

	}

	@RealtimeTopic(name = "complete.{id}", canSubscribe = "permitAll")
	static class Complete {

		@CanPublish
		static boolean canPublish(@TopicVariable long id, Authentication user, Tenant tenant) {
			return id == 42 && user.getName().equals("ada") && tenant.id().equals("acme");
		}

		@OnClientEvent("all")
		static List<Object> all(@TopicVariable long id, Map<String, Object> body, ClientEvent event, Tenant tenant,
				Authentication user) {
			return List.of(id, body, event.name(), tenant.id(), user.getName(),
					SecurityContextHolder.getContext().getAuthentication().getName());
		}

		@OnClientEvent(name = "null", record = true)
		static Object nothing() {
			return null;
		}

		@OnClientEvent("validated")
		static void validated(@Validated Point point) {
		}

		@OnClientEvent("point")
		static void point(Outer outer) {
		}

	}

	record Point(int x) {

	}

	record Outer(List<Point> inner) {

	}

	@RealtimeTopic(name = "norule", canSubscribe = "permitAll")
	static class NoRule {

		@OnClientEvent("e")
		static void event() {
		}

	}

	@RealtimeTopic(name = "tworules", canSubscribe = "permitAll")
	static class TwoRules {

		@CanPublish
		static boolean one() {
			return true;
		}

		@CanPublish
		static boolean other() {
			return true;
		}

	}

	@RealtimeTopic(name = "withfilter", canSubscribe = "permitAll")
	static class WithFilter {

		@CanPublish
		static boolean canPublish(TopicFilter filter) {
			return true;
		}

	}

	@RealtimeTopic(name = "reserved", canSubscribe = "permitAll")
	static class Reserved {

		@CanPublish
		static boolean canPublish() {
			return true;
		}

		@OnClientEvent("@presence")
		static void event() {
		}

	}

	@RealtimeTopic(name = "unnamed", canSubscribe = "permitAll")
	static class Unnamed {

		@CanPublish
		static boolean canPublish() {
			return true;
		}

		@OnClientEvent
		static void event() {
		}

	}

	@RealtimeTopic(name = "answering", canSubscribe = "permitAll")
	static class Answering {

		@CanPublish
		static boolean canPublish() {
			return true;
		}

		@OnClientEvent("e")
		static boolean event() {
			return true;
		}

	}

	@RealtimeTopic(name = "twobodies", canSubscribe = "permitAll")
	static class TwoBodies {

		@CanPublish
		static boolean canPublish() {
			return true;
		}

		@OnClientEvent("e")
		static void event(Point one, Point other) {
		}

	}

	@RealtimeTopic(name = "twice", canSubscribe = "permitAll")
	static class Twice {

		@CanPublish
		static boolean canPublish() {
			return true;
		}

		@OnClientEvent("e")
		static void one() {
		}

		@OnClientEvent("e")
		static void other() {
		}

	}

	@RealtimeTopic(name = "nosuchvariable", canSubscribe = "permitAll")
	static class NoSuchVariable {

		@CanPublish
		static boolean canPublish() {
			return true;
		}

		@OnClientEvent("e")
		static void event(@TopicVariable long id) {
		}

	}

	@RealtimeTopic(name = "bean", canSubscribe = "permitAll")
	static class Bean {

		@CanPublish
		static boolean canPublish() {
			return true;
		}

		@OnClientEvent("e")
		void event() {
		}

	}

}
