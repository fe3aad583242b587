package dev.realtime.topic;

import java.util.Map;

import dev.realtime.CanSubscribe;
import dev.realtime.RealtimeTopic;
import dev.realtime.Tenant;
import dev.realtime.TopicFilter;
import dev.realtime.TopicVariable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MethodRule} where the topic bean is a proxy.
 */
@SpringJUnitConfig
@Timeout(60)
class MethodSecurityRuleTests {

	@Autowired
	private SecuredTopic bean;

	@Test
	void whenMethodSecurityPermitsThenTheRuleDecides() {
		assertThat(AopUtils.isCglibProxy(this.bean)).isTrue();
		assertThat(permits("ROLE_ADMIN", "42")).isTrue();
		assertThat(permits("ROLE_ADMIN", "43")).isFalse();
	}

	@Test
	void whenMethodSecurityRefusesThenSubscriptionIsDenied() {
		assertThat(permits("ROLE_USER", "42")).isFalse();
	}

	private boolean permits(String role, String id) {
		Topic topic = TestTopics.factory().create(SecuredTopic.class, () -> this.bean);
		return topic.permits(new SubscribeAttempt(new TestingAuthenticationToken("alice", "", role), new Tenant("acme"),
				Map.of("id", id), TopicFilter.none()));
	}

	@Configuration
	@EnableMethodSecurity
	@Import({ SecuredTopic.class, Documents.class })
	static class TestConfiguration {

	}

	static class Documents {

		boolean isVisible(long id) {
			return id == 42;
		}

	}

	@RealtimeTopic("secured.{id}")
	static class SecuredTopic {

		private final Documents documents;

		SecuredTopic(Documents documents) {
			this.documents = documents;
		}

		@CanSubscribe
		@PreAuthorize("hasRole('ADMIN')")
		boolean canSubscribe(@TopicVariable long id) {
			return this.documents.isVisible(id);
		}

	}

}
