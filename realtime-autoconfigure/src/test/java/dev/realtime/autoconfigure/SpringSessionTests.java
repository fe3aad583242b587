package dev.realtime.autoconfigure;

import java.util.concurrent.ConcurrentHashMap;

import dev.realtime.autoconfigure.tokens.TokenApplication;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.session.MapSession;
import org.springframework.session.MapSessionRepository;
import org.springframework.session.config.annotation.web.http.EnableSpringHttpSession;
import org.springframework.session.events.SessionDeletedEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * HTTP sessions that are kept by Spring Session, in a repository that tells of their end.
 */
@SpringBootTest(classes = { TokenApplication.class, SpringSessionTests.SessionConfiguration.class },
		webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Tag("endpoint")
@Timeout(120)
class SpringSessionTests {

	@LocalServerPort
	private int port;

	@Test
	void whenTheUserLogsOutThenTheConnectionsOfTheSessionEnd() {
		Browser browser = Browser.loggedIn(this.port, "alice");
		assertThat(browser.cookie()).startsWith("SESSION=");
		try (RawStompClient alice = connect(browser);
				RawStompClient elsewhere = connect(Browser.loggedIn(this.port, "alice"))) {
			browser.send("/logout", "application/x-www-form-urlencoded", "");
			assertThat(alice.closeCode()).isEqualTo(4503);
			assertThat(elsewhere.isClosed()).isFalse();
		}
	}

	@Test
	void whenTheSessionGetsAnotherIdThenTheConnectionStaysWithIt() {
		Browser browser = Browser.loggedIn(this.port, "alice");
		try (RawStompClient alice = connect(browser)) {
			String before = browser.cookie();
			browser.send("/login", "application/x-www-form-urlencoded", "username=alice&password=password");
			browser.readCsrf();
			assertThat(browser.cookie()).isNotEqualTo(before);
			alice.expectNothingElse();
			browser.send("/logout", "application/x-www-form-urlencoded", "");
			assertThat(alice.closeCode()).isEqualTo(4503);
		}
	}

	private RawStompClient connect(Browser browser) {
		return RawStompClient.handshake(this.port).header("Cookie", browser.cookie()).connect();
	}

	@TestConfiguration(proxyBeanMethods = false)
	@EnableSpringHttpSession
	static class SessionConfiguration {

		@Bean
		MapSessionRepository sessionRepository(ApplicationEventPublisher events) {
			return new MapSessionRepository(new ConcurrentHashMap<>()) {

				@Override
				public void deleteById(String id) {
					MapSession session = findById(id);
					super.deleteById(id);
					if (session != null) {
						events.publishEvent(new SessionDeletedEvent(this, session));
					}
				}

			};
		}

	}

}
