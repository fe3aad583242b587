package dev.realtime.access;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.simp.SimpAttributes;
import org.springframework.messaging.simp.SimpAttributesContextHolder;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * The connection of the client that this thread works for.
 *
 * @since 0.1.0
 */
public final class CurrentConnection {

	/** What pages send along with their requests. */
	private static final String HEADER = "X-Realtime-Connection";

	private CurrentConnection() {
	}

	/**
	 * The id of the connection, as far as the client is right about it.
	 * @return the id, or {@code null} if there is none
	 */
	public static @Nullable String id() {
		SimpAttributes session = SimpAttributesContextHolder.getAttributes();
		if (session != null) {
			return session.getSessionId();
		}
		return (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes attributes)
				? attributes.getRequest().getHeader(HEADER) : null;
	}

}
