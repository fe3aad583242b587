package dev.realtime.access;

import java.util.HashMap;
import java.util.Map;

import dev.realtime.access.AccessFixture.Client;
import dev.realtime.token.SessionReference;
import jakarta.servlet.http.HttpSessionEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.session.SessionFixationProtectionEvent;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.handler.TextWebSocketHandler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HttpSessionLink} and {@link LogoutLink}.
 */
@Timeout(10)
class HttpSessionLinkTests {

	private static final WebSocketHandler HANDLER = new TextWebSocketHandler();

	private final AccessFixture node = new AccessFixture(null);

	private final HttpSessionLink link = new HttpSessionLink(() -> this.node.control);

	private final LogoutLink logout = new LogoutLink(this.link);

	private final MockHttpSession session = new MockHttpSession();

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final Authentication user = AccessFixture.authentication("alice");

	@AfterEach
	void close() {
		RequestContextHolder.resetRequestAttributes();
		this.node.close();
	}

	@Test
	void whenThereIsNoSessionThenTheConnectionBelongsToNone() {
		assertThat(HttpSessionLink.of(handshake())).isNull();
		assertThat(this.request.getSession(false)).isNull();
	}

	@Test
	void whenTheSessionEndsThenItsConnectionsDo() {
		this.request.setSession(this.session);
		Client alice = connect();
		this.link.sessionDestroyed(new HttpSessionEvent(new MockHttpSession()));
		assertThat(alice.heard).isEmpty();
		this.link.sessionDestroyed(new HttpSessionEvent(this.session));
		assertThat(alice.heard).containsExactly("end SESSION_ENDED");
	}

	@Test
	void whenTheSessionCanNotBeAskedAnyMoreThenItsConnectionsEndAllTheSame() {
		this.request.setSession(this.session);
		Client alice = connect();
		this.session.invalidate();
		this.link.sessionDestroyed(new HttpSessionEvent(this.session));
		assertThat(alice.heard).containsExactly("end SESSION_ENDED");
	}

	@Test
	void whenTheUserLogsOutAndTheSessionGoesOnThenItsConnectionsEnd() {
		this.request.setSession(this.session);
		Client alice = connect();
		this.logout.onLogout(new LogoutSuccessEvent(this.user));
		assertThat(alice.heard).isEmpty();
		RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(this.request));
		this.logout.onLogout(new LogoutSuccessEvent(this.user));
		assertThat(alice.heard).containsExactly("end SESSION_ENDED");
	}

	@Test
	void whenTheSessionGetsAnotherIdThenItsConnectionsStayWithIt() {
		this.request.setSession(this.session);
		Client alice = connect();
		String first = this.session.getId();
		String second = this.session.changeSessionId();
		this.link.sessionIdChanged(new HttpSessionEvent(this.session), first);
		String third = this.session.changeSessionId();
		RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(this.request));
		this.logout.onSessionFixationProtection(new SessionFixationProtectionEvent(this.user, second, third));
		assertThat(alice.guard.member().session()).isEqualTo(SessionReference.of(third));
		this.link.sessionDestroyed(new HttpSessionEvent(this.session));
		assertThat(alice.heard).containsExactly("end SESSION_ENDED");
	}

	private Client connect() {
		return this.node.connect(new Member(this.user, AccessFixture.ACME, HttpSessionLink.of(handshake()), null));
	}

	private Map<String, Object> handshake() {
		Map<String, Object> attributes = new HashMap<>();
		assertThat(this.link.beforeHandshake(new ServletServerHttpRequest(this.request),
				new ServletServerHttpResponse(new MockHttpServletResponse()), HANDLER, attributes))
			.isTrue();
		return attributes;
	}

}
