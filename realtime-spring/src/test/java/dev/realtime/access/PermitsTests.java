package dev.realtime.access;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.realtime.Decision;
import dev.realtime.Tenant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Permits}.
 */
@Timeout(30)
class PermitsTests {

	private static final Member MEMBER = new Member(new TestingAuthenticationToken("ada", "password"),
			new Tenant("acme"), null, null);

	private final AtomicLong now = new AtomicLong();

	private final AtomicInteger asked = new AtomicInteger();

	private final Map<String, Decision> decisions = new ConcurrentHashMap<>();

	private final Permits permits = new Permits(this.now::get);

	private Runnable whileAsked = () -> {
	};

	@Test
	void whenAnswerIsKnownThenTheRuleIsAskedAgainAfterThirtySecondsOnly() {
		assertThat(ask("a")).isTrue();
		this.decisions.put("a", Decision.deny());
		elapse(Duration.ofSeconds(30).minusNanos(1));
		assertThat(ask("a")).isTrue();
		elapse(Duration.ofNanos(1));
		assertThat(ask("a")).isFalse();
		assertThat(ask("a")).isFalse();
		assertThat(this.asked).hasValue(2);
	}

	@Test
	void whenAnswerHoldsForLessThenItIsAskedEarlierAndForMoreItIsNotBelieved() {
		this.decisions.put("a", Decision.allow().recheckAfter(Duration.ofSeconds(1)));
		ask("a");
		elapse(Duration.ofSeconds(1));
		ask("a");
		assertThat(this.asked).hasValue(2);
		this.decisions.put("b", Decision.allow().recheckAfter(Duration.ofHours(1)));
		ask("b");
		elapse(Duration.ofSeconds(30));
		ask("b");
		assertThat(this.asked).hasValue(4);
	}

	@Test
	void whenOneTopicIsForgottenThenOnlyItIsAskedAgain() {
		ask("document.1");
		ask("other");
		this.permits.forget(TopicPattern.of("document.{id}"));
		ask("document.1");
		ask("other");
		assertThat(this.asked).hasValue(3);
	}

	@Test
	void whenAnOrderComesWhileTheRuleIsAskedThenItIsAskedOnceMore() {
		this.whileAsked = () -> {
			this.whileAsked = () -> {
			};
			this.decisions.put("a", Decision.deny());
			this.permits.forget(TopicPattern.ALL);
		};
		assertThat(ask("a")).isFalse();
		assertThat(this.asked).hasValue(2);
	}

	@Test
	void whenSomebodyTriesManyChannelsThenWhatIsRememberedIsBounded() {
		ask("first");
		for (int i = 0; i < 127; i++) {
			ask("c" + i);
		}
		ask("first");
		assertThat(this.asked).hasValue(128);
		ask("one.more");
		ask("c0");
		assertThat(this.asked).as("the one that was not used longest is gone").hasValue(130);
		ask("first");
		assertThat(this.asked).hasValue(130);
	}

	private void elapse(Duration duration) {
		this.now.addAndGet(duration.toNanos());
	}

	private boolean ask(String topic) {
		return this.permits.ask(new Right() {

			@Override
			public String topic() {
				return topic;
			}

			@Override
			public Decision check(Authentication user, Tenant tenant) {
				PermitsTests.this.asked.incrementAndGet();
				Decision decision = PermitsTests.this.decisions.getOrDefault(topic, Decision.allow());
				PermitsTests.this.whileAsked.run();
				return decision;
			}

		}, MEMBER);
	}

}
