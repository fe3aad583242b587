package dev.realtime.stomp;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.util.StringUtils;

/**
 * The tokens in a frame. Ours are taken out of its headers, since Spring writes those
 * into the log at level TRACE.
 */
final class Credentials {

	private static final String BEARER = "Bearer ";

	private static final String AUTHORIZATION = "Authorization";

	private static final String TOKEN = "token";

	private static final String HIDDEN = "realtimeToken";

	private static final String MASK = "[PROTECTED]";

	private Credentials() {
	}

	/**
	 * Hides the tokens of a frame that just arrived: the header {@code token}, and
	 * {@code Authorization} where only we can read it.
	 * @param isOurs whether a bearer token is one of ours
	 */
	static void hide(StompHeaderAccessor frame, Predicate<String> isOurs) {
		String token = frame.getFirstNativeHeader(TOKEN);
		if (token != null) {
			frame.setNativeHeader(TOKEN, MASK);
			frame.setHeader(HIDDEN, new Hidden(token));
		}
		String bearer = bearer(frame);
		if (bearer != null && isOurs.test(bearer)) {
			frame.setNativeHeader(AUTHORIZATION, BEARER + MASK);
			frame.setHeader(HIDDEN, new Hidden(bearer));
		}
	}

	/**
	 * The token in the header {@code token}.
	 */
	static @Nullable String token(StompHeaderAccessor frame) {
		return (frame.getHeader(HIDDEN) instanceof Hidden hidden) ? hidden.value : frame.getFirstNativeHeader(TOKEN);
	}

	/**
	 * The bearer token or passcode of CONNECT.
	 */
	static @Nullable String ofConnect(StompHeaderAccessor connect) {
		String bearer = bearer(connect);
		if (MASK.equals(bearer) && connect.getHeader(HIDDEN) instanceof Hidden hidden) {
			return hidden.value;
		}
		return (bearer != null) ? bearer : connect.getPasscode();
	}

	/**
	 * A text about CONNECT for the log: decoders of the application may quote the token.
	 */
	static @Nullable String mask(@Nullable String text, StompHeaderAccessor connect) {
		String token = ofConnect(connect);
		return (text != null && StringUtils.hasLength(token)) ? text.replace(token, MASK) : text;
	}

	private static @Nullable String bearer(StompHeaderAccessor frame) {
		String authorization = frame.getFirstNativeHeader(AUTHORIZATION);
		return (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length()))
				? authorization.substring(BEARER.length()).trim() : null;
	}

	/**
	 * A token that does not print.
	 */
	private static final class Hidden {

		private final String value;

		Hidden(String value) {
			this.value = value;
		}

		@Override
		public String toString() {
			return MASK;
		}

	}

}
