package dev.realtime.limit;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/**
 * Refuses handshakes for which there is no place: with status 503 those of a node that is
 * full, and with 429 those of an address that has too many connections. Both say when to
 * try again.
 *
 * @since 0.1.0
 */
public final class HandshakeLimiter implements HandshakeInterceptor {

	private static final String ADDRESS = HandshakeLimiter.class.getName() + ".address";

	private final Limiter limiter;

	/**
	 * For handshakes with a node.
	 * @param limiter the limits of the node
	 */
	public HandshakeLimiter(Limiter limiter) {
		this.limiter = limiter;
	}

	@Override
	public boolean beforeHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			Map<String, Object> attributes) {
		String address = address(request);
		Refusal refusal = this.limiter.handshake(address);
		if (refusal != null) {
			response.setStatusCode(status(refusal));
			response.getHeaders().set(HttpHeaders.RETRY_AFTER, Long.toString(refusal.retryAfterSeconds()));
			return false;
		}
		if (address != null) {
			rememberAddress(attributes, address);
		}
		return true;
	}

	/**
	 * As the server tells it, which may have looked at the headers of a proxy.
	 */
	private static @Nullable String address(ServerHttpRequest request) {
		boolean authenticated = request.getPrincipal() != null;
		return (!authenticated && request instanceof ServletServerHttpRequest servlet)
				? servlet.getServletRequest().getRemoteAddr() : null;
	}

	/**
	 * The status of a response that refuses a handshake.
	 * @param refusal why
	 * @return 429 where it is the client's fault, else 503
	 */
	public static HttpStatus status(Refusal refusal) {
		return (refusal.limit() == Limit.UNAUTHENTICATED_CONNECTIONS_PER_ADDRESS) ? HttpStatus.TOO_MANY_REQUESTS
				: HttpStatus.SERVICE_UNAVAILABLE;
	}

	/**
	 * Remembers where the client of an unauthenticated connection is.
	 * @param attributes the attributes of the session
	 * @param address its address
	 */
	public static void rememberAddress(Map<String, Object> attributes, String address) {
		attributes.put(ADDRESS, address);
	}

	/**
	 * Where the client of an unauthenticated connection is.
	 * @param attributes the attributes of the session
	 * @return its address, or {@code null} if the connection is authenticated
	 */
	public static @Nullable String address(Map<String, Object> attributes) {
		return (String) attributes.get(ADDRESS);
	}

	@Override
	public void afterHandshake(ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler,
			@Nullable Exception exception) {
	}

}
