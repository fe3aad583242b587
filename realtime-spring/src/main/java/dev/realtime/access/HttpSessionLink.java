package dev.realtime.access;

import java.util.Map;
import java.util.function.Supplier;

import dev.realtime.token.SessionReference;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpSessionEvent;
import jakarta.servlet.http.HttpSessionIdListener;
import jakarta.servlet.http.HttpSessionListener;
import org.jspecify.annotations.Nullable;

import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/**
 * Ends connections with the HTTP session they were opened in, and keeps them where the
 * session only gets another id. Hears of sessions of the servlet container, and of those
 * of Spring Session, which finds listeners by itself.
 *
 * @since 0.1.0
 */
public final class HttpSessionLink implements HandshakeInterceptor, HttpSessionListener, HttpSessionIdListener {

	private static final String ATTRIBUTE = HttpSessionLink.class.getName();

	private final Supplier<AccessControl> control;

	/**
	 * A link for this node.
	 * @param control ends connections; asked for when a session ends
	 */
	public HttpSessionLink(Supplier<AccessControl> control) {
		this.control = control;
	}

	/**
	 * The session of a handshake.
	 * @param attributes the attributes of the WebSocket session
	 * @return the hashed id of the HTTP session, or {@code null} if there was none
	 */
	public static @Nullable String of(Map<String, Object> attributes) {
		return (String) attributes.get(ATTRIBUTE);
	}

	@Override
	public boolean beforeHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			Map<String, Object> attributes) {
		HttpSession session = (request instanceof ServletServerHttpRequest servlet)
				? servlet.getServletRequest().getSession(false) : null;
		if (session != null) {
			attributes.put(ATTRIBUTE, SessionReference.link(session));
		}
		return true;
	}

	@Override
	public void afterHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			@Nullable Exception exception) {
	}

	@Override
	public void sessionDestroyed(HttpSessionEvent event) {
		if (SessionReference.isLinked(event.getSession())) {
			this.control.get().endSession(SessionReference.of(event.getSession().getId()));
		}
	}

	@Override
	public void sessionIdChanged(HttpSessionEvent event, String oldSessionId) {
		renamed(event.getSession(), oldSessionId);
	}

	void loggedOut(HttpSession session) {
		if (SessionReference.isLinked(session)) {
			this.control.get().logout(SessionReference.of(session.getId()));
		}
	}

	void renamed(HttpSession session, String oldSessionId) {
		if (SessionReference.isLinked(session)) {
			this.control.get().renameSession(SessionReference.of(oldSessionId), SessionReference.of(session.getId()));
		}
	}

}
