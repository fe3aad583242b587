package dev.realtime.access;

import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.security.web.authentication.session.SessionFixationProtectionEvent;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Ends connections when their user logs out, also where the HTTP session goes on, and
 * keeps them when somebody logs in and the session gets another id.
 *
 * @since 0.1.0
 */
public final class LogoutLink {

	private final HttpSessionLink sessions;

	/**
	 * A link for this node.
	 * @param sessions ends the connections of a session
	 */
	public LogoutLink(HttpSessionLink sessions) {
		this.sessions = sessions;
	}

	@EventListener
	void onLogout(LogoutSuccessEvent event) {
		HttpSession session = currentSession();
		if (session != null) {
			this.sessions.loggedOut(session);
		}
	}

	// The servlet container tells this too, Spring Session does not.
	@EventListener
	void onSessionFixationProtection(SessionFixationProtectionEvent event) {
		HttpSession session = currentSession();
		if (session != null) {
			this.sessions.renamed(session, event.getOldSessionId());
		}
	}

	private static @Nullable HttpSession currentSession() {
		return (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes)
				? attributes.getRequest().getSession(false) : null;
	}

}
