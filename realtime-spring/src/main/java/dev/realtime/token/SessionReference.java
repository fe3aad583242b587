package dev.realtime.token;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Names an HTTP session without giving it away: whoever knows the id of a session is
 * logged in, whoever knows its hash is not.
 *
 * @since 0.1.0
 */
public final class SessionReference {

	private static final String ATTRIBUTE = SessionReference.class.getName();

	private SessionReference() {
	}

	/**
	 * The reference of a session that a connection is to belong to. Only the end of such
	 * sessions is of interest.
	 * @param session an HTTP session
	 * @return its reference
	 */
	public static String link(HttpSession session) {
		if (session.getAttribute(ATTRIBUTE) == null) {
			session.setAttribute(ATTRIBUTE, true);
		}
		return of(session.getId());
	}

	/**
	 * Whether connections may belong to a session.
	 * @param session an HTTP session, maybe one that ends
	 * @return {@code false} if nobody asked for its reference
	 */
	public static boolean isLinked(HttpSession session) {
		try {
			return session.getAttribute(ATTRIBUTE) != null;
		}
		catch (IllegalStateException ex) {
			// It has ended already.
			return true;
		}
	}

	/**
	 * The reference of a session.
	 * @param sessionId the id of an HTTP session
	 * @return its SHA-256 in Base64url
	 */
	public static String of(String sessionId) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(sha256(sessionId));
	}

	/**
	 * The reference of the session of the HTTP request that this thread handles.
	 * @return the reference, or {@code null} if there is no request or it has no session
	 */
	public static @Nullable String ofCurrentRequest() {
		if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes) {
			HttpSession session = attributes.getRequest().getSession(false);
			return (session != null) ? link(session) : null;
		}
		return null;
	}

	static byte[] sha256(String text) {
		try {
			return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
